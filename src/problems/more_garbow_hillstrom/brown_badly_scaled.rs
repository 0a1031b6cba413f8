//! Brown's badly scaled function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::Facts;
use ndarray::array;

/// r = (x − 10⁶, y − 2·10⁻⁶, xy − 2) (Brown, unpublished). Minimum 0 at (10⁶, 2·10⁻⁶): eleven orders of
/// magnitude lie between the two coordinates; start (1, 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrownBadlyScaled;

impl Terms for BrownBadlyScaled {
    fn dim(&self) -> usize {
        2
    }

    fn count(&self) -> usize {
        3
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        r[0] = x[0] - 1e6;
        r[1] = x[1] - 2e-6;
        r[2] = x[0] * x[1] - 2.0;
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        entry(0, 0, 1.0);
        entry(1, 1, 1.0);
        entry(2, 0, x[1]);
        entry(2, 1, x[0]);
    }

    fn curvature(&mut self, _: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        entry(1, 0, r[2]);
    }

    fn facts(&self) -> Facts {
        Facts {
            name: "brown-badly-scaled".into(),
            formula: "(x − 10⁶)² + (y − 2·10⁻⁶)² + (xy − 2)²",
            source: "Brown, unpublished; Moré, Garbow & Hillstrom 1981, no. 4",
            start: array![1.0, 1.0],
            minima: vec![(array![1e6, 2e-6], 0.0)],
        }
    }
}
