//! Freudenstein and Roth's function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::Facts;
use ndarray::array;

/// r₁ = −13 + x + ((5 − y)y − 2)y, r₂ = −29 + x + ((y + 1)y − 14)y (Freudenstein & Roth 1963). Minimum 0 at
/// (5, 4); from the start (½, −2) downhill lies the local one of 48.9843 at (11.4128, −0.8968), where most
/// methods end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FreudensteinRoth;

impl Terms for FreudensteinRoth {
    fn dim(&self) -> usize {
        2
    }

    fn count(&self) -> usize {
        2
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        let [x, y] = [x[0], x[1]];
        r[0] = -13.0 + x + ((5.0 - y) * y - 2.0) * y;
        r[1] = -29.0 + x + ((y + 1.0) * y - 14.0) * y;
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let y = x[1];
        entry(0, 0, 1.0);
        entry(0, 1, 10.0 * y - 3.0 * y * y - 2.0);
        entry(1, 0, 1.0);
        entry(1, 1, 3.0 * y * y + 2.0 * y - 14.0);
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        entry(1, 1, r[0] * (10.0 - 6.0 * x[1]) + r[1] * (6.0 * x[1] + 2.0));
    }

    fn facts(&self) -> Facts {
        Facts {
            name: "freudenstein-roth".into(),
            formula: "(−13 + x + ((5 − y)y − 2)y)² + (−29 + x + ((y + 1)y − 14)y)²",
            source: "Freudenstein & Roth 1963; Moré, Garbow & Hillstrom 1981, no. 2",
            start: array![0.5, -2.0],
            minima: vec![
                (array![5.0, 4.0], 0.0),
                (array![11.412778986902088, -0.8968052532744768], 48.984253679240005),
            ],
        }
    }
}
