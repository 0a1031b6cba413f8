//! Brown and Dennis's function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::Facts;
use ndarray::array;

/// rᵢ = (x₁ + tᵢx₂ − e^tᵢ)² + (x₃ + x₄ sin tᵢ − cos tᵢ)², tᵢ = i/5, i = 1 … 20 (Brown & Dennis 1971). Minimum
/// 85822.2, with large residuals; start (25, 5, −5, −1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrownDennis;

/// tᵢ with the two differences whose squares make residual `i`, counted from 0.
fn parts(x: &[f64], i: usize) -> (f64, f64, f64) {
    let t = (i + 1) as f64 / 5.0;
    (t, x[0] + t * x[1] - t.exp(), x[2] + x[3] * t.sin() - t.cos())
}

impl Terms for BrownDennis {
    fn dim(&self) -> usize {
        4
    }

    fn count(&self) -> usize {
        20
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        for (i, r) in r.iter_mut().enumerate() {
            let (_, a, b) = parts(x, i);
            *r = a * a + b * b;
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for i in 0..20 {
            let (t, a, b) = parts(x, i);
            entry(i, 0, 2.0 * a);
            entry(i, 1, 2.0 * a * t);
            entry(i, 2, 2.0 * b);
            entry(i, 3, 2.0 * b * t.sin());
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for (i, r) in r.iter().enumerate() {
            let (t, _, _) = parts(x, i);
            let s = t.sin();
            entry(0, 0, 2.0 * r);
            entry(1, 0, 2.0 * r * t);
            entry(1, 1, 2.0 * r * t * t);
            entry(2, 2, 2.0 * r);
            entry(3, 2, 2.0 * r * s);
            entry(3, 3, 2.0 * r * s * s);
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            name: "brown-dennis".into(),
            formula: "Σ ((x₁ + tᵢx₂ − e^tᵢ)² + (x₃ + x₄ sin tᵢ − cos tᵢ)²)², tᵢ = i/5 ≤ 4",
            source: "Brown & Dennis 1971; Moré, Garbow & Hillstrom 1981, no. 16",
            start: array![25.0, 5.0, -5.0, -1.0],
            minima: vec![(
                array![-11.594439904762167, 13.203630051207204, -0.4034394881768596, 0.2367787744557371],
                85822.20162635625,
            )],
        }
    }
}
