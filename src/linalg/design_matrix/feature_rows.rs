//! The rows of a design matrix, as a pass over examples reads them.

use super::bytes::Bytes;
use crate::linalg::helper_thread::{ONE_THREAD, threads};
use crate::linalg::kernel::{Rows, split_of_columns};
use crate::linalg::memory::{aligned_capacity, gapless_rows, row_stride};
use crate::real::Real;
use ndarray::Array2;
use std::borrow::Cow;
use std::sync::Arc;

/// A view of the features of examples: floats where they lie, or bytes.
///
/// ```
/// use gradus::linalg::{Block, FeatureRows, Reader};
/// use gradus::prelude::*;
/// let x = array![[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]];
/// let (features, mut block) = (FeatureRows::from(&x), Block::default());
/// let rows = features.block(&[2, 0], &[1], Reader::Any, &mut block);
/// assert_eq!((features.dim(), rows.row(0), rows.row(1)), ((3, 2), &[4.0, 5.0][..], &[0.0, 1.0][..]));
/// ```
#[derive(Clone, Copy)]
pub enum FeatureRows<'a, F> {
    /// Floats, with the number of entries from the start of a row to the start of the next.
    #[doc(hidden)]
    Floats { data: &'a [F], stride: usize, dim: (usize, usize) },
    /// Bytes, which are widened block by block.
    #[doc(hidden)]
    Bytes(&'a Bytes<F>),
}

/// Who reads the rows of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Anybody, who may read whole rows.
    Any,
    /// The products with a layer of this number of classes alone.
    Products(usize),
}

/// Memory for a block of rows that are kept as bytes. It grows to the largest block, and stays.
#[derive(Default)]
pub struct Block<F> {
    own: Room<F>,
    /// What the helper thread reads.
    others: Room<F>,
}

/// Numbers from the start of a cache line on.
#[derive(Default)]
struct Room<F> {
    data: Vec<F>,
    first: usize,
}

impl<F: Real> Room<F> {
    /// Returns the first `len` numbers.
    fn take(&mut self, len: usize) -> &mut [F] {
        if self.data.len() < self.first + len {
            (self.data, self.first) = aligned_capacity(len);
            self.data.resize(self.first + len, F::zero());
        }
        &mut self.data[self.first..][..len]
    }
}

impl<'a, F: Real> FeatureRows<'a, F> {
    /// Returns the numbers of examples N and of features D.
    pub fn dim(self) -> (usize, usize) {
        match self {
            FeatureRows::Floats { dim, .. } => dim,
            FeatureRows::Bytes(bytes) => bytes.dim(),
        }
    }

    /// Returns the rows with the numbers `index`, before the `upcoming` ones, which may then be fetched into
    /// the cache. Bytes are widened into `memory`.
    ///
    /// # Panics
    /// If there is no row of a number.
    pub fn block<'b>(
        self,
        index: &'b [u32],
        upcoming: &'b [u32],
        reader: Reader,
        memory: &'b mut Block<F>,
    ) -> Rows<'b, F>
    where
        'a: 'b,
    {
        let bytes = match self {
            FeatureRows::Floats { data, stride, dim } => {
                return Rows::new(data, dim.1, index).stride(stride).before(upcoming);
            }
            FeatureRows::Bytes(_) if ONE_THREAD => unreachable!("a web page keeps no bytes"),
            FeatureRows::Bytes(bytes) => bytes,
        };
        let columns = bytes.dim().1;
        let split = match reader {
            Reader::Any => None,
            Reader::Products(classes) => split_of_columns(index.len(), columns, classes),
        };
        let stride = row_stride::<F>(columns.next_multiple_of(64 / size_of::<F>()));
        let len = index.len() * stride;
        // The helper thread may be started later, and nothing is allocated then.
        let of_helper = if threads() > 1 { len } else { 0 };
        let (own, others) = (memory.own.take(len), memory.others.take(of_helper));
        let is_helped = bytes.widen(index, [&mut *own, &mut *others], stride, split);
        let rows = Rows::all(own, stride).columns(0..columns).before_bytes(bytes.ahead(upcoming));
        match split {
            _ if !is_helped => rows,
            Some(middle) => rows.with_columns_from(middle, others),
            None => rows.with_copy(others),
        }
    }

    /// Returns a matrix that has the rows with the numbers `index`, and their numbers there: of floats all
    /// rows as they are, of bytes these alone.
    pub(crate) fn some<'b>(self, index: &'b [u32]) -> (Cow<'b, [F]>, usize, Cow<'b, [u32]>)
    where
        'a: 'b,
    {
        match self {
            FeatureRows::Floats { data, stride, .. } => (data.into(), stride, index.into()),
            FeatureRows::Bytes(bytes) => {
                let (mut block, columns) = (Block::default(), bytes.dim().1);
                let rows = self.block(index, &[], Reader::Any, &mut block);
                let widened = (0..rows.len()).flat_map(|i| rows.row(i)).copied().collect::<Vec<F>>();
                (widened.into(), columns, (0..index.len() as u32).collect::<Vec<_>>().into())
            }
        }
    }
}

impl<'a, F: Real> From<&'a Arc<Array2<F>>> for FeatureRows<'a, F> {
    /// # Panics
    /// If the matrix is not stored row by row.
    fn from(matrix: &'a Arc<Array2<F>>) -> Self {
        FeatureRows::from(&**matrix)
    }
}

impl<'a, F: Real> From<&'a Array2<F>> for FeatureRows<'a, F> {
    /// # Panics
    /// If the matrix is not stored row by row.
    fn from(matrix: &'a Array2<F>) -> Self {
        let (data, stride) = gapless_rows(matrix);
        FeatureRows::Floats { data, stride, dim: matrix.dim() }
    }
}
