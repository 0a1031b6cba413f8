//! Where large vectors and matrices are placed in memory, and how much memory is available.
//!
//! Three properties of its place decide how fast a matrix can be read:
//! - **Cache lines.** If a row begins at the start of a 64-byte line, each load of a vector touches one line.
//!   Otherwise many loads touch two.
//! - **Large pages.** A matrix of 100 MB covers 25,000 pages of 4 kB, but only 50 of 2 MB. The processor
//!   remembers the addresses of one or two thousand pages, and must look up the others.
//! - **Rows a multiple of 4 kB apart.** The first-level cache has only 8 places for addresses that differ by
//!   a multiple of 4 kB. If rows are that long, the same columns of many rows evict each other; one cache
//!   line more per row prevents this.
//!
//! [`cache_aligned`] gives a matrix all three. A training step on Fashion-MNIST takes two thirds of the time
//! then.
//!
//! The second part of the file lets the library refuse a Hessian that would not fit into memory.

use crate::error::{Error, Result};
use crate::real::Real;
use ndarray::{Array1, Array2, s};
#[cfg(target_os = "linux")]
use nix::sys::mman::{MmapAdvise, madvise};
use std::fs;
#[cfg(target_os = "linux")]
use std::{ffi::c_void, ptr::NonNull};

/// Returns an empty vector with capacity for at least `len` numbers after an index, which is returned too:
/// the entry at this index is at the start of a cache line. For a long vector, the system is asked for large
/// pages.
pub fn aligned_capacity<T>(len: usize) -> (Vec<T>, usize) {
    let spare = 64 / size_of::<T>().clamp(1, 64);
    let room = Vec::<T>::with_capacity(len + spare);
    ask_for_large_pages(&room);
    let first = room.as_ptr().align_offset(64).min(spare);
    (room, first)
}

/// Returns a vector of `len` times `value`, on large pages if it is long.
pub fn filled<T: Copy>(len: usize, value: T) -> Vec<T> {
    let mut vector = Vec::with_capacity(len);
    ask_for_large_pages(&vector);
    vector.resize(len, value);
    vector
}

/// The size in bytes from which on a better place is worth a copy of the matrix.
const WORTH_MOVING: usize = 8 << 20;
/// The number of bytes that are copied before their old place is given back to the system.
const MOVED_AT_ONCE: usize = 8 << 20;

/// Returns how many entries there should be from the start of a row to the start of the next: `columns`, plus
/// one cache line if a row has a multiple of 512 bytes. The same columns of many rows then fit into the
/// first-level cache together. (Addresses that differ by a multiple of 4 kB share 8 places there, and 3,072
/// numbers in `f32` are 12 kB.)
pub fn row_stride<T>(columns: usize) -> usize {
    let bytes = columns * size_of::<T>();
    if bytes > 0 && bytes.is_multiple_of(512) { columns + 64 / size_of::<T>() } else { columns }
}

/// Moves a matrix to where it can be read fastest, and returns it.
///
/// A matrix of at least 8 MB is moved to large pages if it does not begin at the start of a cache line; a
/// matrix that is allocated in the usual way does not. A smaller one, or one that was moved before, stays
/// where it is. Rows whose length is a multiple of 512 bytes get an unused cache line after them, so the
/// returned matrix may have gaps between its rows, at most an eighth of its size. The move takes hardly more
/// memory than the matrix itself.
///
/// [`EmpiricalRisk`](crate::risk::EmpiricalRisk) moves features of which it becomes the only owner. Move
/// features yourself before you share them. Training steps on Fashion-MNIST then take two thirds of the time.
///
/// ```
/// use gradus::prelude::*;
/// use gradus::ndarray::Array2;
/// let x = Array2::from_shape_fn((2000, 784), |(i, j)| (i + j) as f64);
/// let shared = std::sync::Arc::new(gradus::linalg::cache_aligned(x));
/// assert!(shared.as_ptr().addr().is_multiple_of(64) && shared[[1999, 783]] == 2782.0);
/// ```
#[must_use]
pub fn cache_aligned<F: Real>(matrix: Array2<F>) -> Array2<F> {
    let (bytes, (rows, columns)) = (matrix.len() * size_of::<F>(), matrix.dim());
    let stride = row_stride::<F>(columns);
    let lies_well = matrix.as_ptr().addr().is_multiple_of(64) && stride == columns;
    if bytes < WORTH_MOVING || !matrix.is_standard_layout() || lies_well {
        return matrix;
    }
    let (mut old, start) = matrix.into_raw_vec_and_offset();
    let start = start.unwrap_or(0);
    let (mut new, first) = aligned_capacity(rows * stride);
    new.resize(first, F::zero());
    let step = (MOVED_AT_ONCE / size_of::<F>() / columns.max(1)).max(1);
    for from in (0..rows).step_by(step) {
        let to = rows.min(from + step);
        for row in from..to {
            new.extend_from_slice(&old[start + row * columns..][..columns]);
            new.resize(first + (row + 1) * stride, F::zero());
        }
        give_back(&mut old[..start + to * columns]);
    }
    drop(old);
    let new = Array1::from(new)
        .slice_move(s![first..])
        .into_shape_with_order((rows, stride))
        .expect("every entry was copied");
    new.slice_move(s![.., ..columns])
}

