//! The entries of an array as a slice, for arrays without gaps.
//!
//! Every vector that an optimizer, a loop or an objective of this library allocates, and every parameter
//! vector that is handed to them, is an owned array in standard order: its entries stand side by side in
//! memory. The kernels need exactly that, a slice. The two functions here state the requirement once, and
//! panic with a sentence that names the remedy if a caller passes a view with gaps, such as every second
//! entry of a vector.

use ndarray::{ArrayRef, Dimension};

/// Says what is wrong, and how to mend it.
const GAPS: &str = "the array has gaps or is not in row-major order; copy it first, for example with \
                    `array.as_standard_layout().into_owned()`";

/// Returns the entries of `array` in row-major order.
///
/// # Panics
/// If the array has gaps in memory or is not in row-major order.
///
/// ```
/// use gradus::ndarray::array;
/// assert_eq!(gradus::linalg::slice(&array![[1.0, 2.0], [3.0, 4.0]]), [1.0, 2.0, 3.0, 4.0]);
/// ```
#[inline]
#[track_caller]
pub fn slice<A, D: Dimension>(array: &ArrayRef<A, D>) -> &[A] {
    array.as_slice().expect(GAPS)
}

/// Returns the entries of `array` in row-major order, to be changed in place.
///
/// # Panics
/// If the array has gaps in memory or is not in row-major order.
///
/// ```
/// use gradus::ndarray::array;
/// let mut x = array![1.0, 2.0];
/// gradus::linalg::slice_mut(&mut x)[1] = 5.0;
/// assert_eq!(x, array![1.0, 5.0]);
/// ```
#[inline]
#[track_caller]
pub fn slice_mut<A, D: Dimension>(array: &mut ArrayRef<A, D>) -> &mut [A] {
    array.as_slice_mut().expect(GAPS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{array, s};

    #[test]
    #[should_panic(expected = "copy it first")]
    fn a_view_with_gaps_is_refused() {
        slice(&array![1.0, 2.0, 3.0].slice(s![..;2]));
    }

    #[test]
    #[should_panic(expected = "copy it first")]
    fn a_transposed_matrix_is_refused() {
        slice_mut(&mut array![[1.0, 2.0], [3.0, 4.0]].reversed_axes());
    }
}
