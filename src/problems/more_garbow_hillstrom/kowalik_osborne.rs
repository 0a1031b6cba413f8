//! Kowalik and Osborne's function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::Facts;
use ndarray::array;

/// rᵢ = yᵢ − x₁(uᵢ² + uᵢx₂)/(uᵢ² + uᵢx₃ + x₄), a fit to 11 data of an enzyme's reaction (Kowalik & Osborne
/// 1968). Minimum 3.07505·10⁻⁴; 1.02734·10⁻³ is approached at (+∞, −14.07…, −∞, −∞); start (0.25, 0.39,
/// 0.415, 0.39).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KowalikOsborne;

const DATA: [(f64, f64); 11] = [
    (4.0, 0.1957),
    (2.0, 0.1947),
    (1.0, 0.1735),
    (0.5, 0.1600),
    (0.25, 0.0844),
    (0.167, 0.0627),
    (0.125, 0.0456),
    (0.1, 0.0342),
    (0.0833, 0.0323),
    (0.0714, 0.0235),
    (0.0625, 0.0246),
];

/// Numerator (without x₁) and denominator of the model at u.
fn fraction(x: &[f64], u: f64) -> (f64, f64) {
    (u * u + u * x[1], u * u + u * x[2] + x[3])
}

impl Terms for KowalikOsborne {
    fn dim(&self) -> usize {
        4
    }

    fn count(&self) -> usize {
        11
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        for (r, (u, y)) in r.iter_mut().zip(DATA) {
            let (above, below) = fraction(x, u);
            *r = y - x[0] * above / below;
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for (i, (u, _)) in DATA.into_iter().enumerate() {
            let (above, below) = fraction(x, u);
            let fall = x[0] * above / (below * below);
            entry(i, 0, -above / below);
            entry(i, 1, -x[0] * u / below);
            entry(i, 2, fall * u);
            entry(i, 3, fall);
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for (r, (u, _)) in r.iter().zip(DATA) {
            let (above, below) = fraction(x, u);
            let (inverse, square) = (r / below, r / (below * below));
            let bend = -2.0 * x[0] * above * square / below;
            entry(1, 0, -u * inverse);
            entry(2, 0, above * u * square);
            entry(3, 0, above * square);
            entry(2, 1, x[0] * u * u * square);
            entry(3, 1, x[0] * u * square);
            entry(2, 2, bend * u * u);
            entry(3, 2, bend * u);
            entry(3, 3, bend);
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            name: "kowalik-osborne".into(),
            formula: "Σ (yᵢ − x₁(uᵢ² + uᵢx₂)/(uᵢ² + uᵢx₃ + x₄))²",
            source: "Kowalik & Osborne 1968; Moré, Garbow & Hillstrom 1981, no. 15",
            start: array![0.25, 0.39, 0.415, 0.39],
            minima: vec![(
                array![0.1928069345790379, 0.19128232873436696, 0.12305650692632088, 0.1360623306837948],
                0.0003075056038492367,
            )],
        }
    }
}
