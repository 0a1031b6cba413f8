//! Vector arithmetic and the kernels of the linear classifier; with the feature `lapack`, solves.

mod kernel;
#[cfg(feature = "lapack")]
mod lapack;

pub use kernel::{Kernel, Rows, vectorized};
#[cfg(feature = "lapack")]
pub use lapack::{Cholesky, symmetric_eigenvalues};

use crate::real::Real;
use ndarray::ArrayRef1;

/// The largest absolute value ‖x‖∞; NaN if any entry is NaN.
pub fn max_norm<F: Real>(x: &ArrayRef1<F>) -> F {
    x.iter().fold(F::zero(), |largest, &v| if v.abs() > largest || v.is_nan() { v.abs() } else { largest })
}

/// The Euclidean norm ‖x‖₂.
pub fn norm<F: Real>(x: &ArrayRef1<F>) -> F {
    x.dot(x).sqrt()
}

/// Whether every entry is finite.
pub fn all_finite<F: Real>(x: &ArrayRef1<F>) -> bool {
    // A sum of x·0 is 0 exactly if every x is finite; it vectorizes where a search for the first does not.
    let check = |slice: &[F]| slice.iter().fold(F::zero(), |sum, &v| sum + v * F::zero()) == F::zero();
    x.as_slice().map_or_else(|| x.iter().all(|v| v.is_finite()), check)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_max_norm_does_not_hide_a_nan() {
        assert_eq!(max_norm(&array![1.0, -3.0, 2.0]), 3.0);
        assert!(max_norm(&array![1.0, f64::NAN, 2.0]).is_nan());
        assert_eq!(max_norm(&ndarray::Array1::<f64>::zeros(0)), 0.0);
    }

    #[test]
    fn finiteness_sees_every_entry() {
        assert!(all_finite(&array![1.0, -2.0, 0.0]));
        assert!(!all_finite(&array![1.0, f64::INFINITY]));
        assert!(!all_finite(&array![f64::NAN, 1.0]));
    }
}
