//! The linear function of full rank.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::{Facts, named};
use ndarray::Array1;

/// rᵢ = xᵢ − (2/m)Σⱼ xⱼ − 1, i ≤ n, and −(2/m)Σⱼ xⱼ − 1, n < i ≤ m, here with m = 2n (Moré, Garbow &
/// Hillstrom 1981). Minimum m − n at (−1, …, −1), one step of Newton's method from anywhere; start (1, …, 1).
#[derive(Debug, Clone, PartialEq)]
pub struct LinearFullRank {
    dim: usize,
}

impl LinearFullRank {
    /// Returns the function in `dim` ≥ 1 dimensions.
    pub fn new(dim: usize) -> Self {
        assert!(dim >= 1, "the linear function has at least 1 dimension");
        LinearFullRank { dim }
    }
}

impl Terms for LinearFullRank {
    fn dim(&self) -> usize {
        self.dim
    }

    fn count(&self) -> usize {
        2 * self.dim
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        let mean = x.iter().sum::<f64>() / x.len() as f64;
        r.iter_mut().for_each(|r| *r = -mean - 1.0);
        r.iter_mut().zip(x).for_each(|(r, x)| *r += x);
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let (n, share) = (x.len(), (x.len() as f64).recip());
        for i in 0..2 * n {
            (0..n).for_each(|j| entry(i, j, if i == j { 1.0 - share } else { -share }));
        }
    }

    fn curvature(&mut self, _: &[f64], _: &[f64], _: impl FnMut(usize, usize, f64)) {}

    fn facts(&self) -> Facts {
        Facts {
            name: named("linear-full-rank", self.dim, 10),
            formula: "Σ (xᵢ − (2/m)Σ xⱼ − 1)² + Σ ((2/m)Σ xⱼ + 1)², m = 2n",
            source: "Moré, Garbow & Hillstrom 1981, no. 32",
            start: Array1::ones(self.dim),
            minima: vec![(Array1::from_elem(self.dim, -1.0), self.dim as f64)],
        }
    }
}
