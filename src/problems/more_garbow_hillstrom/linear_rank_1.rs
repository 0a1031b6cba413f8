//! The linear function of rank 1.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::{Facts, named};
use ndarray::Array1;

/// rᵢ = i·Σⱼ jxⱼ − 1, i = 1 … m, here with m = 2n (Moré, Garbow & Hillstrom 1981). Minimum m(m − 1)/(2(2m +
/// 1)) wherever Σ jxⱼ = 3/(2m + 1): the Hessian has *n* − 1 eigenvalues 0, and rounding puts a floor under
/// the gradient; start (1, …, 1).
#[derive(Debug, Clone, PartialEq)]
pub struct LinearRank1 {
    dim: usize,
}

impl LinearRank1 {
    /// Returns the function in `dim` ≥ 1 dimensions.
    pub fn new(dim: usize) -> Self {
        assert!(dim >= 1, "the linear function has at least 1 dimension");
        LinearRank1 { dim }
    }
}

impl Terms for LinearRank1 {
    fn dim(&self) -> usize {
        self.dim
    }

    fn count(&self) -> usize {
        2 * self.dim
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        let sum: f64 = x.iter().zip(1..).map(|(x, j)| f64::from(j) * x).sum();
        r.iter_mut().zip(1..).for_each(|(r, i)| *r = f64::from(i) * sum - 1.0);
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for i in 0..2 * x.len() {
            (0..x.len()).for_each(|j| entry(i, j, ((i + 1) * (j + 1)) as f64));
        }
    }

    fn curvature(&mut self, _: &[f64], _: &[f64], _: impl FnMut(usize, usize, f64)) {}

    fn facts(&self) -> Facts {
        let (m, weights) = (2.0 * self.dim as f64, Array1::from_iter((1..=self.dim).map(|j| j as f64)));
        let nearest = &weights * (3.0 / (2.0 * m + 1.0) / weights.dot(&weights));
        Facts {
            name: named("linear-rank-1", self.dim, 10),
            formula: "Σ (i·Σ jxⱼ − 1)², m = 2n",
            source: "Moré, Garbow & Hillstrom 1981, no. 33",
            start: Array1::ones(self.dim),
            minima: vec![(nearest, m * (m - 1.0) / (2.0 * (2.0 * m + 1.0)))],
        }
    }
}
