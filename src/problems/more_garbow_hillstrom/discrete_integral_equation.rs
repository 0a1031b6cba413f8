//! The discrete integral equation function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::{Facts, named};
use ndarray::array;

/// rᵢ = xᵢ + h[(1 − tᵢ)Σ_{j≤i} tⱼ(xⱼ + tⱼ + 1)³ + tᵢΣ_{j>i} (1 − tⱼ)(xⱼ + tⱼ + 1)³]/2, h = 1/(n + 1), tᵢ =
/// ih: the boundary value problem of no. 28 as an integral equation (Moré & Cosnard 1979). Minimum 0; start
/// xⱼ = tⱼ(tⱼ − 1).
#[derive(Debug, Clone, PartialEq)]
pub struct DiscreteIntegralEquation {
    dim: usize,
}

impl DiscreteIntegralEquation {
    /// Returns the function in `dim` ≥ 1 dimensions.
    pub fn new(dim: usize) -> Self {
        assert!(dim >= 1, "the integral equation function has at least 1 dimension");
        DiscreteIntegralEquation { dim }
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

/// How much the cube at `j` counts for residual `i`.
fn weight(dim: usize, i: usize, j: usize) -> f64 {
    let (first, second) = (time(dim, i.min(j)), time(dim, i.max(j)));
    step(dim) * first * (1.0 - second) / 2.0
}

impl Terms for DiscreteIntegralEquation {
    fn dim(&self) -> usize {
        self.dim
    }

    fn count(&self) -> usize {
        self.dim
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        let (n, h) = (x.len(), step(x.len()));
        let cube = |j: usize| shifted(x, j).powi(3);
        let mut sum = 0.0;
        for j in 0..n {
            sum += time(n, j) * cube(j);
            r[j] = x[j] + h * (1.0 - time(n, j)) * sum / 2.0;
        }
        sum = 0.0;
        for j in (0..n).rev() {
            r[j] += h * time(n, j) * sum / 2.0;
            sum += (1.0 - time(n, j)) * cube(j);
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for i in 0..x.len() {
            for j in 0..x.len() {
                let slope = 3.0 * weight(x.len(), i, j) * shifted(x, j).powi(2);
                entry(i, j, if i == j { 1.0 + slope } else { slope });
            }
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for j in 0..x.len() {
            let sum: f64 = r.iter().enumerate().map(|(i, r)| r * weight(x.len(), i, j)).sum();
            entry(j, j, 6.0 * sum * shifted(x, j));
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            name: named("discrete-integral-equation", self.dim, 10),
            formula: "Σ (xᵢ + h[(1 − tᵢ)Σ_{j≤i} tⱼ(xⱼ + tⱼ + 1)³ + tᵢΣ_{j>i} (1 − tⱼ)(xⱼ + tⱼ + 1)³]/2)²",
            source: "Moré & Cosnard 1979; Moré, Garbow & Hillstrom 1981, no. 29",
            start: (0..self.dim).map(|i| time(self.dim, i) * (time(self.dim, i) - 1.0)).collect(),
            minima: if self.dim == 10 {
                vec![(
                    array![
                        -0.04316498251876487,
                        -0.08157715653538687,
                        -0.11448571438052926,
                        -0.14097357686259668,
                        -0.15990869618198314,
                        -0.16987720231277492,
                        -0.16908998378120835,
                        -0.15524953522183182,
                        -0.12535589167893496,
                        -0.07541653368589205
                    ],
                    0.0,
                )]
            } else {
                Vec::new()
            },
        }
    }
}
