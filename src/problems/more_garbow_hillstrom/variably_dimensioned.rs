//! The variably dimensioned function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::{Facts, named};
use ndarray::Array1;

/// rᵢ = xᵢ − 1, i = 1 … n, rₙ₊₁ = s, rₙ₊₂ = s² with s = Σ j(xⱼ − 1) (Moré, Garbow & Hillstrom 1981). Minimum
/// 0 at (1, …, 1); start xⱼ = 1 − j/n.
#[derive(Debug, Clone, PartialEq)]
pub struct VariablyDimensioned {
    dim: usize,
}

impl VariablyDimensioned {
    /// Returns the function in `dim` ≥ 1 dimensions.
    pub fn new(dim: usize) -> Self {
        assert!(dim >= 1, "the variably dimensioned function has at least 1 dimension");
        VariablyDimensioned { dim }
    }
}

/// s = Σ j(xⱼ − 1).
fn weighted(x: &[f64]) -> f64 {
    x.iter().enumerate().map(|(j, x)| (j + 1) as f64 * (x - 1.0)).sum()
}

impl Terms for VariablyDimensioned {
    fn dim(&self) -> usize {
        self.dim
    }

    fn count(&self) -> usize {
        self.dim + 2
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        let n = x.len();
        r[..n].iter_mut().zip(x).for_each(|(r, x)| *r = x - 1.0);
        r[n] = weighted(x);
        r[n + 1] = r[n] * r[n];
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let (n, s) = (x.len(), weighted(x));
        (0..n).for_each(|i| entry(i, i, 1.0));
        (0..n).for_each(|j| entry(n, j, (j + 1) as f64));
        (0..n).for_each(|j| entry(n + 1, j, 2.0 * s * (j + 1) as f64));
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let twice = 2.0 * r[x.len() + 1];
        for j in 0..x.len() {
            (0..=j).for_each(|k| entry(j, k, twice * (j + 1) as f64 * (k + 1) as f64));
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            name: named("variably-dimensioned", self.dim, 10),
            formula: "Σ (xᵢ − 1)² + s² + s⁴, s = Σ j(xⱼ − 1)",
            source: "Moré, Garbow & Hillstrom 1981, no. 25",
            start: (1..=self.dim).map(|j| 1.0 - j as f64 / self.dim as f64).collect(),
            minima: vec![(Array1::ones(self.dim), 0.0)],
        }
    }
}
