//! The Gaussian bell.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::Facts;
use ndarray::array;

/// rᵢ = x₁ exp(−x₂(tᵢ − x₃)²/2) − yᵢ, tᵢ = (8 − i)/2, the density of the normal distribution in four digits
/// (Moré, Garbow & Hillstrom 1981). Minimum 1.12793·10⁻⁸; start (0.4, 1, 0), where the residuals are already
/// small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gaussian;

const Y: [f64; 15] = [
    0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521, 0.3989, 0.3521, 0.2420, 0.1295, 0.0540, 0.0175,
    0.0044, 0.0009,
];

/// tᵢ − x₃ and the bell's shape there, for residual `i` counted from 0.
fn bell(x: &[f64], i: usize) -> (f64, f64) {
    let s = (7.0 - i as f64) / 2.0 - x[2];
    (s, (-x[1] * s * s / 2.0).exp())
}

impl Terms for Gaussian {
    fn dim(&self) -> usize {
        3
    }

    fn count(&self) -> usize {
        15
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        for i in 0..15 {
            r[i] = x[0] * bell(x, i).1 - Y[i];
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for i in 0..15 {
            let (s, e) = bell(x, i);
            entry(i, 0, e);
            entry(i, 1, -x[0] * e * s * s / 2.0);
            entry(i, 2, x[0] * x[1] * e * s);
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for (i, r) in r.iter().enumerate() {
            let (s, e) = bell(x, i);
            let (square, weighted) = (s * s, r * e);
            entry(1, 0, -weighted * square / 2.0);
            entry(2, 0, weighted * x[1] * s);
            entry(1, 1, weighted * x[0] * square * square / 4.0);
            entry(2, 1, weighted * x[0] * s * (1.0 - x[1] * square / 2.0));
            entry(2, 2, weighted * x[0] * x[1] * (x[1] * square - 1.0));
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            name: "gaussian".into(),
            formula: "Σ (x₁ exp(−x₂(tᵢ − x₃)²/2) − yᵢ)²",
            source: "the authors; Moré, Garbow & Hillstrom 1981, no. 9",
            start: array![0.4, 1.0, 0.0],
            minima: vec![(array![0.39895613783875666, 1.0000190844878056, 0.0], 1.1279327696188884e-8)],
        }
    }
}
