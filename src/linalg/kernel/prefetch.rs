//! Fetching memory into the cache before it is needed.

use std::ops::Range;

/// The number of bytes of a cache line.
pub const LINE: usize = 64;

/// Asks the processor to fetch the cache line at `address` into the first-level cache, without reading it.
/// Does nothing on processors other than x86-64.
#[inline(always)]
pub fn prefetch<T>(address: *const T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the instruction is a hint that accepts any address, valid or not, and every x86-64 has it.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

/// Asks as [`prefetch`] does, for the second-level cache: for memory that is needed later, but not soon.
#[inline(always)]
pub fn prefetch_later<T>(address: *const T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: as for `prefetch`.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(address.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

/// Rows of bytes that will be widened next.
#[derive(Debug, Clone, Copy)]
pub struct Ahead<'a> {
    data: &'a [u8],
    /// The number of bytes from the start of a row to the start of the next.
    stride: usize,
    /// The first column that is needed.
    first: usize,
    /// The numbers of the rows.
    index: &'a [u32],
}

impl<'a> Ahead<'a> {
    /// The rows with the numbers `index`, which begin `stride` bytes apart in `data`.
    pub fn new(data: &'a [u8], stride: usize, index: &'a [u32]) -> Self {
        Ahead { data, stride, first: 0, index }
    }

    /// Returns the rows from the `from`-th on.
    pub fn from(self, from: usize) -> Self {
        Ahead { index: self.index.get(from..).unwrap_or_default(), ..self }
    }

    /// Returns the same rows with these columns alone.
    pub fn columns(self, columns: Range<usize>) -> Self {
        Ahead { first: self.first + columns.start, ..self }
    }

    /// Returns the address of the `i`-th row, if there is one.
    #[inline(always)]
    pub fn row(&self, i: usize) -> Option<*const u8> {
        let number = *self.index.get(i)? as usize;
        Some(self.data.as_ptr().wrapping_add(number * self.stride + self.first))
    }
}
