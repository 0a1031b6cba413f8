//! Biggs's function of six exponents.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::Facts;
use ndarray::array;

/// rᵢ = x₃e^(−tᵢx₁) − x₄e^(−tᵢx₂) + x₆e^(−tᵢx₅) − yᵢ, yᵢ = e^(−tᵢ) − 5e^(−10tᵢ) + 3e^(−4tᵢ), tᵢ = i/10, i = 1
/// … 13 (Biggs 1971). Minimum 0 at (1, 10, 1, 5, 4, 3); a local one of 5.65565·10⁻³; start (1, 2, 1, 1, 1,
/// 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BiggsExp6;

/// tᵢ and the three exponentials, for residual `i` counted from 0.
fn decays(x: &[f64], i: usize) -> (f64, f64, f64, f64) {
    let t = (i + 1) as f64 / 10.0;
    (t, (-t * x[0]).exp(), (-t * x[1]).exp(), (-t * x[4]).exp())
}

impl Terms for BiggsExp6 {
    fn dim(&self) -> usize {
        6
    }

    fn count(&self) -> usize {
        13
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        for (i, r) in r.iter_mut().enumerate() {
            let (t, first, second, third) = decays(x, i);
            let y = (-t).exp() - 5.0 * (-10.0 * t).exp() + 3.0 * (-4.0 * t).exp();
            *r = x[2] * first - x[3] * second + x[5] * third - y;
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for i in 0..13 {
            let (t, first, second, third) = decays(x, i);
            entry(i, 0, -t * x[2] * first);
            entry(i, 1, t * x[3] * second);
            entry(i, 2, first);
            entry(i, 3, -second);
            entry(i, 4, -t * x[5] * third);
            entry(i, 5, third);
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for (i, r) in r.iter().enumerate() {
            let (t, first, second, third) = decays(x, i);
            let (first, second, third) = (r * t * first, r * t * second, r * t * third);
            entry(0, 0, t * x[2] * first);
            entry(2, 0, -first);
            entry(1, 1, -t * x[3] * second);
            entry(3, 1, second);
            entry(4, 4, t * x[5] * third);
            entry(5, 4, -third);
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            name: "biggs-exp6".into(),
            formula: "Σ (x₃e^(−tᵢx₁) − x₄e^(−tᵢx₂) + x₆e^(−tᵢx₅) − yᵢ)², tᵢ = i/10 ≤ 1.3",
            source: "Biggs 1971; Moré, Garbow & Hillstrom 1981, no. 18",
            start: array![1.0, 2.0, 1.0, 1.0, 1.0, 1.0],
            minima: vec![
                (array![1.0, 10.0, 1.0, 5.0, 4.0, 3.0], 0.0),
                (
                    array![
                        17.6831981809491,
                        1.7114159947195884,
                        -5.186561551993464,
                        3.7235806826427793,
                        1.711415994719588,
                        6.0498680044805635
                    ],
                    0.005655649925499902,
                ),
            ],
        }
    }
}
