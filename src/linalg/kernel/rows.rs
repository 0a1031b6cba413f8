//! Rows of a matrix that are used where they lie.

use std::ops::Range;

/// Some rows of a row-major matrix: those named by their numbers, a minibatch without a copy, or all of them.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a, F> {
    data: &'a [F],
    /// From the start of a row to the start of the next.
    stride: usize,
    /// The first column that is seen.
    first: usize,
    features: usize,
    index: Option<&'a [u32]>,
    upcoming: &'a [u32],
}

impl<'a, F> Rows<'a, F> {
    /// The rows `index` of the matrix `data` with `features` columns.
    pub fn new(data: &'a [F], features: usize, index: &'a [u32]) -> Self {
        Rows { data, stride: features, first: 0, features, index: Some(index), upcoming: &[] }
    }

    /// All rows of the matrix `data` with `features` columns, in their order.
    pub fn all(data: &'a [F], features: usize) -> Self {
        Rows { data, stride: features, first: 0, features, index: None, upcoming: &[] }
    }

    /// The same rows, if each begins `stride` numbers after the one before it. For rows named by their
    /// numbers.
    #[must_use]
    pub fn stride(self, stride: usize) -> Self {
        Rows { stride, ..self }
    }

    /// The same rows, with the hint that next those of the numbers `upcoming` will be asked for: whoever goes
    /// through these may fetch them into the cache meanwhile.
    #[must_use]
    pub fn before(self, upcoming: &'a [u32]) -> Self {
        Rows { upcoming, ..self }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.index.map_or(self.data.len() / self.stride.max(1), <[u32]>::len)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Columns that are seen.
    pub fn features(&self) -> usize {
        self.features
    }

    /// The `i`-th of the rows.
    #[inline(always)]
    pub fn row(&self, i: usize) -> &'a [F] {
        let start = self.index.map_or(i, |index| index[i] as usize) * self.stride + self.first;
        &self.data[start..start + self.features]
    }

    /// Where the `i`-th of the upcoming rows lies, if there is one: to be fetched, not to be read.
    #[inline(always)]
    pub(super) fn upcoming(&self, i: usize) -> Option<*const F> {
        let number = *self.upcoming.get(i)?;
        Some(self.data.as_ptr().wrapping_add(number as usize * self.stride + self.first))
    }

    /// Where the rows `from..to` lie: the start of the first, and how far the next lies behind it. For rows
    /// that lie one behind the other, not those named by numbers.
    pub(super) fn block(&self, from: usize, to: usize) -> (*const F, usize) {
        assert!(self.index.is_none() && from < to, "rows {from}..{to} of a list");
        // Looked up, so that they are known to be there. The pointer is to the whole matrix, since it is used
        // for all of them.
        let (_first, _last) = (self.row(from), self.row(to - 1));
        (self.data.as_ptr().wrapping_add(from * self.stride + self.first), self.stride)
    }

    /// The rows `from..to` of these.
    pub fn slice(&self, from: usize, to: usize) -> Self {
        match self.index {
            Some(index) => Rows { index: Some(&index[from..to]), ..*self },
            None => Rows { data: &self.data[from * self.stride..to * self.stride], ..*self },
        }
    }

    /// These columns of the rows.
    pub(crate) fn columns(&self, columns: Range<usize>) -> Self {
        assert!(columns.end <= self.features, "columns {columns:?} of {}", self.features);
        Rows { first: self.first + columns.start, features: columns.len(), ..*self }
    }
}
