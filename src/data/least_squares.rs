//! Linear least-squares problems with known condition number and solution.

use crate::error::{Error, Result, check_hyperparameter};
use crate::rng::{self, Stream};
use ndarray::{Array1, Array2, Axis, s};

/// A random least-squares problem, min ½‖A·x − b‖² / N, with a given condition number κ.
///
/// The Hessian AᵀA/N has random eigenvectors. Its eigenvalues are evenly spaced on a logarithmic scale from 1
/// down to 1/κ.
///
/// ```
/// use gradus::data::LeastSquares;
/// let system = LeastSquares { examples: 100, features: 5, condition: 1e3, noise: 0.1 }.generate(0)?;
/// // The gradient Aᵀ(A·x − b)/N vanishes at the solution, in spite of the noise.
/// let residual = system.a.dot(&system.solution) - &system.b;
/// let gradient = system.a.t().dot(&residual) / 100.0;
/// assert!(gradient.iter().all(|g| g.abs() < 1e-14));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeastSquares {
    /// The number of rows *N* of A, at least *D*.
    pub examples: usize,
    /// The number of columns *D* of A, at least 1 (at least 2 for a condition number other than 1).
    pub features: usize,
    /// The condition number κ of AᵀA, from 1 to 10¹⁴.
    pub condition: f64,
    /// The standard deviation of the noise in the targets (finite and ≥ 0). The component of the noise in the
    /// range of A is removed, so that the solution stays known.
    pub noise: f64,
}

/// A linear system with its least-squares solution.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearSystem {
    /// The design matrix A, *N* × *D*.
    pub a: Array2<f64>,
    /// The targets b, *N*.
    pub b: Array1<f64>,
    /// The minimizer x of ‖A·x − b‖, *D*.
    pub solution: Array1<f64>,
    /// The eigenvalues of AᵀA/N, in decreasing order from 1 to 1/κ.
    pub eigenvalues: Array1<f64>,
}

impl LeastSquares {
    /// Draws the problem. The same seed gives the same problem.
    ///
    /// # Errors
    /// If a setting is out of range, there are fewer examples than features, or a single feature is combined
    /// with a condition number other than 1.
    pub fn generate(&self, seed: u64) -> Result<LinearSystem> {
        self.check()?;
        let (n, d) = (self.examples, self.features);
        let left = orthonormal_rows(&mut rng::stream(seed, "left singular vectors", 0), d, n);
        let right = orthonormal_rows(&mut rng::stream(seed, "right singular vectors", 0), d, d);
        let eigenvalues: Array1<f64> =
            (0..d).map(|i| self.condition.powf(-(i as f64) / (d.max(2) - 1) as f64)).collect();
        let singular = eigenvalues.mapv(|l| (l * n as f64).sqrt());
        let a = left.t().dot(&(&right * &singular.insert_axis(Axis(1))));
        let solution = rng::normal(&mut rng::stream(seed, "solution", 0), d, 1.0);
        let mut noise: Array1<f64> = rng::normal(&mut rng::stream(seed, "target noise", 0), n, self.noise);
        for _ in 0..2 {
            noise = &noise - &left.t().dot(&left.dot(&noise));
        }
        let b = a.dot(&solution) + noise;
        Ok(LinearSystem { a, b, solution, eigenvalues })
    }

    fn check(&self) -> Result<()> {
        let (n, d) = (self.examples, self.features);
        check_hyperparameter("features", d as f64, "at least 1", |v| v >= 1.0)?;
        check_hyperparameter("condition", self.condition, "from 1 to 1e14", |v| (1.0..=1e14).contains(&v))?;
        check_hyperparameter("noise", self.noise, "finite and ≥ 0", |v| v.is_finite() && v >= 0.0)?;
        if n < d {
            let what = format!("least squares with {n} examples of {d} features");
            return Err(Error::Unsupported { what, remedy: "give at least as many examples as features" });
        }
        if d == 1 && self.condition != 1.0 {
            let what = format!("one feature with condition number {}", self.condition);
            return Err(Error::Unsupported {
                what,
                remedy: "give two features or more, or the condition number 1",
            });
        }
        Ok(())
    }
}

