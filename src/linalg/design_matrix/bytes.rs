//! Features that are kept as bytes.

use crate::linalg::helper_thread::{FROM_MEMORY, is_helped, join};
use crate::linalg::kernel::{Ahead, LINE, Rows, Strided, Widening};
use crate::linalg::memory::aligned_capacity;
use crate::real::Real;
use ndarray::{Array1, Array2, s};
use std::ops::Range;

/// Rows of bytes, each from the start of a cache line on, with the way in which features follow from them.
pub struct Bytes<F> {
    data: Vec<u8>,
    /// The place of the first row, at the start of a cache line.
    first: usize,
    rows: usize,
    widening: Widening<F>,
}

impl<F: Real> Bytes<F> {
    /// Copies the bytes to where they can be read fastest. `None` if vectors cannot compute the features.
    pub fn new(bytes: &Array2<u8>, factor: f64, mean: Vec<F>) -> Option<Self> {
        let widening = Widening::new(factor, mean)?;
        Some(Self::laid_out(bytes.nrows(), widening, |i, out| {
            out.iter_mut().zip(bytes.row(i)).for_each(|(out, &byte)| *out = byte);
        }))
    }

    fn laid_out(rows: usize, widening: Widening<F>, write: impl Fn(usize, &mut [u8])) -> Self {
        let (columns, stride) = (widening.columns(), widening.columns().next_multiple_of(LINE));
        let (mut data, first) = aligned_capacity(rows * stride);
        data.resize(first + rows * stride, 0);
        for (i, row) in data[first..].chunks_exact_mut(stride.max(1)).enumerate().take(rows) {
            write(i, &mut row[..columns]);
        }
        Bytes { data, first, rows, widening }
    }

    pub fn dim(&self) -> (usize, usize) {
        (self.rows, self.widening.columns())
    }

    /// Returns the first `count` rows.
    pub fn first(&self, count: usize) -> Self {
        Self::laid_out(count, self.widening.clone(), |i, out| out.copy_from_slice(self.row(i)))
    }

    fn stride(&self) -> usize {
        self.widening.columns().next_multiple_of(LINE)
    }

    fn row(&self, i: usize) -> &[u8] {
        &self.data[self.first + i * self.stride()..][..self.widening.columns()]
    }

    /// Returns the rows with these numbers, as those that are needed next.
    pub fn ahead<'a>(&'a self, index: &'a [u32]) -> Ahead<'a> {
        Ahead::new(&self.data[self.first..], self.stride(), index)
    }

    /// Returns all features.
    pub fn to_floats(&self) -> Array2<F> {
        let (rows, columns) = self.dim();
        let (mut out, first) = aligned_capacity(rows * columns);
        out.resize(first, F::zero());
        for i in 0..rows {
            out.extend(self.row(i).iter().enumerate().map(|(j, &byte)| self.widening.feature(byte, j)));
        }
        let aligned = Array1::from(out).slice_move(s![first..]);
        aligned.into_shape_with_order((rows, columns)).expect("each row gave its columns")
    }

    /// Writes the features of some rows into `own`, whose rows are `stride` apart. A helper thread, if there
    /// is one, writes what it reads afterwards into `others`: the columns from `split` on, which are then
    /// there alone, or all. To read what another core has written takes longer than to write it again.
    /// Returns whether there is a helper thread.
    pub fn widen(
        &self,
        index: &[u32],
        [own, others]: [&mut [F]; 2],
        stride: usize,
        split: Option<usize>,
    ) -> bool {
        let columns = self.widening.columns();
        let rows = Rows::new(&self.data[self.first..], columns, index).stride(self.stride());
        let write = |room: &mut [F], columns: Range<usize>| {
            let room = Strided::new(&mut room[columns.start..], index.len(), columns.len(), stride);
            self.widening.widen(rows, columns, room);
        };
        let (size, is_helped) = (FROM_MEMORY * index.len() * columns, is_helped());
        match split {
            _ if !is_helped => write(own, 0..columns),
            Some(middle) => join(size, || write(own, 0..middle), || write(others, middle..columns)),
            None => join(size, || write(own, 0..columns), || write(others, 0..columns)),
        }
        is_helped
    }
}
