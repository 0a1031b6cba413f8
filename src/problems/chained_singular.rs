//! Powell's singular function, chained.

use super::sum_of_squares::{Terms, repeated};
use super::traits::{Facts, named};
use ndarray::Array1;

/// Powell's four residuals for every window of four coordinates that begins at an odd place, so that
/// neighbouring windows share two (Conn, Gould & Toint 1988; Lukšan & Vlček 1999, problem 3). Minimum 0 at
/// the origin, where the Hessian is singular; start (3, −1, 0, 1, …).
#[derive(Debug, Clone, PartialEq)]
pub struct ChainedSingular {
    dim: usize,
}

impl ChainedSingular {
    /// Returns the function in `dim` dimensions, an even number from 4.
    pub fn new(dim: usize) -> Self {
        assert!(
            dim >= 4 && dim.is_multiple_of(2),
            "the chained singular function has an even number of dimensions, at least 4"
        );
        ChainedSingular { dim }
    }
}

impl Terms for ChainedSingular {
    fn dim(&self) -> usize {
        self.dim
    }

    fn count(&self) -> usize {
        2 * (self.dim - 2)
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        let (five, ten) = (5f64.sqrt(), 10f64.sqrt());
        for (r, x) in r.chunks_exact_mut(4).zip(x.windows(4).step_by(2)) {
            r[0] = x[0] + 10.0 * x[1];
            r[1] = five * (x[2] - x[3]);
            r[2] = (x[1] - 2.0 * x[2]).powi(2);
            r[3] = ten * (x[0] - x[3]).powi(2);
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let (five, ten) = (5f64.sqrt(), 10f64.sqrt());
        for (at, x) in (0..).step_by(2).zip(x.windows(4).step_by(2)) {
            let row = 2 * at;
            let (near, far) = (2.0 * (x[1] - 2.0 * x[2]), 2.0 * ten * (x[0] - x[3]));
            entry(row, at, 1.0);
            entry(row, at + 1, 10.0);
            entry(row + 1, at + 2, five);
            entry(row + 1, at + 3, -five);
            entry(row + 2, at + 1, near);
            entry(row + 2, at + 2, -2.0 * near);
            entry(row + 3, at, far);
            entry(row + 3, at + 3, -far);
        }
    }

    fn curvature(&mut self, _: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let ten = 10f64.sqrt();
        for (at, r) in (0..).step_by(2).zip(r.chunks_exact(4)) {
            entry(at + 1, at + 1, 2.0 * r[2]);
            entry(at + 2, at + 1, -4.0 * r[2]);
            entry(at + 2, at + 2, 8.0 * r[2]);
            entry(at, at, 2.0 * ten * r[3]);
            entry(at + 3, at, -2.0 * ten * r[3]);
            entry(at + 3, at + 3, 2.0 * ten * r[3]);
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            name: named("chained-singular", self.dim, 10),
            formula: "Σ (a + 10b)² + 5(c − d)² + (b − 2c)⁴ + 10(a − d)⁴ over windows a, b, c, d at odd \
                      places",
            source: "Conn, Gould & Toint 1988; Lukšan & Vlček 1999, no. 3",
            start: repeated(&[3.0, -1.0, 0.0, 1.0], self.dim),
            minima: vec![(Array1::zeros(self.dim), 0.0)],
        }
    }
}
