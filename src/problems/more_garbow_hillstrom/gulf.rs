//! The Gulf Research and Development function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::Facts;
use ndarray::array;

/// rᵢ = exp(−|yᵢ − x₂|^x₃ / x₁) − tᵢ, tᵢ = i/100, yᵢ = 25 + (−50 ln tᵢ)^⅔, i = 1 … 99 (Cox 1969). Minimum 0
/// at (50, 25, 1.5); start (5, 2.5, 0.15). The paper prints |yᵢmix₂| inside; its program has the minus that
/// belongs there. Where x₂ meets one of the yᵢ the function has no derivative; the term is then left out of
/// the Jacobian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gulf;

/// tᵢ and yᵢ of residual `i`, counted from 0.
fn datum(i: usize) -> (f64, f64) {
    let t = (i + 1) as f64 / 100.0;
    (t, 25.0 + (-50.0 * t.ln()).cbrt().powi(2))
}

/// The exponent a = |y − x₂|^x₃ / x₁ of one residual and the exponential of −a, with first and second
/// derivatives of a.
struct Exponent {
    exponential: f64,
    slopes: [f64; 3],
    bends: [[f64; 3]; 3],
}

impl Exponent {
    /// `None` where there are no derivatives.
    fn at(x: &[f64], i: usize) -> Option<Self> {
        let apart = datum(i).1 - x[1];
        let (d, sign) = (apart.abs(), apart.signum());
        if d == 0.0 {
            return None;
        }
        let (a, log) = (d.powf(x[2]) / x[0], d.ln());
        let lower = [
            [2.0 * a / (x[0] * x[0]), 0.0, 0.0],
            [sign * x[2] * a / (d * x[0]), x[2] * (x[2] - 1.0) * a / (d * d), 0.0],
            [-a * log / x[0], -sign * a * (1.0 + x[2] * log) / d, a * log * log],
        ];
        Some(Exponent {
            exponential: (-a).exp(),
            slopes: [-a / x[0], -sign * x[2] * a / d, a * log],
            bends: lower,
        })
    }
}

impl Terms for Gulf {
    fn dim(&self) -> usize {
        3
    }

    fn count(&self) -> usize {
        99
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        for (i, r) in r.iter_mut().enumerate() {
            let (t, y) = datum(i);
            *r = (-(y - x[1]).abs().powf(x[2]) / x[0]).exp() - t;
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for i in 0..99 {
            let Some(Exponent { exponential, slopes, .. }) = Exponent::at(x, i) else { continue };
            (0..3).for_each(|j| entry(i, j, -exponential * slopes[j]));
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for (i, r) in r.iter().enumerate() {
            let Some(Exponent { exponential, slopes, bends }) = Exponent::at(x, i) else { continue };
            for j in 0..3 {
                (0..=j).for_each(|k| entry(j, k, r * exponential * (slopes[j] * slopes[k] - bends[j][k])));
            }
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            name: "gulf".into(),
            formula: "Σ (exp(−|yᵢ − x₂|^x₃ / x₁) − tᵢ)², i ≤ 99",
            source: "Cox 1969; Moré, Garbow & Hillstrom 1981, no. 11",
            start: array![5.0, 2.5, 0.15],
            minima: vec![(array![50.0, 25.0, 1.5], 0.0)],
        }
    }
}