/// Returns the entries of a matrix, and the number of entries from the start of a row to the start of the
/// next. There may be gaps between the rows, but not within them.
///
/// # Panics
/// If there are gaps within the rows, or if the rows are not in order.
pub(crate) fn gapless_rows<F: Real>(matrix: &Array2<F>) -> (&[F], usize) {
    let (rows, columns) = matrix.dim();
    if let Some(numbers) = matrix.as_slice() {
        return (numbers, columns);
    }
    let stride = usize::try_from(matrix.strides()[0]).unwrap_or(0);
    assert!(
        columns <= 1 || matrix.strides()[1] == 1,
        "the rows of the matrix have gaps: give it as `matrix.as_standard_layout().into_owned()`"
    );
    assert!(rows > 0 && columns > 0 && stride >= columns, "the rows of the matrix do not lie in their order");
    // SAFETY: the slice begins at the first entry of the matrix and ends at the last. The matrix owns one
    // vector of numbers, which contains everything in between and is borrowed as long as the matrix is.
    (unsafe { std::slice::from_raw_parts(matrix.as_ptr(), (rows - 1) * stride + columns) }, stride)
}

/// Tells the system that these numbers are no longer needed. Their values may change.
#[cfg(target_os = "linux")]
fn give_back<F: Real>(numbers: &mut [F]) {
    const PAGE: usize = 64 << 10;
    let range = numbers.as_mut_ptr_range();
    let (first, end) = (range.start.addr().next_multiple_of(PAGE), range.end.addr() / PAGE * PAGE);
    if end > first {
        // SAFETY: the range consists of whole pages within memory that we may write. Afterwards it holds
        // zeros, which are valid numbers.
        unsafe { advise(range.start.with_addr(first).cast(), end - first, MmapAdvise::MADV_DONTNEED) };
    }
}

#[cfg(not(target_os = "linux"))]
fn give_back<F: Real>(_numbers: &mut [F]) {}

#[cfg(target_os = "linux")]
/// Gives the system advice about memory. If it does not know the advice, the program does without.
///
/// # Safety
///
/// As for madvise(2): the range must be mapped, and may be read as the advice says afterwards.
unsafe fn advise(first: *mut c_void, bytes: usize, advice: MmapAdvise) {
    if let Some(first) = NonNull::new(first) {
        // SAFETY: the caller's.
        let _ = unsafe { madvise(first, bytes, advice) };
    }
}

#[cfg(target_os = "linux")]
/// Asks the system to put the memory of a vector on large pages.
fn ask_for_large_pages<T>(room: &Vec<T>) {
    /// Bytes of a large page on x86-64 and most other processors.
    const LARGE: usize = 2 << 20;
    let first = (room.as_ptr() as usize).next_multiple_of(LARGE);
    let end = (room.as_ptr() as usize + room.capacity() * size_of::<T>()) / LARGE * LARGE;
    if end > first {
        // SAFETY: the range consists of whole pages within our allocation, and the advice changes no
        // contents.
        unsafe { advise(first as *mut c_void, end - first, MmapAdvise::MADV_HUGEPAGE) };
    }
}

#[cfg(not(target_os = "linux"))]
fn ask_for_large_pages<T>(_room: &Vec<T>) {}

/// Returns how much memory a program can still use, in bytes: the amount that Linux reports as available, or
/// the rest that the control group allows if this is less. Returns `None` if the system does not tell.
pub fn available_memory() -> Option<u64> {
    let system = fs::read_to_string("/proc/meminfo").ok().and_then(|text| available_in(&text));
    let group = |name: &str| {
        fs::read_to_string(format!("/sys/fs/cgroup/memory.{name}")).ok()?.trim().parse::<u64>().ok()
    };
    let group = group("max").zip(group("current")).map(|(max, current)| max.saturating_sub(current));
    system.into_iter().chain(group).min()
}

