//! Factorizations, solves and eigenvalues of dense matrices, by LAPACK.
//!
//! LAPACK stores matrices column by column, this library row by row. A symmetric matrix is the same in both
//! orders, except that its lower triangle is LAPACK's upper one, so no matrix is transposed or copied. The
//! functions work in place.
//!
//! The calls go through `lax`, the layer below ndarray-linalg, because only `lax` lets the caller keep the
//! memory and the work space of a factorization. ndarray-linalg chooses the LAPACK library.

use super::contiguous::{slice, slice_mut};
use super::triangular;
use lax::eigh::{EighWork, EighWorkImpl};
use lax::layout::MatrixLayout;
use lax::least_squares::{LeastSquaresWork, LeastSquaresWorkImpl};
use lax::qr::{HouseholderWork, HouseholderWorkImpl};
use lax::solveh::{BkWork, BkWorkImpl};
use lax::{Lapack, UPLO};
use ndarray::{Array1, Array2, ArrayRef1, ArrayRef2};
// Chooses the LAPACK library that is linked.
use ndarray_linalg as _;
use std::fmt;

/// The Cholesky factor of a symmetric positive definite matrix. It owns its memory.
///
/// ```
/// use gradus::linalg::Cholesky;
/// use gradus::ndarray::array;
/// let mut x = array![1.0, 2.0];
/// Cholesky::new(array![[4.0, 0.0], [0.0, 2.0]]).unwrap().solve_in_place(&mut x);
/// assert!((x[0] - 0.25).abs() < 1e-15 && (x[1] - 1.0).abs() < 1e-15);
/// assert!(Cholesky::new(array![[1.0, 2.0], [2.0, 1.0]]).is_none());
/// ```
#[derive(Debug, Clone)]
pub struct Cholesky {
    factor: Array2<f64>,
}

impl Cholesky {
    /// Factors `matrix`, of which only the lower triangle is read. Returns `None` if it is not positive
    /// definite.
    pub fn new(mut matrix: Array2<f64>) -> Option<Self> {
        cholesky_in_place(&mut matrix).ok()?;
        Some(Cholesky { factor: matrix })
    }

    /// Solves A·x = b. The solution replaces `b`.
    pub fn solve_in_place(&self, b: &mut ArrayRef1<f64>) {
        cholesky_solve(&self.factor, b);
    }
}

/// Replaces the lower triangle of a symmetric matrix by its Cholesky factor L, A = LLᵀ (LAPACK's `potrf`).
/// Only the lower triangle is read and written.
///
/// # Errors
/// The order *k* of the first leading minor that is not positive. Rows 1 … *k*−1 of L and the entries left of
/// the diagonal in row *k* are then valid. An entry that is not finite counts as not positive.
///
/// ```
/// use gradus::linalg::{cholesky_in_place, cholesky_solve};
/// use gradus::ndarray::array;
/// let (mut a, mut b) = (array![[4.0, 2.0], [2.0, 5.0]], array![8.0, 12.0]);
/// assert_eq!(cholesky_in_place(&mut a), Ok(()));
/// assert_eq!(a, array![[2.0, 2.0], [1.0, 2.0]]);
/// cholesky_solve(&a, &mut b);
/// assert_eq!(b, array![1.0, 2.0]);
/// assert_eq!(cholesky_in_place(&mut array![[1.0, 2.0], [2.0, 1.0]]), Err(2));
/// ```
pub fn cholesky_in_place(matrix: &mut ArrayRef2<f64>) -> Result<(), usize> {
    let layout = square(matrix);
    if matrix.is_empty() {
        return Ok(());
    }
    match f64::cholesky(layout, UPLO::Upper, slice_mut(matrix)) {
        // OpenBLAS treats a NaN as positive, and it ends up on the diagonal of the factor.
        Ok(()) => matrix.diag().iter().position(|pivot| !pivot.is_finite()).map_or(Ok(()), |at| Err(at + 1)),
        Err(lax::error::Error::LapackComputationalFailure { return_code }) => Err(return_code as usize),
        Err(error) => panic!("potrf was called wrongly: {error}"),
    }
}

/// Solves A·x = b by the factor that [`cholesky_in_place`] has computed. The solution replaces `b`.
///
/// The function makes two passes over the rows of L. LAPACK's `potrs`, which is made for many right-hand
/// sides, first copies the whole factor, and takes 1.3 (n = 4096) to 2.6 times (n = 512) as long for a single
/// one.
pub fn cholesky_solve(factor: &ArrayRef2<f64>, b: &mut ArrayRef1<f64>) {
    assert!(
        factor.is_square() && factor.nrows() == b.len(),
        "a factor of {:?} and a right-hand side of {}",
        factor.dim(),
        b.len()
    );
    triangular::solve_lower(factor, b);
    triangular::solve_lower_transposed(factor, b);
}

