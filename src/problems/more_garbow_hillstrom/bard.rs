//! Bard's function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::Facts;
use ndarray::array;

/// rᵢ = yᵢ − (x₁ + uᵢ/(vᵢx₂ + wᵢx₃)), uᵢ = i, vᵢ = 16 − i, wᵢ = min(uᵢ, vᵢ), a fit to 15 data (Bard 1970).
/// Minimum 8.21487·10⁻³; 17.4286 is approached at (0.8406, −∞, −∞); start (1, 1, 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bard;

const Y: [f64; 15] =
    [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39];

/// u, v, w of residual `i`, counted from 0.
fn weights(i: usize) -> [f64; 3] {
    let (u, v) = ((i + 1) as f64, (15 - i) as f64);
    [u, v, u.min(v)]
}

impl Terms for Bard {
    fn dim(&self) -> usize {
        3
    }

    fn count(&self) -> usize {
        15
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        for i in 0..15 {
            let [u, v, w] = weights(i);
            r[i] = Y[i] - (x[0] + u / (v * x[1] + w * x[2]));
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for i in 0..15 {
            let [u, v, w] = weights(i);
            let below = v * x[1] + w * x[2];
            entry(i, 0, -1.0);
            entry(i, 1, u * v / (below * below));
            entry(i, 2, u * w / (below * below));
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for (i, r) in r.iter().enumerate() {
            let [u, v, w] = weights(i);
            let common = -2.0 * r * u / (v * x[1] + w * x[2]).powi(3);
            entry(1, 1, common * v * v);
            entry(2, 1, common * v * w);
            entry(2, 2, common * w * w);
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            name: "bard".into(),
            formula: "Σ (yᵢ − x₁ − uᵢ/(vᵢx₂ + wᵢx₃))²",
            source: "Bard 1970; Moré, Garbow & Hillstrom 1981, no. 8",
            start: array![1.0, 1.0, 1.0],
            minima: vec![(
                array![0.08241055974978902, 1.133036092029723, 2.3436951786425357],
                0.00821487730657897,
            )],
        }
    }
}
