//! Rows of a matrix, without a copy.

use std::ops::Range;

/// Rows of a row-major matrix, either all of them or those with given numbers, such as a minibatch. The
/// entries are not copied.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a, F> {
    data: &'a [F],
    /// The number of entries from the start of a row to the start of the next.
    stride: usize,
    /// The first visible column.
    first: usize,
    features: usize,
    index: Option<&'a [u32]>,
    upcoming: &'a [u32],
}

impl<'a, F> Rows<'a, F> {
    /// The rows with the numbers `index` of the matrix `data`, which has `features` columns.
    pub fn new(data: &'a [F], features: usize, index: &'a [u32]) -> Self {
        Rows { data, stride: features, first: 0, features, index: Some(index), upcoming: &[] }
    }

    /// All rows of the matrix `data`, which has `features` columns.
    pub fn all(data: &'a [F], features: usize) -> Self {
        Rows { data, stride: features, first: 0, features, index: None, upcoming: &[] }
    }

    /// Sets the number of entries from the start of a row to the start of the next, by default `features`.
    /// For rows with given numbers only.
    #[must_use]
    pub fn stride(self, stride: usize) -> Self {
        Rows { stride, ..self }
    }

    /// Adds a hint: the rows with the numbers `upcoming` will be needed next. A product over these rows may
    /// then prefetch the upcoming ones into the cache.
    #[must_use]
    pub fn before(self, upcoming: &'a [u32]) -> Self {
        Rows { upcoming, ..self }
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.index.map_or(self.data.len() / self.stride.max(1), <[u32]>::len)
    }

    /// Returns whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of visible columns.
    pub fn features(&self) -> usize {
        self.features
    }

    /// Returns the `i`-th row.
    #[inline(always)]
    pub fn row(&self, i: usize) -> &'a [F] {
        let start = self.index.map_or(i, |index| index[i] as usize) * self.stride + self.first;
        &self.data[start..start + self.features]
    }

    /// Returns the address of the `i`-th upcoming row, if there is one. It may be prefetched, but not read.
    #[inline(always)]
    pub(super) fn upcoming(&self, i: usize) -> Option<*const F> {
        let number = *self.upcoming.get(i)?;
        Some(self.data.as_ptr().wrapping_add(number as usize * self.stride + self.first))
    }

    /// Returns the start of the rows `from..to`, and the number of entries to the start of the next row. For
    /// all rows of a matrix only, not for rows with given numbers.
    pub(super) fn block(&self, from: usize, to: usize) -> (*const F, usize) {
        assert!(self.index.is_none() && from < to, "rows {from}..{to} of a list");
        // These look-ups check that the rows exist. The pointer is derived from the whole matrix, since it is
        // used for all rows.
        let (_first, _last) = (self.row(from), self.row(to - 1));
        (self.data.as_ptr().wrapping_add(from * self.stride + self.first), self.stride)
    }

    /// Returns the rows `from..to` of these.
    pub fn slice(&self, from: usize, to: usize) -> Self {
        match self.index {
            Some(index) => Rows { index: Some(&index[from..to]), ..*self },
            None => Rows { data: &self.data[from * self.stride..to * self.stride], ..*self },
        }
    }

    /// Returns the same rows with these columns alone.
    pub(crate) fn columns(&self, columns: Range<usize>) -> Self {
        assert!(columns.end <= self.features, "columns {columns:?} of {}", self.features);
        Rows { first: self.first + columns.start, features: columns.len(), ..*self }
    }
}
