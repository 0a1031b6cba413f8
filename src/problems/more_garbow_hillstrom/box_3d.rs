//! Box's three-dimensional function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::Facts;
use ndarray::array;

/// rᵢ = e^(−tᵢx₁) − e^(−tᵢx₂) − x₃(e^(−tᵢ) − e^(−10tᵢ)), tᵢ = i/10, i = 1 … 10 (Box 1966). Minimum 0 at (1,
/// 10, 1), at (10, 1, −1) and wherever x₁ = x₂ with x₃ = 0; start (0, 10, 20).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Box3d;

impl Terms for Box3d {
    fn dim(&self) -> usize {
        3
    }

    fn count(&self) -> usize {
        10
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        for (r, i) in r.iter_mut().zip(1..) {
            let t = f64::from(i) / 10.0;
            *r = (-t * x[0]).exp() - (-t * x[1]).exp() - x[2] * ((-t).exp() - (-10.0 * t).exp());
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for i in 0..10 {
            let t = (i + 1) as f64 / 10.0;
            entry(i, 0, -t * (-t * x[0]).exp());
            entry(i, 1, t * (-t * x[1]).exp());
            entry(i, 2, (-10.0 * t).exp() - (-t).exp());
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for (r, i) in r.iter().zip(1..) {
            let t = f64::from(i) / 10.0;
            entry(0, 0, r * t * t * (-t * x[0]).exp());
            entry(1, 1, -r * t * t * (-t * x[1]).exp());
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            name: "box".into(),
            formula: "Σ (e^(−tᵢx₁) − e^(−tᵢx₂) − x₃(e^(−tᵢ) − e^(−10tᵢ)))², tᵢ = i/10 ≤ 1",
            source: "Box 1966; Moré, Garbow & Hillstrom 1981, no. 12",
            start: array![0.0, 10.0, 20.0],
            minima: vec![(array![1.0, 10.0, 1.0], 0.0), (array![10.0, 1.0, -1.0], 0.0)],
        }
    }
}
