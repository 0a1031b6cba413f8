//! The linear function of rank 1 with zero columns and rows.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::{Facts, named};
use ndarray::Array1;

/// rᵢ = (i − 1)Σⱼ jxⱼ − 1 with *j* from 2 to n − 1, r₁ = rₘ = −1, here with m = 2n (Moré, Garbow & Hillstrom
/// 1981). Minimum (m² + 3m − 6)/(2(2m − 3)) wherever Σ jxⱼ = 3/(2m − 3); start (1, …, 1).
#[derive(Debug, Clone, PartialEq)]
pub struct LinearRank1Zero {
    dim: usize,
}

impl LinearRank1Zero {
    /// Returns the function in `dim` ≥ 3 dimensions.
    pub fn new(dim: usize) -> Self {
        assert!(dim >= 3, "the linear function with zero columns has at least 3 dimensions");
        LinearRank1Zero { dim }
    }
}

impl Terms for LinearRank1Zero {
    fn dim(&self) -> usize {
        self.dim
    }

    fn count(&self) -> usize {
        2 * self.dim
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        let (n, m) = (x.len(), r.len());
        let sum: f64 = x[..n - 1].iter().zip(1..).skip(1).map(|(x, j)| f64::from(j) * x).sum();
        r.iter_mut().zip(0..).for_each(|(r, before)| *r = f64::from(before) * sum - 1.0);
        r[m - 1] = -1.0;
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for i in 1..2 * x.len() - 1 {
            (1..x.len() - 1).for_each(|j| entry(i, j, (i * (j + 1)) as f64));
        }
    }

    fn curvature(&mut self, _: &[f64], _: &[f64], _: impl FnMut(usize, usize, f64)) {}

    fn facts(&self) -> Facts {
        let (m, inner) = (2.0 * self.dim as f64, 2..self.dim);
        let weights =
            Array1::from_iter((1..=self.dim).map(|j| if inner.contains(&j) { j as f64 } else { 0.0 }));
        let nearest = &weights * (3.0 / (2.0 * m - 3.0) / weights.dot(&weights));
        Facts {
            name: named("linear-rank-1-zero", self.dim, 10),
            formula: "Σ ((i − 1)Σ jxⱼ − 1)² + 2, 2 ≤ j < n, 2 ≤ i < m = 2n",
            source: "Moré, Garbow & Hillstrom 1981, no. 34",
            start: Array1::ones(self.dim),
            minima: vec![(nearest, (m * m + 3.0 * m - 6.0) / (2.0 * (2.0 * m - 3.0)))],
        }
    }
}
