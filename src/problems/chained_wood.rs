//! Wood's function, chained.

use super::sum_of_squares::{Terms, repeated};
use super::traits::{Facts, named};
use ndarray::Array1;

/// Wood's six residuals for every window of four coordinates that begins at an odd place, so that
/// neighbouring windows share two (Conn, Gould & Toint 1988; Lukšan & Vlček 1999, problem 2). Minimum 0 at
/// (1, …, 1); start (−3, −1, −3, −1) and then (−2, 0, …).
#[derive(Debug, Clone, PartialEq)]
pub struct ChainedWood {
    dim: usize,
}

impl ChainedWood {
    /// Returns the function in `dim` dimensions, an even number from 4.
    pub fn new(dim: usize) -> Self {
        assert!(
            dim >= 4 && dim.is_multiple_of(2),
            "the chained Wood function has an even number of dimensions, at least 4"
        );
        ChainedWood { dim }
    }
}

impl Terms for ChainedWood {
    fn dim(&self) -> usize {
        self.dim
    }

    fn count(&self) -> usize {
        3 * (self.dim - 2)
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        let (ninety, ten) = (90f64.sqrt(), 10f64.sqrt());
        for (r, x) in r.chunks_exact_mut(6).zip(x.windows(4).step_by(2)) {
            r[0] = 10.0 * (x[0] * x[0] - x[1]);
            r[1] = x[0] - 1.0;
            r[2] = ninety * (x[2] * x[2] - x[3]);
            r[3] = x[2] - 1.0;
            r[4] = ten * (x[1] + x[3] - 2.0);
            r[5] = (x[1] - x[3]) / ten;
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let (ninety, ten) = (90f64.sqrt(), 10f64.sqrt());
        for (at, x) in (0..).step_by(2).zip(x.windows(4).step_by(2)) {
            let row = 3 * at;
            entry(row, at, 20.0 * x[0]);
            entry(row, at + 1, -10.0);
            entry(row + 1, at, 1.0);
            entry(row + 2, at + 2, 2.0 * ninety * x[2]);
            entry(row + 2, at + 3, -ninety);
            entry(row + 3, at + 2, 1.0);
            entry(row + 4, at + 1, ten);
            entry(row + 4, at + 3, ten);
            entry(row + 5, at + 1, ten.recip());
            entry(row + 5, at + 3, -ten.recip());
        }
    }

    fn curvature(&mut self, _: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for (at, r) in (0..).step_by(2).zip(r.chunks_exact(6)) {
            entry(at, at, 20.0 * r[0]);
            entry(at + 2, at + 2, 2.0 * 90f64.sqrt() * r[2]);
        }
    }

    fn facts(&self) -> Facts {
        let mut start = repeated(&[-2.0, 0.0], self.dim);
        (0..4).for_each(|i| start[i] = if i % 2 == 0 { -3.0 } else { -1.0 });
        Facts {
            name: named("chained-wood", self.dim, 10),
            formula: "Σ 100(a² − b)² + (a − 1)² + 90(c² − d)² + (c − 1)² + 10(b + d − 2)² + (b − d)²/10 over \
                      windows a, b, c, d at odd places",
            source: "Conn, Gould & Toint 1988; Lukšan & Vlček 1999, no. 2",
            start,
            minima: vec![(Array1::ones(self.dim), 0.0)],
        }
    }
}
