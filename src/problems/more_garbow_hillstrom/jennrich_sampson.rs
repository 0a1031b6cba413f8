//! Jennrich and Sampson's function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::Facts;
use ndarray::array;

/// rᵢ = 2 + 2i − (eⁱˣ + eⁱʸ), i = 1 … 10 (Jennrich & Sampson 1968). Minimum 124.362 at x = y = 0.2578, with
/// large residuals; start (0.3, 0.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JennrichSampson;

impl Terms for JennrichSampson {
    fn dim(&self) -> usize {
        2
    }

    fn count(&self) -> usize {
        10
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        for (r, i) in r.iter_mut().zip(1..) {
            let i = f64::from(i);
            *r = 2.0 + 2.0 * i - ((i * x[0]).exp() + (i * x[1]).exp());
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for row in 0..10 {
            let i = (row + 1) as f64;
            entry(row, 0, -i * (i * x[0]).exp());
            entry(row, 1, -i * (i * x[1]).exp());
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for (r, i) in r.iter().zip(1..) {
            let i = f64::from(i);
            entry(0, 0, -r * i * i * (i * x[0]).exp());
            entry(1, 1, -r * i * i * (i * x[1]).exp());
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            name: "jennrich-sampson".into(),
            formula: "Σ (2 + 2i − (eⁱˣ + eⁱʸ))², i ≤ 10",
            source: "Jennrich & Sampson 1968; Moré, Garbow & Hillstrom 1981, no. 6",
            start: array![0.3, 0.4],
            minima: vec![(array![0.2578252136703641, 0.2578252136703641], 124.36218235561479)],
        }
    }
}
