//! Products of small row-major matrices by the kernels, without allocation.

use crate::linalg::{Kernel, Rows};

/// The memory for products.
#[derive(Debug, Clone)]
pub(super) struct Products {
    zeros: Vec<f64>,
    scratch: Vec<f64>,
}

impl Products {
    /// Allocates the memory for matrices with at most `rows` rows as the second factor of
    /// [`Products::times_transposed`], and at most `entries` entries as the first of [`Products::times`].
    pub(super) fn new(rows: usize, entries: usize) -> Self {
        Products { zeros: vec![0.0; rows], scratch: vec![0.0; entries] }
    }

    /// Computes out = X Wᵀ, where X and W have `columns` columns.
    pub(super) fn times_transposed(&self, x: &[f64], w: &[f64], columns: usize, out: &mut [f64]) {
        f64::scores(Rows::all(x, columns), w, &self.zeros[..w.len() / columns], out);
    }

    /// Computes out += E W, where W has `columns` columns.
    pub(super) fn times(&mut self, e: &[f64], w: &[f64], columns: usize, out: &mut [f64]) {
        f64::propagate(e, Rows::all(w, columns), &mut self.scratch[..e.len()], out);
    }

    /// Computes out += Eᵀ X, where X has `columns` columns.
    pub(super) fn transposed_times(e: &[f64], x: &[f64], columns: usize, out: &mut [f64]) {
        f64::accumulate(Rows::all(x, columns), e, out);
    }
}
