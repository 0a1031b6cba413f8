//! Rows of a matrix, without a copy.

use super::prefetch::Ahead;
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
    of_helper: OfHelper<'a, F>,
    /// The bytes of the rows that are needed next, if these rows were bytes too.
    ahead: Option<Ahead<'a>>,
}

/// What the helper thread has in its cache and reads instead of `data`, at the same places.
#[derive(Debug)]
enum OfHelper<'a, F> {
    Nothing,
    /// All rows.
    Copy(&'a [F]),
    /// The columns from this one on, which are there alone.
    ColumnsFrom(usize, &'a [F]),
}

impl<F> Clone for OfHelper<'_, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F> Copy for OfHelper<'_, F> {}

impl<'a, F> OfHelper<'a, F> {
    /// Returns the same for a part of the rows, whose entries are in this range.
    fn slice(self, range: Range<usize>) -> Self {
        match self {
            OfHelper::Nothing => OfHelper::Nothing,
            OfHelper::Copy(copy) => OfHelper::Copy(&copy[range]),
            OfHelper::ColumnsFrom(middle, others) => OfHelper::ColumnsFrom(middle, &others[range]),
        }
    }
}

impl<'a, F> Rows<'a, F> {
    /// The rows with the numbers `index` of the matrix `data`, which has `features` columns.
    pub fn new(data: &'a [F], features: usize, index: &'a [u32]) -> Self {
        Rows { index: Some(index), ..Rows::all(data, features) }
    }

    /// All rows of the matrix `data`, which has `features` columns.
    pub fn all(data: &'a [F], features: usize) -> Self {
        let (of_helper, ahead) = (OfHelper::Nothing, None);
        Rows { data, stride: features, first: 0, features, index: None, upcoming: &[], of_helper, ahead }
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

    /// Adds the hint that these bytes will be needed next.
    #[must_use]
    pub(crate) fn before_bytes(self, ahead: Ahead<'a>) -> Self {
        Rows { ahead: Some(ahead), ..self }
    }

    /// Adds a copy of all rows, which the helper thread has in its cache and reads instead. For all rows of a
    /// matrix only, not for rows with given numbers.
    #[must_use]
    pub(crate) fn with_copy(self, copy: &'a [F]) -> Self {
        assert!(self.index.is_none() && copy.len() == self.data.len());
        Rows { of_helper: OfHelper::Copy(copy), ..self }
    }

    /// Sets where the columns from `middle` on are. Each of the two threads of a step then has its columns in
    /// its cache, and no row can be read as a whole. For all rows of a matrix only, not for rows with given
    /// numbers.
    #[must_use]
    pub(crate) fn with_columns_from(self, middle: usize, others: &'a [F]) -> Self {
        assert!(self.index.is_none() && others.len() == self.data.len() && middle <= self.features);
        Rows { of_helper: OfHelper::ColumnsFrom(middle, others), ..self }
    }

    /// Returns the same rows as the helper thread reads them.
    pub(super) fn of_helper(self) -> Self {
        match self.of_helper {
            OfHelper::Copy(copy) => Rows { data: copy, ..self },
            _ => self,
        }
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
    ///
    /// # Panics
    /// If there is no such row, or if the rows are for [products alone](crate::model::Model::reads_rows).
    #[inline(always)]
    pub fn row(&self, i: usize) -> &'a [F] {
        assert!(!matches!(self.of_helper, OfHelper::ColumnsFrom(..)), "each thread has a half of this row");
        let start = self.index.map_or(i, |index| index[i] as usize) * self.stride + self.first;
        &self.data[start..start + self.features]
    }

    /// Returns the address of the `i`-th upcoming row, if there is one. It may be prefetched, but not read.
    #[inline(always)]
    pub(super) fn upcoming(&self, i: usize) -> Option<*const F> {
        let number = *self.upcoming.get(i)?;
        Some(self.data.as_ptr().wrapping_add(number as usize * self.stride + self.first))
    }

    /// Returns the address of the `i`-th row of bytes that is needed next, if there is one.
    #[inline(always)]
    pub(super) fn bytes_ahead(&self, i: usize) -> Option<*const u8> {
        self.ahead.as_ref()?.row(i)
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
            None => {
                let range = from * self.stride..to * self.stride;
                let (of_helper, ahead) = (self.of_helper.slice(range.clone()), self.ahead);
                let ahead = ahead.map(|ahead| ahead.from(from));
                Rows { data: &self.data[range], of_helper, ahead, ..*self }
            }
        }
    }

    /// Returns the same rows with these columns alone.
    pub(crate) fn columns(&self, columns: Range<usize>) -> Self {
        assert!(columns.end <= self.features, "columns {columns:?} of {}", self.features);
        let (first, end) = (self.first + columns.start, self.first + columns.end);
        let (data, of_helper) = match self.of_helper {
            OfHelper::ColumnsFrom(middle, _) if end <= middle => (self.data, OfHelper::Nothing),
            OfHelper::ColumnsFrom(middle, others) if first >= middle => (others, OfHelper::Nothing),
            of_helper => (self.data, of_helper),
        };
        let ahead = self.ahead.map(|ahead| ahead.columns(columns.clone()));
        Rows { data, of_helper, first, features: columns.len(), ahead, ..*self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows of four columns, of which the last two are elsewhere.
    fn halves<'a>(left: &'a [f64; 8], right: &'a [f64; 8]) -> Rows<'a, f64> {
        Rows::all(&left[..], 4).with_columns_from(2, right)
    }

    const LEFT: [f64; 8] = [0.0, 1.0, -1.0, -1.0, 4.0, 5.0, -1.0, -1.0];
    const RIGHT: [f64; 8] = [-1.0, -1.0, 2.0, 3.0, -1.0, -1.0, 6.0, 7.0];

    #[test]
    fn the_columns_of_each_thread_are_read_where_they_are() {
        let rows = halves(&LEFT, &RIGHT);
        assert_eq!(
            (rows.columns(0..2).row(1), rows.columns(2..4).row(1)),
            (&[4.0, 5.0][..], &[6.0, 7.0][..])
        );
        let second = rows.slice(1, 2);
        assert_eq!((second.columns(1..2).row(0), second.columns(3..4).row(0)), (&[5.0][..], &[7.0][..]));
    }

    #[test]
    #[should_panic(expected = "each thread has a half of this row")]
    fn a_row_of_two_halves_cannot_be_read() {
        halves(&LEFT, &RIGHT).row(0);
    }

    #[test]
    fn the_helper_thread_reads_its_copy() {
        let rows = Rows::all(&LEFT[..], 4).with_copy(&RIGHT);
        assert_eq!((rows.row(0)[0], rows.of_helper().row(0)[2]), (0.0, 2.0));
        assert_eq!(rows.slice(1, 2).of_helper().row(0)[3], 7.0);
        // Without a copy, both read the same.
        assert_eq!(Rows::all(&LEFT[..], 4).of_helper().row(1), &LEFT[4..]);
    }
}
