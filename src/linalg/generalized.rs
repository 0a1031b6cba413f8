//! Eigenvectors of one symmetric matrix relative to another, with memory that is allocated once.

use super::contiguous::slice_mut;
use lax::UPLO;
use lax::eigh_generalized::{EighGeneralizedWork, EighGeneralizedWorkImpl};
use lax::layout::MatrixLayout;
use ndarray::ArrayRef2;
use std::fmt;

/// The work space for generalized eigenvalue problems C k = s B k of one order, with C symmetric and B
/// symmetric positive definite.
///
/// ```
/// use gradus::linalg::GeneralizedEigen;
/// use gradus::ndarray::array;
/// let (mut c, mut b) = (array![[3.0, 0.0], [0.0, 8.0]], array![[4.0, 0.0], [0.0, 4.0]]);
/// let values = GeneralizedEigen::new(2).decompose(&mut c, &mut b).unwrap().to_vec();
/// assert!((values[0] - 0.75).abs() < 1e-14 && (values[1] - 2.0).abs() < 1e-14);
/// // The first row of c is now the first eigenvector: its square relative to B is 1.
/// assert!((4.0 * c[[0, 0]] * c[[0, 0]] - 1.0).abs() < 1e-14);
/// ```
pub struct GeneralizedEigen {
    order: usize,
    work: EighGeneralizedWork<f64>,
}

impl GeneralizedEigen {
    /// Allocates the work space for matrices of this order (≥ 1).
    ///
    /// # Panics
    /// If the order is 0, or 2³¹ or more.
    pub fn new(order: usize) -> Self {
        assert!(order > 0, "a matrix of order 0 has no eigenvectors");
        let n = i32::try_from(order).expect("LAPACK's matrices have fewer than 2³¹ rows");
        let layout = MatrixLayout::F { col: n, lda: n };
        let work = EighGeneralizedWork::new(true, layout).expect("its size was asked for");
        GeneralizedEigen { order, work }
    }

    /// Returns the eigenvalues s in ascending order, and replaces the rows of `c` by the eigenvectors K, with
    /// K B Kᵀ = I and K C Kᵀ = diag(s) (LAPACK's `sygv`). Only the lower triangles are read; `b` is
    /// overwritten. `None` if an entry is not finite or B is not positive definite; both matrices then have
    /// no meaning.
    ///
    /// # Panics
    /// If a matrix has another order.
    pub fn decompose(&mut self, c: &mut ArrayRef2<f64>, b: &mut ArrayRef2<f64>) -> Option<&[f64]> {
        let shape = (self.order, self.order);
        assert!(c.dim() == shape && b.dim() == shape, "the matrices have the order of the work space");
        let finite = |matrix: &ArrayRef2<f64>| matrix.iter().all(|v| v.is_finite());
        if !(finite(c) && finite(b)) {
            return None;
        }
        // The lower triangle of a row-major matrix is LAPACK's upper one, and LAPACK's columns are rows here.
        self.work.calc(UPLO::Upper, slice_mut(c), slice_mut(b)).ok()
    }
}

impl Clone for GeneralizedEigen {
    fn clone(&self) -> Self {
        GeneralizedEigen::new(self.order)
    }
}

impl fmt::Debug for GeneralizedEigen {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("GeneralizedEigen").field("order", &self.order).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng;
    use ndarray::{Array2, array};

    fn random(n: usize, replicate: u64) -> Array2<f64> {
        let numbers = rng::normal(&mut rng::stream(5, "generalized", replicate), n * n, 1.0);
        numbers.into_shape_with_order((n, n)).unwrap()
    }

    #[test]
    fn the_rows_make_both_matrices_diagonal() {
        for n in [1, 2, 7, 30] {
            let (root, other) = (random(n, 0), random(n, 1));
            let (c, b) = (&other + &other.t(), root.dot(&root.t()) + Array2::<f64>::eye(n));
            let mut work = GeneralizedEigen::new(n);
            for _ in 0..2 {
                let (mut k, mut spent) = (c.clone(), b.clone());
                let values = work.decompose(&mut k, &mut spent).unwrap();
                assert!(values.is_sorted());
                let diagonal = Array2::from_diag(&ndarray::aview1(values));
                for (found, expected) in
                    [(k.dot(&c).dot(&k.t()), diagonal), (k.dot(&b).dot(&k.t()), Array2::eye(n))]
                {
                    assert!((found - expected).iter().all(|d| d.abs() < 1e-12 * n as f64), "order {n}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_finite_or_not_positive_definite_is_refused() {
        let mut work = GeneralizedEigen::new(2);
        let mut work = |mut c: Array2<f64>, mut b: Array2<f64>| work.decompose(&mut c, &mut b).is_some();
        let eye = Array2::eye(2);
        assert!(work(eye.clone(), eye.clone()));
        assert!(!work(eye.clone(), array![[1.0, 2.0], [2.0, 1.0]]));
        for bad in [f64::NAN, f64::INFINITY] {
            let matrix = array![[1.0, bad], [bad, 1.0]];
            assert!(!work(matrix.clone(), eye.clone()) && !work(eye.clone(), matrix));
        }
    }
}
