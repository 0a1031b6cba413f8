//! Osborne's first function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::Facts;
use ndarray::array;

/// rᵢ = yᵢ − (x₁ + x₂e^(−tᵢx₄) + x₃e^(−tᵢx₅)), tᵢ = 10(i − 1), two exponentials through 33 data (Osborne
/// 1972). Minimum 5.46489·10⁻⁵; start (0.5, 1.5, −1, 0.01, 0.02).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Osborne1;

const Y: [f64; 33] = [
    0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751, 0.718, 0.685, 0.658, 0.628,
    0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490, 0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.420,
    0.414, 0.411, 0.406,
];

/// tᵢ and the two exponentials, for residual `i` counted from 0.
fn decays(x: &[f64], i: usize) -> (f64, f64, f64) {
    let t = 10.0 * i as f64;
    (t, (-t * x[3]).exp(), (-t * x[4]).exp())
}

impl Terms for Osborne1 {
    fn dim(&self) -> usize {
        5
    }

    fn count(&self) -> usize {
        33
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        for i in 0..33 {
            let (_, first, second) = decays(x, i);
            r[i] = Y[i] - (x[0] + x[1] * first + x[2] * second);
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for i in 0..33 {
            let (t, first, second) = decays(x, i);
            entry(i, 0, -1.0);
            entry(i, 1, -first);
            entry(i, 2, -second);
            entry(i, 3, x[1] * t * first);
            entry(i, 4, x[2] * t * second);
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for (i, r) in r.iter().enumerate() {
            let (t, first, second) = decays(x, i);
            entry(3, 1, r * t * first);
            entry(4, 2, r * t * second);
            entry(3, 3, -r * x[1] * t * t * first);
            entry(4, 4, -r * x[2] * t * t * second);
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            name: "osborne-1".into(),
            formula: "Σ (yᵢ − x₁ − x₂e^(−tᵢx₄) − x₃e^(−tᵢx₅))², tᵢ = 10(i − 1)",
            source: "Osborne 1972; Moré, Garbow & Hillstrom 1981, no. 17",
            start: array![0.5, 1.5, -1.0, 0.01, 0.02],
            minima: vec![(
                array![
                    0.3754100521069525,
                    1.9358469127124218,
                    -1.4646871366134782,
                    0.0128675346400574,
                    0.022122699661672397
                ],
                5.4648946974826384e-5,
            )],
        }
    }
}
