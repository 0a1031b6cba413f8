//! Broyden's banded function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::{Facts, named};
use ndarray::{Array1, array};
use std::ops::RangeInclusive;

/// rᵢ = xᵢ(2 + 5xᵢ²) + 1 − Σ xⱼ(1 + xⱼ) over the *j* ≠ *i* from i − 5 to i + 1 (Broyden 1971). Minimum 0;
/// start (−1, …, −1).
#[derive(Debug, Clone, PartialEq)]
pub struct BroydenBanded {
    dim: usize,
}

impl BroydenBanded {
    /// Returns the function in `dim` ≥ 1 dimensions.
    pub fn new(dim: usize) -> Self {
        assert!(dim >= 1, "Broyden's banded function has at least 1 dimension");
        BroydenBanded { dim }
    }
}

/// The coordinates that residual `i` depends on.
fn band(i: usize, dim: usize) -> RangeInclusive<usize> {
    i.saturating_sub(5)..=(i + 1).min(dim - 1)
}

impl Terms for BroydenBanded {
    fn dim(&self) -> usize {
        self.dim
    }

    fn count(&self) -> usize {
        self.dim
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        for i in 0..x.len() {
            let sum: f64 = band(i, x.len()).filter(|&j| j != i).map(|j| x[j] * (1.0 + x[j])).sum();
            r[i] = x[i] * (2.0 + 5.0 * x[i] * x[i]) + 1.0 - sum;
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for i in 0..x.len() {
            for j in band(i, x.len()) {
                entry(i, j, if i == j { 2.0 + 15.0 * x[i] * x[i] } else { -1.0 - 2.0 * x[j] });
            }
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for i in 0..x.len() {
            for j in band(i, x.len()) {
                entry(j, j, r[i] * if i == j { 30.0 * x[i] } else { -2.0 });
            }
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            name: named("broyden-banded", self.dim, 10),
            formula: "Σ (xᵢ(2 + 5xᵢ²) + 1 − Σ xⱼ(1 + xⱼ))², i − 5 ≤ j ≤ i + 1, j ≠ i",
            source: "Broyden 1971; Moré, Garbow & Hillstrom 1981, no. 31",
            start: Array1::from_elem(self.dim, -1.0),
            minima: if self.dim == 10 {
                vec![(
                    array![
                        -0.4283028635872503,
                        -0.47659642435629024,
                        -0.5196524636468617,
                        -0.5580993248321809,
                        -0.5925061568294574,
                        -0.624503682199468,
                        -0.6232394714405911,
                        -0.6213938417965735,
                        -0.6204535966590873,
                        -0.5864692707204351
                    ],
                    0.0,
                )]
            } else {
                Vec::new()
            },
        }
    }
}
