//! A block of a row-major matrix that can be split, so that two threads can write the two parts.

use std::marker::PhantomData;

/// A block of a row-major matrix, to be written. Its rows begin `stride` entries apart.
pub struct Strided<'a, F> {
    start: *mut F,
    stride: usize,
    rows: usize,
    columns: usize,
    lives: PhantomData<&'a mut [F]>,
}

// SAFETY: it is an exclusive borrow of the entries of its block, like the `&mut [F]` from which it was made.
unsafe impl<F: Send> Send for Strided<'_, F> {}

impl<'a, F> Strided<'a, F> {
    /// The block of `rows` × `columns` at the start of `data`, whose rows begin `stride` entries apart.
    pub fn new(data: &'a mut [F], rows: usize, columns: usize, stride: usize) -> Self {
        assert!(columns <= stride || rows <= 1, "rows of {columns} cannot lie {stride} apart");
        assert!(
            rows == 0 || columns == 0 || data.len() >= (rows - 1) * stride + columns,
            "the matrix is too short"
        );
        Strided { start: data.as_mut_ptr(), stride, rows, columns, lives: PhantomData }
    }

    /// Returns the same block, for as long as this one is not used.
    pub fn again(&mut self) -> Strided<'_, F> {
        Strided { lives: PhantomData, ..*self }
    }

    /// Returns whether the block has this shape.
    pub fn holds(&self, rows: usize, columns: usize) -> bool {
        (self.rows, self.columns) == (rows, columns)
    }

    /// Returns `len` entries of a row, from `column` on.
    #[inline(always)]
    pub fn part(&mut self, row: usize, column: usize, len: usize) -> &mut [F] {
        assert!(row < self.rows && column <= self.columns && len <= self.columns - column);
        // SAFETY: the entries are within the block, hence (see `new`) within the slice that is borrowed for
        // 'a. No other block contains them (see the splits), and `self` is borrowed as long as they are.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(row * self.stride + column), len) }
    }

    /// Splits the block into the columns before `middle` and the others.
    pub fn split_columns(self, middle: usize) -> (Self, Self) {
        assert!(middle <= self.columns);
        // If the right part is empty, its start is never used, and may be any address.
        let right =
            Strided { start: self.start.wrapping_add(middle), columns: self.columns - middle, ..self };
        (Strided { columns: middle, ..self }, right)
    }

    /// Splits the block into the rows before `middle` and the others.
    pub fn split_rows(self, middle: usize) -> (Self, Self) {
        assert!(middle <= self.rows);
        // If the lower part is empty, its start is never used, and may be any address.
        let lower = Strided {
            start: self.start.wrapping_add(middle * self.stride),
            rows: self.rows - middle,
            ..self
        };
        (Strided { rows: middle, ..self }, lower)
    }
}
