//! Where large vectors and matrices lie; and how much memory there is, so that a Hessian that would not fit
//! is refused instead of bringing the machine down.

use crate::real::Real;
use ndarray::{Array1, Array2, s};
#[cfg(target_os = "linux")]
use nix::sys::mman::{MmapAdvise, madvise};
use std::fs;
#[cfg(target_os = "linux")]
use std::{ffi::c_void, ptr::NonNull};

/// An empty vector with room for `len` numbers and a few more, of which the one at the returned place lies at
/// the start of a cache line. Where a long vector would be spread over thousands of small pages, the system
/// is asked for large ones.
pub fn room_for<T>(len: usize) -> (Vec<T>, usize) {
    let spare = 64 / size_of::<T>().clamp(1, 64);
    let room = Vec::<T>::with_capacity(len + spare);
    ask_for_large_pages(&room);
    let first = room.as_ptr().align_offset(64).min(spare);
    (room, first)
}

/// A vector of `len` times `value`, on large pages if it is long.
pub fn filled<T: Copy>(len: usize, value: T) -> Vec<T> {
    let mut vector = Vec::with_capacity(len);
    ask_for_large_pages(&vector);
    vector.resize(len, value);
    vector
}

/// From so many bytes on, where a matrix lies is worth a copy.
const WORTH_MOVING: usize = 8 << 20;
/// Bytes that are copied before their first place is given back.
const MOVED_AT_ONCE: usize = 8 << 20;

/// The numbers from the start of a row to the start of the next, so that the same columns of many rows find
/// room in a first cache together: `columns`, but for rows of a multiple of 512 bytes, which are a cache line
/// further apart. (Columns a multiple of 4 kB apart share 8 places; 3,072 numbers in f32 are 12 kB.)
fn row_stride<T>(columns: usize) -> usize {
    let bytes = columns * size_of::<T>();
    if bytes > 0 && bytes.is_multiple_of(512) { columns + 64 / size_of::<T>() } else { columns }
}

/// The same matrix where it is read fastest: if it is of 8 MB or more and does not begin at the start of a
/// cache line, as what is allocated in the usual way does not, it is moved to large pages; one that was moved
/// is left where it is. Meanwhile hardly more memory is needed than for the matrix alone. Rows of a multiple
/// of 512 bytes are set a cache line apart, wherever they lay, so that the matrix that is given back has gaps
/// between its rows, of an eighth of its size at the most.
///
/// [`EmpiricalRisk`](crate::risk::EmpiricalRisk) does this with features that are given to it; do it yourself
/// before you share them. Minibatches of Fashion-MNIST take two thirds of the time then.
///
/// ```
/// use gradus::prelude::*;
/// let x = Array2::from_shape_fn((2000, 784), |(i, j)| (i + j) as f64);
/// let shared = std::sync::Arc::new(gradus::linalg::settled(x));
/// assert!(shared.as_ptr().addr().is_multiple_of(64) && shared[[1999, 783]] == 2782.0);
/// ```
#[must_use]
pub fn settled<F: Real>(matrix: Array2<F>) -> Array2<F> {
    let (bytes, (rows, columns)) = (matrix.len() * size_of::<F>(), matrix.dim());
    let stride = row_stride::<F>(columns);
    let lies_well = matrix.as_ptr().addr().is_multiple_of(64) && stride == columns;
    if bytes < WORTH_MOVING || !matrix.is_standard_layout() || lies_well {
        return matrix;
    }
    let (mut old, start) = matrix.into_raw_vec_and_offset();
    let start = start.unwrap_or(0);
    let (mut new, first) = room_for(rows * stride);
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

/// The numbers of a matrix whose rows have no gaps in them, though perhaps between them, and from the start
/// of a row to the start of the next.
///
/// # Panics
/// If its rows have gaps, or do not lie in their order.
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
    // SAFETY: the first and the last entry are those of the matrix, which owns one vector of numbers; what
    // lies between is that vector's, and borrowed as long as the matrix is.
    (unsafe { std::slice::from_raw_parts(matrix.as_ptr(), (rows - 1) * stride + columns) }, stride)
}

