//! The discrete boundary value function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::{Facts, named};
use ndarray::array;

/// rᵢ = 2xᵢ − xᵢ₋₁ − xᵢ₊₁ + h²(xᵢ + tᵢ + 1)³/2, h = 1/(n + 1), tᵢ = ih, x₀ = xₙ₊₁ = 0: u″ = ½(u + t + 1)³ by
/// differences (Moré & Cosnard 1979). Minimum 0; start xⱼ = tⱼ(tⱼ − 1).
#[derive(Debug, Clone, PartialEq)]
pub struct DiscreteBoundaryValue {
    dim: usize,
}

impl DiscreteBoundaryValue {
    /// Returns the function in `dim` ≥ 1 dimensions.
    pub fn new(dim: usize) -> Self {
        assert!(dim >= 1, "the boundary value function has at least 1 dimension");
        DiscreteBoundaryValue { dim }
    }
}

/// h.
fn step(dim: usize) -> f64 {
    ((dim + 1) as f64).recip()
}

/// tᵢ, `i` counted from 0.
fn time(dim: usize, i: usize) -> f64 {
    (i + 1) as f64 * step(dim)
}

/// xᵢ + tᵢ + 1.
fn shifted(x: &[f64], i: usize) -> f64 {
    x[i] + time(x.len(), i) + 1.0
}

impl Terms for DiscreteBoundaryValue {
    fn dim(&self) -> usize {
        self.dim
    }

    fn count(&self) -> usize {
        self.dim
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        let (n, h) = (x.len(), step(x.len()));
        for i in 0..n {
            let before = if i > 0 { x[i - 1] } else { 0.0 };
            let behind = if i + 1 < n { x[i + 1] } else { 0.0 };
            r[i] = 2.0 * x[i] - before - behind + h * h * shifted(x, i).powi(3) / 2.0;
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let (n, h) = (x.len(), step(x.len()));
        for i in 0..n {
            if i > 0 {
                entry(i, i - 1, -1.0);
            }
            entry(i, i, 2.0 + 1.5 * h * h * shifted(x, i).powi(2));
            if i + 1 < n {
                entry(i, i + 1, -1.0);
            }
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let h = step(x.len());
        (0..x.len()).for_each(|i| entry(i, i, 3.0 * r[i] * h * h * shifted(x, i)));
    }

    fn facts(&self) -> Facts {
        Facts {
            name: named("discrete-boundary-value", self.dim, 10),
            formula: "Σ (2xᵢ − xᵢ₋₁ − xᵢ₊₁ + h²(xᵢ + tᵢ + 1)³/2)²",
            source: "Moré & Cosnard 1979; Moré, Garbow & Hillstrom 1981, no. 28",
            start: (0..self.dim).map(|i| time(self.dim, i) * (time(self.dim, i) - 1.0)).collect(),
            minima: if self.dim == 10 {
                vec![(
                    array![
                        -0.04316498251876487,
                        -0.08157715653538689,
                        -0.11448571438052929,
                        -0.14097357686259668,
                        -0.1599086961819831,
                        -0.16987720231277492,
                        -0.16908998378120835,
                        -0.15524953522183182,
                        -0.125355891678935,
                        -0.07541653368589209
                    ],
                    0.0,
                )]
            } else {
                Vec::new()
            },
        }
    }
}