/// The factorization LDLᵀ of a symmetric matrix, definite or not, by Bunch & Kaufman (LAPACK's `sytrf`),
/// together with its work space. D has blocks of order 1 and 2.
///
/// ```
/// use gradus::linalg::BunchKaufman;
/// use gradus::ndarray::array;
/// let (mut ldl, mut a, mut b) = (BunchKaufman::new(2), array![[0.0, 2.0], [2.0, 0.0]], array![2.0, 4.0]);
/// assert!(ldl.factor_in_place(&mut a));
/// ldl.solve(&a, &mut b);
/// assert_eq!(b, array![2.0, 1.0]);
/// assert!(!ldl.factor_in_place(&mut array![[1.0, 1.0], [1.0, 1.0]]));
/// ```
pub struct BunchKaufman {
    work: BkWork<f64>,
    pivots: Vec<i32>,
}

impl BunchKaufman {
    /// Allocates the work space for matrices of order `n`.
    pub fn new(n: usize) -> Self {
        BunchKaufman {
            work: BkWork::new(column_major(n, n)).expect("its size was asked for"),
            pivots: vec![0; n],
        }
    }

    /// Replaces the lower triangle by the factors. Returns `false` if the matrix is singular or has an entry
    /// that is not finite.
    pub fn factor_in_place(&mut self, matrix: &mut ArrayRef2<f64>) -> bool {
        assert_eq!(
            matrix.dim(),
            (self.pivots.len(), self.pivots.len()),
            "the matrix has the order of the work space"
        );
        // LAPACK's search for pivots does not work with NaN.
        if !matrix.iter().all(|v| v.is_finite()) {
            return false;
        }
        let Ok(pivots) = self.work.calc(UPLO::Upper, slice_mut(matrix)) else {
            return false;
        };
        self.pivots.copy_from_slice(pivots);
        true
    }

    /// Solves A·x = b by the factors of the last call of [`factor_in_place`](BunchKaufman::factor_in_place)
    /// (LAPACK's `sytrs`). The solution replaces `b`.
    pub fn solve(&self, factors: &ArrayRef2<f64>, b: &mut ArrayRef1<f64>) {
        let (a, b) = (slice(factors), slice_mut(b));
        f64::solveh(square(factors), UPLO::Upper, a, &self.pivots, b).expect("the shapes fit");
    }
}

impl Clone for BunchKaufman {
    fn clone(&self) -> Self {
        BunchKaufman { pivots: self.pivots.clone(), ..BunchKaufman::new(self.pivots.len()) }
    }
}

impl fmt::Debug for BunchKaufman {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("BunchKaufman").field("pivots", &self.pivots).finish_non_exhaustive()
    }
}

/// Linear least squares, min ‖A·x + b‖, by orthogonal transformations, together with the work space.
///
/// The right-hand side is the last column of the matrix. One factorization then gives R and Qᵀb together, and
/// Q is never needed. (The factorization is LAPACK's `gelqf` of the transpose, which is `geqrf` in row-major
/// order.)
///
/// ```
/// use gradus::linalg::Householder;
/// use gradus::ndarray::{Array1, array};
/// // The line through (0, 1), (1, 3), (2, 5): intercept 1, slope 2.
/// let mut ab = array![[1.0, 0.0, -1.0], [1.0, 1.0, -3.0], [1.0, 2.0, -5.0]];
/// let (mut qr, mut x) = (Householder::new(3, 3), Array1::zeros(2));
/// qr.triangularize(&mut ab);
/// assert!(qr.solve(&ab, &mut x));
/// assert!((x[0] - 1.0f64).abs() < 1e-14 && (x[1] - 2.0).abs() < 1e-14);
/// ```
pub struct Householder {
    work: HouseholderWork<f64>,
    rows: usize,
    columns: usize,
}

impl Householder {
    /// Allocates the work space for matrices of `rows` × `columns`, the column of the right-hand side
    /// included.
    ///
    /// # Panics
    /// Unless `rows` ≥ `columns` ≥ 1.
    pub fn new(rows: usize, columns: usize) -> Self {
        assert!(
            rows >= columns && columns >= 1,
            "a least-squares matrix with its right-hand side has {rows} rows and {columns} columns"
        );
        let layout = MatrixLayout::C { row: order(rows), lda: order(columns) };
        Householder { work: HouseholderWork::new(layout).expect("its size was asked for"), rows, columns }
    }