/// Returns the value of the line `MemAvailable:` of Linux's meminfo, in bytes.
fn available_in(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

/// Returns the size in bytes of `matrices` dense matrices of `n` × `n` numbers in `f64`.
pub fn dense_bytes(n: usize, matrices: usize) -> u128 {
    (8 * matrices as u128).saturating_mul((n as u128).pow(2))
}

/// Returns the size in bytes of an array of numbers with these lengths, however large.
///
/// ```
/// use gradus::linalg::bytes_of;
/// assert_eq!(bytes_of::<f32>(&[1000, 1000]), 4_000_000);
/// assert_eq!(bytes_of::<f64>(&[u128::MAX, 2]), u128::MAX);
/// ```
pub fn bytes_of<T>(lengths: &[u128]) -> u128 {
    lengths.iter().fold(size_of::<T>() as u128, |bytes, &length| bytes.saturating_mul(length))
}

/// Checks that `bytes` fit into the memory that a program can still use. `what` needs them, and `remedy` says
/// what to do if there is less. Sizes that a user chooses are checked here before anything is allocated,
/// since a program that runs out of memory is ended by the system.
///
/// # Errors
///
/// [`Error::Unsupported`], with both numbers.
pub fn check_room(what: &str, bytes: u128, remedy: &'static str) -> Result<()> {
    let Some(available) = available_memory().filter(|&available| bytes > u128::from(available)) else {
        return Ok(());
    };
    let (needed, there) = (bytes_in_words(bytes), bytes_in_words(available.into()));
    Err(Error::Unsupported {
        what: format!("{what} needs {needed} of memory, and {there} are available"),
        remedy,
    })
}

/// Returns a number of bytes in a fitting unit, in powers of ten: "800 MB", "80.0 GB".
pub fn bytes_in_words(bytes: u128) -> String {
    const UNITS: [&str; 6] = ["bytes", "kB", "MB", "GB", "TB", "PB"];
    let (mut amount, mut unit) = (bytes as f64, 0);
    while amount >= 1000.0 && unit + 1 < UNITS.len() {
        amount /= 1000.0;
        unit += 1;
    }
    let digits = usize::from(unit > 0 && amount < 100.0);
    format!("{amount:.digits$} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_all_from_the_start_of_a_cache_line_on() {
        for len in [0, 1, 1000, 3_000_000] {
            let (mut room, first) = aligned_capacity::<f32>(len);
            let place = room.as_ptr();
            room.resize(first + len, 1.0);
            assert!(room.as_ptr() == place && room[first..].as_ptr().addr().is_multiple_of(64), "{len}");
        }
    }

    #[test]
    fn a_large_matrix_is_moved_once_and_stays_the_same() {
        let built = |rows: usize, first: usize| {
            let numbers = (0..first + rows * 777).map(|i| (i % 9973) as f64).collect::<Array1<f64>>();
            numbers.slice_move(s![first..]).into_shape_with_order((rows, 777)).unwrap()
        };
        // One of two first places does not lie at the start of a cache line, whatever the allocator does.
        for first in [0, 1] {
            let (matrix, moved) = (built(3000, first), cache_aligned(built(3000, first)));
            assert!(
                matrix == moved && moved.is_standard_layout() && moved.as_ptr().addr().is_multiple_of(64)
            );
            let place = moved.as_ptr();
            assert_eq!(cache_aligned(moved).as_ptr(), place);
        }
        let small = built(10, 0);
        let place = small.as_ptr();
        assert_eq!(cache_aligned(small).as_ptr(), place);
        let transposed = built(3000, 0).reversed_axes();
        assert_eq!(cache_aligned(transposed.clone()), transposed);
    }

    #[test]
    fn rows_that_would_share_places_in_a_cache_are_set_apart() {
        let matrix = Array2::from_shape_fn((1500, 1024), |(i, j)| ((i * 1024 + j) % 9973) as f64);
        let moved = cache_aligned(matrix.clone());
        assert!(moved == matrix && moved.strides() == [1032, 1] && moved.as_ptr().addr().is_multiple_of(64));
        let (numbers, stride) = gapless_rows(&moved);
        assert_eq!(
            (numbers.len(), stride, numbers[1499 * 1032 + 1023]),
            (1499 * 1032 + 1024, 1032, moved[[1499, 1023]])
        );
        let place = moved.as_ptr();
        assert_eq!(cache_aligned(moved).as_ptr(), place);
        assert_eq!(
            [row_stride::<f32>(784), row_stride::<f32>(3072), row_stride::<f64>(64), row_stride::<f64>(0)],
            [784, 3088, 72, 0]
        );
    }

    #[test]
    #[should_panic(expected = "the rows of the matrix have gaps")]
    fn rows_with_gaps_are_refused() {
        gapless_rows(&Array2::<f64>::zeros((3, 4)).reversed_axes());
    }

    #[test]
    fn the_systems_answer_is_read() {
        assert_eq!(
            available_in("MemTotal: 9 kB\nMemFree: 1 kB\nMemAvailable:    2048 kB\n"),
            Some(2_097_152)
        );
        assert_eq!(available_in("MemTotal: 9 kB\n"), None);
        assert_eq!(available_in("MemAvailable: much kB\n"), None);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_both_numbers() {
        check_room("a row", 1000, "").unwrap();
        if available_memory().is_some() {
            let refused =
                check_room("a memory of 3 pairs", u128::MAX, "remember fewer").unwrap_err().to_string();
            assert!(
                refused.starts_with("a memory of 3 pairs needs ") && refused.ends_with(": remember fewer")
            );
        }
    }

    #[test]
    fn bytes_are_said_in_a_fitting_unit() {
        assert_eq!(dense_bytes(100_000, 1), 80_000_000_000);
        assert_eq!(
            [8, 2_000, 800_000_000, 80_000_000_000].map(bytes_in_words),
            ["8 bytes", "2.0 kB", "800 MB", "80.0 GB"]
        );
        assert_eq!(dense_bytes(usize::MAX, 1), u128::MAX);
    }
}
