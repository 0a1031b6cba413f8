//! Powell's badly scaled function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::Facts;
use ndarray::array;

/// r₁ = 10⁴xy − 1, r₂ = e⁻ˣ + e⁻ʸ − 1.0001 (Powell 1970). Minimum 0 at (1.098…·10⁻⁵, 9.106…), at the end of a
/// valley that follows the hyperbola xy = 10⁻⁴; start (0, 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PowellBadlyScaled;

impl Terms for PowellBadlyScaled {
    fn dim(&self) -> usize {
        2
    }

    fn count(&self) -> usize {
        2
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        r[0] = 1e4 * x[0] * x[1] - 1.0;
        r[1] = (-x[0]).exp() + (-x[1]).exp() - 1.0001;
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        entry(0, 0, 1e4 * x[1]);
        entry(0, 1, 1e4 * x[0]);
        entry(1, 0, -(-x[0]).exp());
        entry(1, 1, -(-x[1]).exp());
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        entry(1, 0, 1e4 * r[0]);
        entry(0, 0, r[1] * (-x[0]).exp());
        entry(1, 1, r[1] * (-x[1]).exp());
    }

    fn facts(&self) -> Facts {
        Facts {
            name: "powell-badly-scaled".into(),
            formula: "(10⁴xy − 1)² + (e⁻ˣ + e⁻ʸ − 1.0001)²",
            source: "Powell 1970; Moré, Garbow & Hillstrom 1981, no. 3",
            start: array![0.0, 1.0],
            minima: vec![(array![1.09815932969975e-5, 9.106146739867084], 0.0)],
        }
    }
}