    /// Replaces \[A b\] by its triangular factor, on and above the diagonal. The entries below it have no
    /// meaning.
    pub fn triangularize(&mut self, matrix: &mut ArrayRef2<f64>) {
        assert_eq!(matrix.dim(), (self.rows, self.columns), "the matrix has the shape of the work space");
        self.work.calc(slice_mut(matrix)).expect("the shapes fit");
    }

    /// Computes the least-squares solution from the triangular factor. Returns `false` if A does not have
    /// full rank to working precision.
    pub fn solve(&self, factor: &ArrayRef2<f64>, x: &mut ArrayRef1<f64>) -> bool {
        let n = self.columns - 1;
        let largest = (0..n).fold(0.0f64, |largest, i| largest.max(factor[[i, i]].abs()));
        let least = n as f64 * f64::EPSILON * largest;
        // This form of the condition also rejects NaN.
        if !(0..n).all(|i| factor[[i, i]].abs() > least) {
            return false;
        }
        for i in 0..n {
            x[i] = -factor[[i, n]];
        }
        triangular::solve_upper(factor, x);
        true
    }
}

impl Clone for Householder {
    fn clone(&self) -> Self {
        Householder::new(self.rows, self.columns)
    }
}

impl fmt::Debug for Householder {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Householder")
            .field("rows", &self.rows)
            .field("columns", &self.columns)
            .finish_non_exhaustive()
    }
}

/// Returns the shortest x that minimizes ‖A·x − b‖, by singular values (LAPACK's `gelsd`), for a square A of
/// any rank. Singular values below ε times the largest count as 0. Returns `None` if A or b is not finite.
///
/// ```
/// use gradus::linalg::shortest_least_squares;
/// use gradus::ndarray::array;
/// let x = shortest_least_squares(&array![[1.0, 1.0], [1.0, 1.0]], &array![2.0, 2.0]).unwrap();
/// assert!((x[0] - 1.0).abs() < 1e-14 && (x[1] - 1.0).abs() < 1e-14);
/// ```
pub fn shortest_least_squares(matrix: &Array2<f64>, b: &ArrayRef1<f64>) -> Option<Array1<f64>> {
    let n = square(matrix).lda() as usize;
    if !matrix.iter().chain(b).all(|v| v.is_finite()) {
        return None;
    }
    let mut columns = matrix.t().as_standard_layout().into_owned();
    let mut x = b.to_owned();
    let mut work = LeastSquaresWork::<f64>::new(column_major(n, n), column_major(n, 1)).ok()?;
    work.calc(columns.as_slice_mut()?, x.as_slice_mut()?).ok()?;
    Some(x)
}

/// Returns the eigenvalues of a symmetric matrix in ascending order (LAPACK's `syev`), or `None` if an entry
/// is not finite.
pub fn symmetric_eigenvalues(mut matrix: Array2<f64>) -> Option<Array1<f64>> {
    let layout = square(&matrix);
    if !matrix.iter().all(|v| v.is_finite()) {
        return None;
    }
    let work = EighWork::<f64>::new(false, layout).ok()?;
    work.eval(UPLO::Upper, matrix.as_slice_mut()?).ok().map(Array1::from)
}

/// Returns the layout of a symmetric matrix.
fn square(matrix: &ArrayRef2<f64>) -> MatrixLayout {
    assert!(matrix.is_square(), "a symmetric matrix is square, not {:?}", matrix.dim());
    column_major(matrix.nrows(), matrix.ncols())
}

fn column_major(rows: usize, columns: usize) -> MatrixLayout {
    MatrixLayout::F { col: order(columns), lda: order(rows) }
}