/// Returns `count` random orthonormal vectors of length `len` as the rows of a matrix, by Gram–Schmidt on
/// normal vectors. Each vector is orthogonalized twice, which is enough for full precision (Giraud, Langou,
/// Rozložník and van den Eshof, 2005).
fn orthonormal_rows(stream: &mut Stream, count: usize, len: usize) -> Array2<f64> {
    let mut rows = Array2::zeros((count, len));
    for i in 0..count {
        let mut v: Array1<f64> = rng::normal(stream, len, 1.0);
        let before = rows.slice(s![..i, ..]);
        for _ in 0..2 {
            v = &v - &before.t().dot(&before.dot(&v));
        }
        let norm = v.dot(&v).sqrt();
        rows.row_mut(i).assign(&(v / norm));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::ArrayRef2;

    /// Returns the eigenvalues of a symmetric matrix in decreasing order, by Jacobi's rotations.
    fn eigenvalues(matrix: &ArrayRef2<f64>) -> Vec<f64> {
        let (mut a, n) = (matrix.to_owned(), matrix.nrows());
        for _ in 0..50 {
            for p in 0..n {
                for q in p + 1..n {
                    let angle = 0.5 * (2.0 * a[[p, q]]).atan2(a[[q, q]] - a[[p, p]]);
                    let (sin, cos) = angle.sin_cos();
                    for k in 0..n {
                        let (x, y) = (a[[k, p]], a[[k, q]]);
                        (a[[k, p]], a[[k, q]]) = (cos * x - sin * y, sin * x + cos * y);
                    }
                    for k in 0..n {
                        let (x, y) = (a[[p, k]], a[[q, k]]);
                        (a[[p, k]], a[[q, k]]) = (cos * x - sin * y, sin * x + cos * y);
                    }
                }
            }
        }
        let mut values: Vec<f64> = (0..n).map(|i| a[[i, i]]).collect();
        values.sort_by(|x, y| y.total_cmp(x));
        values
    }

    #[test]
    fn the_hessian_has_the_condition_number_asked_for() {
        for (condition, tolerance) in [(1.0, 1e-12), (10.0, 1e-12), (1e4, 1e-10), (1e8, 1e-6)] {
            let system =
                LeastSquares { examples: 200, features: 8, condition, noise: 1.0 }.generate(4).unwrap();
            let values = eigenvalues(&(system.a.t().dot(&system.a) / 200.0));
            let measured = values[0] / values[7];
            assert!((measured / condition - 1.0).abs() < tolerance, "{measured} for {condition}");
            for (value, expected) in values.iter().zip(&system.eigenvalues) {
                assert!((value / expected - 1.0).abs() < tolerance, "{value} for {expected}");
            }
        }
    }

    #[test]
    fn the_eigenvectors_are_not_the_axes() {
        let system =
            LeastSquares { examples: 50, features: 3, condition: 100.0, noise: 0.0 }.generate(4).unwrap();
        let hessian = system.a.t().dot(&system.a) / 50.0;
        assert!(hessian[[0, 1]].abs() > 1e-3, "{hessian}");
    }

    #[test]
    fn the_noise_leaves_the_solution_where_it_is() {
        let system =
            LeastSquares { examples: 1000, features: 4, condition: 10.0, noise: 0.5 }.generate(9).unwrap();
        let residual = &system.b - &system.a.dot(&system.solution);
        assert!((residual.std(0.0) - 0.5).abs() < 0.05, "{}", residual.std(0.0));
        assert!(system.a.t().dot(&residual).iter().all(|g| g.abs() < 1e-10));
    }

    #[test]
    fn settings_that_cannot_work_are_refused() {
        let good = LeastSquares { examples: 10, features: 2, condition: 5.0, noise: 0.0 };
        assert!(good.generate(0).is_ok());
        assert!(LeastSquares { condition: 0.5, ..good }.generate(0).is_err());
        assert!(LeastSquares { condition: f64::NAN, ..good }.generate(0).is_err());
        assert!(LeastSquares { examples: 1, ..good }.generate(0).is_err());
        assert!(LeastSquares { features: 0, ..good }.generate(0).is_err());
        assert!(LeastSquares { features: 1, ..good }.generate(0).is_err());
        assert!(LeastSquares { features: 1, condition: 1.0, ..good }.generate(0).is_ok());
    }
}