/// Tells the system that these numbers are not needed any more: they may become others.
#[cfg(target_os = "linux")]
fn give_back<F: Real>(numbers: &mut [F]) {
    const PAGE: usize = 64 << 10;
    let range = numbers.as_mut_ptr_range();
    let (first, end) = (range.start.addr().next_multiple_of(PAGE), range.end.addr() / PAGE * PAGE);
    if end > first {
        // SAFETY: whole pages within memory that we may write; afterwards they hold zeros, which are numbers
        // too.
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
fn ask_for_large_pages<T>(room: &Vec<T>) {
    /// Bytes of a large page on x86-64 and most others.
    const LARGE: usize = 2 << 20;
    let first = (room.as_ptr() as usize).next_multiple_of(LARGE);
    let end = (room.as_ptr() as usize + room.capacity() * size_of::<T>()) / LARGE * LARGE;
    if end > first {
        // SAFETY: whole pages within our allocation; the advice changes nothing that can be read or written.
        unsafe { advise(first as *mut c_void, end - first, MmapAdvise::MADV_HUGEPAGE) };
    }
}

#[cfg(not(target_os = "linux"))]
fn ask_for_large_pages<T>(_room: &Vec<T>) {}

/// Memory that is free for a program, in bytes: what Linux says is available, less where a control group
/// allows less. `None` where the system does not say.
pub fn available_memory() -> Option<u64> {
    let system = fs::read_to_string("/proc/meminfo").ok().and_then(|text| available_in(&text));
    let group = |name: &str| {
        fs::read_to_string(format!("/sys/fs/cgroup/memory.{name}")).ok()?.trim().parse::<u64>().ok()
    };
    let group = group("max").zip(group("current")).map(|(max, current)| max.saturating_sub(current));
    system.into_iter().chain(group).min()
}

/// The line `MemAvailable:` of Linux's meminfo, in bytes.
fn available_in(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

/// Bytes of `matrices` dense matrices of `n` × `n` f64.
pub fn dense_bytes(n: usize, matrices: usize) -> u128 {
    (8 * matrices as u128).saturating_mul((n as u128).pow(2))
}

/// A number of bytes as people say it: "800 MB", "80.0 GB" (powers of ten).
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
            let (mut room, first) = room_for::<f32>(len);
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
            let (matrix, moved) = (built(3000, first), settled(built(3000, first)));
            assert!(
                matrix == moved && moved.is_standard_layout() && moved.as_ptr().addr().is_multiple_of(64)
            );
            let place = moved.as_ptr();
            assert_eq!(settled(moved).as_ptr(), place);
        }
        let small = built(10, 0);
        let place = small.as_ptr();
        assert_eq!(settled(small).as_ptr(), place);
        let transposed = built(3000, 0).reversed_axes();
        assert_eq!(settled(transposed.clone()), transposed);
    }

    #[test]
    fn rows_that_would_share_places_in_a_cache_are_set_apart() {
        let matrix = Array2::from_shape_fn((1500, 1024), |(i, j)| ((i * 1024 + j) % 9973) as f64);
        let moved = settled(matrix.clone());
        assert!(moved == matrix && moved.strides() == [1032, 1] && moved.as_ptr().addr().is_multiple_of(64));
        let (numbers, stride) = gapless_rows(&moved);
        assert_eq!(
            (numbers.len(), stride, numbers[1499 * 1032 + 1023]),
            (1499 * 1032 + 1024, 1032, moved[[1499, 1023]])
        );
        let place = moved.as_ptr();
        assert_eq!(settled(moved).as_ptr(), place);
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
    fn bytes_are_said_in_a_fitting_unit() {
        assert_eq!(dense_bytes(100_000, 1), 80_000_000_000);
        assert_eq!(
            [8, 2_000, 800_000_000, 80_000_000_000].map(bytes_in_words),
            ["8 bytes", "2.0 kB", "800 MB", "80.0 GB"]
        );
        assert_eq!(dense_bytes(usize::MAX, 1), u128::MAX);
    }
}
