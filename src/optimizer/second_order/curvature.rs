//! The smallest eigenvalue of a Hessian, and whether a Hessian fits into memory.

use crate::linalg::{available_memory, dense_bytes, symmetric_eigenvalues};
use crate::objective::TwiceDifferentiable;
use crate::stop::Termination;
use ndarray::{Array2, ArrayRef1};

/// The largest number of parameters for which the eigenvalues of the Hessian are computed when a run has
/// converged. They take a few milliseconds.
pub const MOST_FOR_EIGENVALUES: usize = 256;

/// Returns the smallest eigenvalue of ∇²f(x), or `None` for more than [`MOST_FOR_EIGENVALUES`] parameters, or
/// if the Hessian is not finite.
///
/// ```
/// use gradus::optimizer::second_order::smallest_eigenvalue;
/// use gradus::prelude::*;
/// let smallest = smallest_eigenvalue(&mut problems::Saddle, &array![0.0, 0.0]);
/// assert_eq!(smallest, Some(-1.0));
/// ```
pub fn smallest_eigenvalue<O: TwiceDifferentiable<f64> + ?Sized>(
    objective: &mut O,
    x: &ArrayRef1<f64>,
) -> Option<f64> {
    let n = x.len();
    if n == 0 || n > MOST_FOR_EIGENVALUES {
        return None;
    }
    let mut hessian = Array2::zeros((n, n));
    objective.hessian(x, &mut hessian);
    symmetric_eigenvalues(hessian).map(|eigenvalues| eigenvalues[0])
}

/// Returns a reason to stop if this number of dense n × n matrices does not fit into the available memory.
pub(super) fn out_of_memory(n: usize, matrices: usize) -> Option<Termination> {
    let (bytes, available) = (dense_bytes(n, matrices), available_memory()?);
    (bytes > u128::from(available))
        .then_some(Termination::OutOfMemory { bytes: bytes as f64, bound: available as f64 })
}
