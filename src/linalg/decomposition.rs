//! Eigenvectors and orthonormal rows of square matrices, with memory that is allocated once.

use crate::real::Real;
use lax::UPLO;
use lax::eigh::{EighWork, EighWorkImpl};
use lax::layout::MatrixLayout;
use lax::qr::{HouseholderWork, HouseholderWorkImpl, QWork, QWorkImpl};
use std::fmt;

/// The work space for decompositions of symmetric matrices of one order, in `f64` whatever the type of the
/// matrix: small eigenvalues would drown in the rounding of `f32`.
///
/// ```
/// use gradus::linalg::Decomposition;
/// let mut decomposition = Decomposition::new(2);
/// let (values, vectors) = decomposition.eigen(&[2.0, 1.0, 1.0, 2.0]).unwrap();
/// assert!((values[0] - 1.0).abs() < 1e-14 && (values[1] - 3.0).abs() < 1e-14);
/// // The second row is the second eigenvector, (1, 1)/√2 or its negative.
/// assert!((vectors[2] * vectors[3] - 0.5).abs() < 1e-14);
/// assert!(decomposition.eigen(&[f64::NAN, 0.0, 0.0, 1.0]).is_none());
/// ```
pub struct Decomposition {
    order: usize,
    matrix: Vec<f64>,
    eigen: EighWork<f64>,
    triangle: HouseholderWork<f64>,
    orthogonal: QWork<f64>,
}

impl Decomposition {
    /// Allocates the work space for matrices of this order (≥ 1).
    ///
    /// # Panics
    /// If the order is 0, or 2³¹ or more.
    pub fn new(order: usize) -> Self {
        assert!(order > 0, "a matrix of order 0 has no eigenvectors");
        let n = i32::try_from(order).expect("LAPACK's matrices have fewer than 2³¹ rows");
        let layout = MatrixLayout::F { col: n, lda: n };
        Decomposition {
            order,
            matrix: vec![0.0; order * order],
            eigen: EighWork::new(true, layout).expect("its size was asked for"),
            triangle: HouseholderWork::new(layout).expect("its size was asked for"),
            orthogonal: QWork::new(layout).expect("its size was asked for"),
        }
    }

    /// Returns the eigenvalues of a symmetric matrix in ascending order, and the eigenvectors as the rows of
    /// a matrix (LAPACK's `syev`); `None` if an entry is not finite. Only the lower triangle is used.
    ///
    /// # Panics
    /// If the matrix has another order.
    pub fn eigen<F: Real>(&mut self, matrix: &[F]) -> Option<(&[f64], &[f64])> {
        self.load(matrix)?;
        let values = self.eigen.calc(UPLO::Upper, &mut self.matrix).ok()?;
        Some((values, &self.matrix))
    }

    /// Replaces the rows of a square matrix by orthonormal ones, of which the first k span what the first k
    /// did (LAPACK's `geqrf` and `orgqr`, to which the rows are columns). Returns `false`, and leaves the
    /// matrix as it is, if an entry is not finite.
    ///
    /// # Panics
    /// If the matrix has another order.
    pub fn orthonormalize_rows<F: Real>(&mut self, matrix: &mut [F]) -> bool {
        let done = self.load(matrix).and_then(|()| {
            let reflections = self.triangle.calc(&mut self.matrix).ok()?;
            self.orthogonal.calc(&mut self.matrix, reflections).ok()
        });
        if done.is_some() {
            matrix.iter_mut().zip(&self.matrix).for_each(|(m, &q)| *m = F::of(q));
        }
        done.is_some()
    }

    /// Copies a matrix into the work space; `None` if an entry is not finite.
    fn load<F: Real>(&mut self, matrix: &[F]) -> Option<()> {
        assert_eq!(matrix.len(), self.order * self.order, "the matrix has the order of the work space");
        self.matrix.iter_mut().zip(matrix).for_each(|(m, &v)| *m = v.wide());
        self.matrix.iter().all(|v| v.is_finite()).then_some(())
    }
}

impl Clone for Decomposition {
    fn clone(&self) -> Self {
        Decomposition::new(self.order)
    }
}

impl fmt::Debug for Decomposition {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Decomposition").field("order", &self.order).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng;
    use ndarray::Array2;

    fn random(n: usize) -> Array2<f64> {
        let numbers = rng::normal(&mut rng::stream(5, "decomposition", n as u64), n * n, 1.0);
        numbers.into_shape_with_order((n, n)).unwrap()
    }

    fn largest(matrix: &Array2<f64>) -> f64 {
        matrix.iter().fold(0.0, |most, v| v.abs().max(most))
    }

    #[test]
    fn eigenvectors_and_values_give_the_matrix_back() {
        for n in [1, 2, 7, 30] {
            let square = random(n);
            let symmetric = square.dot(&square.t());
            let mut work = Decomposition::new(n);
            for _ in 0..2 {
                let (values, vectors) = work.eigen(symmetric.as_slice().unwrap()).unwrap();
                let rows = Array2::from_shape_vec((n, n), vectors.to_vec()).unwrap();
                let scaled = Array2::from_shape_fn((n, n), |(i, j)| values[i] * rows[[i, j]]);
                assert!(values.is_sorted());
                assert!(largest(&(rows.t().dot(&scaled) - &symmetric)) < 1e-12 * n as f64);
            }
        }
    }

    #[test]
    fn rows_become_orthonormal_and_span_the_same() {
        for n in [1, 2, 7, 30] {
            let square = random(n);
            let mut q = square.clone();
            let mut work = Decomposition::new(n);
            assert!(work.orthonormalize_rows(q.as_slice_mut().unwrap()));
            assert!(largest(&(q.dot(&q.t()) - Array2::<f64>::eye(n))) < 1e-13 * n as f64);
            // AQᵀ is lower triangular.
            let triangle = square.dot(&q.t());
            assert!(triangle.indexed_iter().all(|((i, j), v)| i >= j || v.abs() < 1e-12 * n as f64));
            assert!(!work.orthonormalize_rows(&mut vec![f64::INFINITY; n * n]));
        }
    }
}
