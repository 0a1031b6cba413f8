//! Broyden's tridiagonal function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::{Facts, named};
use ndarray::{Array1, array};

/// rᵢ = (3 − 2xᵢ)xᵢ − xᵢ₋₁ − 2xᵢ₊₁ + 1, x₀ = xₙ₊₁ = 0 (Broyden 1965). Minimum 0; start (−1, …, −1).
#[derive(Debug, Clone, PartialEq)]
pub struct BroydenTridiagonal {
    dim: usize,
}

impl BroydenTridiagonal {
    /// Returns the function in `dim` ≥ 1 dimensions.
    pub fn new(dim: usize) -> Self {
        assert!(dim >= 1, "Broyden's tridiagonal function has at least 1 dimension");
        BroydenTridiagonal { dim }
    }
}

impl Terms for BroydenTridiagonal {
    fn dim(&self) -> usize {
        self.dim
    }

    fn count(&self) -> usize {
        self.dim
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        let n = x.len();
        for i in 0..n {
            let before = if i > 0 { x[i - 1] } else { 0.0 };
            let behind = if i + 1 < n { x[i + 1] } else { 0.0 };
            r[i] = (3.0 - 2.0 * x[i]) * x[i] - before - 2.0 * behind + 1.0;
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for i in 0..x.len() {
            if i > 0 {
                entry(i, i - 1, -1.0);
            }
            entry(i, i, 3.0 - 4.0 * x[i]);
            if i + 1 < x.len() {
                entry(i, i + 1, -2.0);
            }
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        (0..x.len()).for_each(|i| entry(i, i, -4.0 * r[i]));
    }

    fn facts(&self) -> Facts {
        Facts {
            name: named("broyden-tridiagonal", self.dim, 10),
            formula: "Σ ((3 − 2xᵢ)xᵢ − xᵢ₋₁ − 2xᵢ₊₁ + 1)²",
            source: "Broyden 1965; Moré, Garbow & Hillstrom 1981, no. 30",
            start: Array1::from_elem(self.dim, -1.0),
            minima: if self.dim == 10 {
                vec![(
                    array![
                        -0.5707221320112248,
                        -0.681806949984275,
                        -0.70221007601766,
                        -0.7055106298950803,
                        -0.7049061557287436,
                        -0.7014966070298512,
                        -0.6918893223547983,
                        -0.6657965144058537,
                        -0.5960351090263657,
                        -0.4164122575286934
                    ],
                    0.0,
                )]
            } else {
                Vec::new()
            },
        }
    }
}
