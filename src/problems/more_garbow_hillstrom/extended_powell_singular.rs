//! Powell's singular function, and extended.

use crate::problems::sum_of_squares::{Terms, repeated};
use crate::problems::traits::{Facts, named};
use ndarray::Array1;

/// For every four coordinates r = (x₁ + 10x₂, √5(x₃ − x₄), (x₂ − 2x₃)², √10(x₁ − x₄)²): Powell's singular
/// function (1962), extended by Spedicato (1975) to *n*/4 separate copies. Minimum 0 at the origin, where the
/// Hessian has rank *n*/2, so that Newton's method converges only linearly; start (3, −1, 0, 1, …).
#[derive(Debug, Clone, PartialEq)]
pub struct ExtendedPowellSingular {
    dim: usize,
}

impl ExtendedPowellSingular {
    /// Returns the function in `dim` dimensions, a multiple of 4.
    pub fn new(dim: usize) -> Self {
        assert!(
            dim >= 4 && dim.is_multiple_of(4),
            "Powell's singular function has a multiple of 4 dimensions"
        );
        ExtendedPowellSingular { dim }
    }
}

impl Terms for ExtendedPowellSingular {
    fn dim(&self) -> usize {
        self.dim
    }

    fn count(&self) -> usize {
        self.dim
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        let (five, ten) = (5f64.sqrt(), 10f64.sqrt());
        for (r, x) in r.chunks_exact_mut(4).zip(x.chunks_exact(4)) {
            r[0] = x[0] + 10.0 * x[1];
            r[1] = five * (x[2] - x[3]);
            r[2] = (x[1] - 2.0 * x[2]).powi(2);
            r[3] = ten * (x[0] - x[3]).powi(2);
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let (five, ten) = (5f64.sqrt(), 10f64.sqrt());
        for (at, x) in (0..).step_by(4).zip(x.chunks_exact(4)) {
            entry(at, at, 1.0);
            entry(at, at + 1, 10.0);
            entry(at + 1, at + 2, five);
            entry(at + 1, at + 3, -five);
            entry(at + 2, at + 1, 2.0 * (x[1] - 2.0 * x[2]));
            entry(at + 2, at + 2, -4.0 * (x[1] - 2.0 * x[2]));
            entry(at + 3, at, 2.0 * ten * (x[0] - x[3]));
            entry(at + 3, at + 3, -2.0 * ten * (x[0] - x[3]));
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let ten = 10f64.sqrt();
        for at in (0..x.len()).step_by(4) {
            entry(at + 1, at + 1, 2.0 * r[at + 2]);
            entry(at + 2, at + 1, -4.0 * r[at + 2]);
            entry(at + 2, at + 2, 8.0 * r[at + 2]);
            entry(at, at, 2.0 * ten * r[at + 3]);
            entry(at + 3, at, -2.0 * ten * r[at + 3]);
            entry(at + 3, at + 3, 2.0 * ten * r[at + 3]);
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            name: if self.dim == 4 {
                "powell-singular".into()
            } else {
                named("extended-powell-singular", self.dim, 12)
            },
            formula: "Σ (a + 10b)² + 5(c − d)² + (b − 2c)⁴ + 10(a − d)⁴ over every four coordinates a, b, c, \
                      d",
            source: "Powell 1962; Spedicato 1975; Moré, Garbow & Hillstrom 1981, no. 13 and 22",
            start: repeated(&[3.0, -1.0, 0.0, 1.0], self.dim),
            minima: vec![(Array1::zeros(self.dim), 0.0)],
        }
    }
}
