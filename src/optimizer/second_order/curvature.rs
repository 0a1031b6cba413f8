//! The smallest eigenvalue of a Hessian, and whether a Hessian fits into memory.

use super::room;
use crate::linalg::{dense_bytes, symmetric_eigenvalues};
use crate::objective::TwiceDifferentiable;
use crate::optimizer::Spectrum;
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
    spectrum(objective, x).map(|spectrum| spectrum.smallest)
}

/// Returns the smallest eigenvalue as [`smallest_eigenvalue`] does, with its rounding.
pub fn spectrum<O: TwiceDifferentiable<f64> + ?Sized>(
    objective: &mut O,
    x: &ArrayRef1<f64>,
) -> Option<Spectrum> {
    let n = x.len();
    if n == 0 || n > MOST_FOR_EIGENVALUES {
        return None;
    }
    let mut hessian = Array2::zeros((n, n));
    objective.hessian(x, &mut hessian);
    spectrum_of(hessian, 0.0)
}

/// Returns the spectrum of a Hessian whose entries differ by `asymmetry` across the diagonal.
pub(super) fn spectrum_of(hessian: Array2<f64>, asymmetry: f64) -> Option<Spectrum> {
    Spectrum::of(symmetric_eigenvalues(hessian)?.as_slice()?, asymmetry)
}

/// Returns a reason to stop if this number of dense n × n matrices does not fit into the available memory.
pub(super) fn out_of_memory(n: usize, matrices: usize) -> Option<Termination> {
    room::out_of_memory(dense_bytes(n, matrices))
}
