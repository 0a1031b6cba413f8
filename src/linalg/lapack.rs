//! Solves and eigenvalues, by LAPACK through ndarray-linalg.

use ndarray::{Array1, Array2};
use ndarray_linalg::{EighInto, FactorizeCInto, SolveC, UPLO};

/// The Cholesky factor of a symmetric positive definite matrix (LAPACK's `potrf`).
///
/// ```
/// use gradus::linalg::Cholesky;
/// use gradus::ndarray::array;
/// let mut x = array![1.0, 2.0];
/// Cholesky::new(array![[4.0, 0.0], [0.0, 2.0]]).unwrap().solve_in_place(&mut x);
/// assert!((x[0] - 0.25).abs() < 1e-15 && (x[1] - 1.0).abs() < 1e-15);
/// assert!(Cholesky::new(array![[1.0, 2.0], [2.0, 1.0]]).is_none());
/// ```
pub struct Cholesky {
    factor: ndarray_linalg::CholeskyFactorized<ndarray::OwnedRepr<f64>>,
}

impl Cholesky {
    /// Factors `matrix`, of which the lower triangle is read; `None` if it is not positive definite.
    pub fn new(matrix: Array2<f64>) -> Option<Self> {
        let finite = matrix.iter().all(|v| v.is_finite());
        let factor = finite.then(|| matrix.factorizec_into(UPLO::Lower).ok())??;
        Some(Cholesky { factor })
    }

    /// Solves A·x = b, with `b` replaced by `x` (LAPACK's `potrs`).
    pub fn solve_in_place(&self, b: &mut Array1<f64>) {
        self.factor.solvec_inplace(b).expect("the shapes were checked when the matrix was factored");
    }
}

/// The eigenvalues of a symmetric matrix, ascending (LAPACK's `syev`); `None` if it has an entry that is not finite.
pub fn symmetric_eigenvalues(matrix: Array2<f64>) -> Option<Array1<f64>> {
    let finite = matrix.iter().all(|v| v.is_finite());
    finite.then(|| matrix.eigh_into(UPLO::Lower).ok())?.map(|(values, _)| values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn eigenvalues_of_a_known_matrix() {
        let values = symmetric_eigenvalues(array![[2.0, 1.0], [1.0, 2.0]]).unwrap();
        assert!((values[0] - 1.0).abs() < 1e-14 && (values[1] - 3.0).abs() < 1e-14);
    }

    #[test]
    fn what_is_not_finite_is_refused() {
        assert!(Cholesky::new(array![[f64::NAN]]).is_none());
        assert!(symmetric_eigenvalues(array![[f64::INFINITY]]).is_none());
    }
}
