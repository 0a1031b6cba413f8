//! Rosenbrock's valley, extended.

use crate::problems::sum_of_squares::{Terms, repeated};
use crate::problems::traits::{Facts, named};
use ndarray::Array1;

/// Σ 100(x₂ᵢ − x₂ᵢ₋₁²)² + (1 − x₂ᵢ₋₁)² over *n*/2 separate pairs, so the Hessian has the two eigenvalues of
/// one valley *n*/2 times each (Spedicato 1975). The chained one,
/// [`Rosenbrock`](crate::problems::Rosenbrock), couples each coordinate to the next and gets harder with *n*;
/// in two dimensions they are the same, no. 1 of the set. Minimum 0 at (1, …, 1); start (−1.2, 1, …).
#[derive(Debug, Clone, PartialEq)]
pub struct ExtendedRosenbrock {
    dim: usize,
}

impl ExtendedRosenbrock {
    /// Returns the function in `dim` dimensions, an even number.
    pub fn new(dim: usize) -> Self {
        assert!(
            dim >= 2 && dim.is_multiple_of(2),
            "the extended Rosenbrock function has an even number of dimensions"
        );
        ExtendedRosenbrock { dim }
    }
}

impl Terms for ExtendedRosenbrock {
    fn dim(&self) -> usize {
        self.dim
    }

    fn count(&self) -> usize {
        self.dim
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        for (r, x) in r.chunks_exact_mut(2).zip(x.chunks_exact(2)) {
            r[0] = 10.0 * (x[1] - x[0] * x[0]);
            r[1] = 1.0 - x[0];
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for (at, x) in (0..).step_by(2).zip(x.chunks_exact(2)) {
            entry(at, at, -20.0 * x[0]);
            entry(at, at + 1, 10.0);
            entry(at + 1, at, -1.0);
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        (0..x.len()).step_by(2).for_each(|at| entry(at, at, -20.0 * r[at]));
    }

    fn facts(&self) -> Facts {
        Facts {
            name: named("extended-rosenbrock", self.dim, 10),
            formula: "Σ 100(x₂ᵢ − x₂ᵢ₋₁²)² + (1 − x₂ᵢ₋₁)²",
            source: "Spedicato 1975; Moré, Garbow & Hillstrom 1981, no. 21",
            start: repeated(&[-1.2, 1.0], self.dim),
            minima: vec![(Array1::ones(self.dim), 0.0)],
        }
    }
}
