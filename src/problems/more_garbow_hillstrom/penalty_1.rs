//! The first penalty function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::{Facts, named};
use ndarray::array;

/// rᵢ = √a(xᵢ − 1), i = 1 … n, and rₙ₊₁ = Σ xⱼ² − ¼, a = 10⁻⁵: a linear least-squares problem with a heavy
/// penalty on leaving a sphere (Gill, Murray & Pitfield 1972). Minimum 2.24997·10⁻⁵ for *n* = 4, 7.08765·10⁻⁵
/// for 10; start (1, 2, …, n).
#[derive(Debug, Clone, PartialEq)]
pub struct Penalty1 {
    dim: usize,
}

impl Penalty1 {
    /// Returns the function in `dim` ≥ 1 dimensions.
    pub fn new(dim: usize) -> Self {
        assert!(dim >= 1, "the penalty function has at least 1 dimension");
        Penalty1 { dim }
    }
}

/// The weight of the distance to (1, …, 1).
const A: f64 = 1e-5;

impl Terms for Penalty1 {
    fn dim(&self) -> usize {
        self.dim
    }

    fn count(&self) -> usize {
        self.dim + 1
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        let n = x.len();
        r[..n].iter_mut().zip(x).for_each(|(r, x)| *r = A.sqrt() * (x - 1.0));
        r[n] = x.iter().map(|x| x * x).sum::<f64>() - 0.25;
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let n = x.len();
        (0..n).for_each(|i| entry(i, i, A.sqrt()));
        x.iter().enumerate().for_each(|(j, x)| entry(n, j, 2.0 * x));
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        (0..x.len()).for_each(|j| entry(j, j, 2.0 * r[x.len()]));
    }

    fn facts(&self) -> Facts {
        Facts {
            name: named("penalty-1", self.dim, 10),
            formula: "Σ 10⁻⁵(xᵢ − 1)² + (Σ xⱼ² − ¼)²",
            source: "Gill, Murray & Pitfield 1972; Moré, Garbow & Hillstrom 1981, no. 23",
            start: (1..=self.dim).map(|j| j as f64).collect(),
            minima: if self.dim == 10 {
                vec![(
                    array![
                        0.15812230111311634,
                        0.15812230111311634,
                        0.15812230111311634,
                        0.15812230111311634,
                        0.15812230111311634,
                        0.15812230111311634,
                        0.15812230111311634,
                        0.15812230111311634,
                        0.15812230111311634,
                        0.15812230111311631
                    ],
                    7.087651467090369e-5,
                )]
            } else {
                Vec::new()
            },
        }
    }
}