/// Converts a size to LAPACK's 32-bit integers.
fn order(n: usize) -> i32 {
    n.try_into().expect("LAPACK's matrices have fewer than 2³¹ rows")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng;
    use ndarray::array;

    fn random(n: usize, replicate: u64) -> Array2<f64> {
        Array2::from_shape_vec(
            (n, n),
            rng::normal(&mut rng::stream(3, "lapack", replicate), n * n, 1.0).to_vec(),
        )
        .unwrap()
    }

    fn close(a: &Array1<f64>, b: &Array1<f64>, tolerance: f64) {
        assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance), "{a} is not {b}");
    }

    #[test]
    fn eigenvalues_of_a_known_matrix() {
        let values = symmetric_eigenvalues(array![[2.0, 1.0], [1.0, 2.0]]).unwrap();
        assert!((values[0] - 1.0).abs() < 1e-14 && (values[1] - 3.0).abs() < 1e-14);
    }

    #[test]
    fn what_is_not_finite_is_refused() {
        assert!(Cholesky::new(array![[f64::NAN]]).is_none());
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for (i, j) in [(0, 0), (1, 1), (1, 0), (2, 1), (2, 2)] {
                let mut matrix = Array2::eye(3);
                (matrix[[i, j]], matrix[[j, i]]) = (bad, bad);
                assert!(cholesky_in_place(&mut matrix.clone()).is_err(), "{bad} at {i}, {j}");
                assert!(!BunchKaufman::new(3).factor_in_place(&mut matrix), "{bad} at {i}, {j}");
            }
        }
        assert!(symmetric_eigenvalues(array![[f64::INFINITY]]).is_none());
        assert!(shortest_least_squares(&array![[f64::NAN]], &array![1.0]).is_none());
    }

    #[test]
    fn both_factorizations_solve_and_leave_the_upper_triangle() {
        for n in [1, 2, 7, 40] {
            let a = random(n, n as u64);
            let (definite, indefinite) = (a.dot(&a.t()) + Array2::<f64>::eye(n), &a + &a.t());
            let x = Array1::linspace(1.0, 2.0, n);
            let mut factor = definite.clone();
            cholesky_in_place(&mut factor).unwrap();
            let mut solved = definite.dot(&x);
            cholesky_solve(&factor, &mut solved);
            close(&solved, &x, 1e-9);
            let above = |i: usize, j: usize| i < j;
            assert!(factor.indexed_iter().all(|((i, j), v)| !above(i, j) || *v == definite[[i, j]]));

            let (mut ldl, mut factor, mut solved) =
                (BunchKaufman::new(n), indefinite.clone(), indefinite.dot(&x));
            assert!(ldl.factor_in_place(&mut factor));
            ldl.solve(&factor, &mut solved);
            close(&solved, &x, 1e-8);
            assert!(factor.indexed_iter().all(|((i, j), v)| !above(i, j) || *v == indefinite[[i, j]]));
        }
    }

    #[test]
    fn a_failure_names_the_first_minor_that_is_not_positive() {
        let mut matrix = Array2::<f64>::eye(5);
        matrix[[3, 3]] = -1.0;
        assert_eq!(cholesky_in_place(&mut matrix), Err(4));
    }

    #[test]
    fn a_failure_leaves_what_was_done_before_it() {
        for (n, order) in [(5, 4), (40, 1), (40, 23), (300, 250)] {
            let root = random(n, 100 + n as u64);
            let mut a = root.dot(&root.t()) + Array2::<f64>::eye(n);
            // The minor before is definite; this pivot becomes −1.
            let before = Cholesky::new(a.slice(ndarray::s![..order - 1, ..order - 1]).to_owned());
            let row = a.slice(ndarray::s![order - 1, ..order - 1]).to_owned();
            let mut solved = row.clone();
            before.unwrap().solve_in_place(&mut solved);
            a[[order - 1, order - 1]] = row.dot(&solved) - 1.0;
            let mut factor = a.clone();
            assert_eq!(cholesky_in_place(&mut factor), Err(order), "{n}");
            let below = factor.slice(ndarray::s![order - 1, ..order - 1]).to_owned();
            let product =
                Array1::from_shape_fn(order - 1, |j| (0..=j).map(|k| below[k] * factor[[j, k]]).sum());
            close(&product, &row, 1e-9 * n as f64);
        }
    }

    #[test]
    fn least_squares_agree_whichever_way() {
        let a = random(6, 1);
        let b = Array1::linspace(-1.0, 3.0, 6);
        let mut augmented = Array2::zeros((6, 4));
        augmented.slice_mut(ndarray::s![.., ..3]).assign(&a.slice(ndarray::s![.., ..3]));
        augmented.column_mut(3).assign(&b);
        let (mut qr, mut x) = (Householder::new(6, 4), Array1::zeros(3));
        qr.triangularize(&mut augmented);
        assert!(qr.solve(&augmented, &mut x));
        let tall = a.slice(ndarray::s![.., ..3]);
        let residual = tall.dot(&x) + &b;
        assert!(
            tall.t().dot(&residual).iter().all(|v| v.abs() < 1e-12),
            "the residual is orthogonal to the columns"
        );
        let expected = shortest_least_squares(&tall.t().dot(&tall), &tall.t().dot(&(-b))).unwrap();
        close(&x, &expected, 1e-10);
    }

    #[test]
    fn least_squares_without_full_rank_says_so() {
        let mut matrix = array![[1.0, 2.0, 1.0], [2.0, 4.0, 1.0], [3.0, 6.0, 1.0]];
        let mut qr = Householder::new(3, 3);
        qr.triangularize(&mut matrix);
        assert!(!qr.solve(&matrix, &mut Array1::zeros(2)));
    }
}
