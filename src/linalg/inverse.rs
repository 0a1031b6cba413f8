//! The inverse of a symmetric positive definite matrix, by LAPACK.

use ndarray::ArrayRef2;
use ndarray_linalg::InverseCInto;

/// Replaces a symmetric positive definite matrix by its inverse (LAPACK's `potrf` and `potri`). Returns
/// `false` if the matrix is not positive definite or an entry is not finite; the entries then have no
/// meaning.
///
/// If one matrix is applied to many vectors, as a Kronecker factor is to the rows of a gradient, its inverse
/// replaces the solves by one matrix product.
///
/// ```
/// use gradus::linalg::invert_in_place;
/// use gradus::ndarray::array;
/// let mut matrix = array![[4.0, 2.0], [2.0, 2.0]];
/// assert!(invert_in_place(&mut matrix));
/// assert!((&matrix - &array![[0.5, -0.5], [-0.5, 1.0]]).iter().all(|d| d.abs() < 1e-15));
/// assert!(!invert_in_place(&mut array![[1.0, 2.0], [2.0, 1.0]]));
/// ```
pub fn invert_in_place(matrix: &mut ArrayRef2<f64>) -> bool {
    let finite = |matrix: &ArrayRef2<f64>| matrix.iter().all(|v| v.is_finite());
    finite(matrix) && matrix.view_mut().invc_into().is_ok() && finite(matrix)
}
