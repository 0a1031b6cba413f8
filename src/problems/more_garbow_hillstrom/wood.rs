//! Wood's function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::Facts;
use ndarray::array;

/// r = (10(x₂ − x₁²), 1 − x₁, √90(x₄ − x₃²), 1 − x₃, √10(x₂ + x₄ − 2), (x₂ − x₄)/√10) (Colville 1968).
/// Minimum 0 at (1, 1, 1, 1); start (−3, −1, −3, −1). Near (−1, 1, −1, 1) the gradient is small and the
/// Hessian indefinite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wood;

impl Terms for Wood {
    fn dim(&self) -> usize {
        4
    }

    fn count(&self) -> usize {
        6
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        let (ninety, ten) = (90f64.sqrt(), 10f64.sqrt());
        r[0] = 10.0 * (x[1] - x[0] * x[0]);
        r[1] = 1.0 - x[0];
        r[2] = ninety * (x[3] - x[2] * x[2]);
        r[3] = 1.0 - x[2];
        r[4] = ten * (x[1] + x[3] - 2.0);
        r[5] = (x[1] - x[3]) / ten;
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let (ninety, ten) = (90f64.sqrt(), 10f64.sqrt());
        entry(0, 0, -20.0 * x[0]);
        entry(0, 1, 10.0);
        entry(1, 0, -1.0);
        entry(2, 2, -2.0 * ninety * x[2]);
        entry(2, 3, ninety);
        entry(3, 2, -1.0);
        entry(4, 1, ten);
        entry(4, 3, ten);
        entry(5, 1, ten.recip());
        entry(5, 3, -ten.recip());
    }

    fn curvature(&mut self, _: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        entry(0, 0, -20.0 * r[0]);
        entry(2, 2, -2.0 * 90f64.sqrt() * r[2]);
    }

    fn facts(&self) -> Facts {
        Facts {
            name: "wood".into(),
            formula: "100(x₂ − x₁²)² + (1 − x₁)² + 90(x₄ − x₃²)² + (1 − x₃)² + 10(x₂ + x₄ − 2)² + (x₂ − \
                      x₄)²/10",
            source: "Colville 1968; Moré, Garbow & Hillstrom 1981, no. 14",
            start: array![-3.0, -1.0, -3.0, -1.0],
            minima: vec![(array![1.0, 1.0, 1.0, 1.0], 0.0)],
        }
    }
}
