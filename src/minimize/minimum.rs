//! The outcome of a minimization.

use crate::objective::Evaluations;
use crate::stop::Termination;
use crate::trace::Trace;
use ndarray::Array1;

/// The outcome of a minimization: the point it reached, why it stopped, what it cost, and its history.
///
/// Its `Display` form is a summary: the reason with the measured number and its bound, the value, the counts,
/// and the trace as a short table.
///
/// ```
/// use gradus::prelude::*;
/// let found = minimize(problems::Rosenbrock::new(2), &array![-1.2, 1.0], Lbfgs::new(5), Stop::grad(1e-8))?;
/// assert!(found.termination.converged() && found.value < 1e-12);
/// assert_eq!(found.trace.len(), found.iterations + 1);
/// assert!(found.to_string().starts_with("lbfgs: converged: ‖∇f‖∞ = "));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Minimum<F = f64> {
    /// The name of the optimizer.
    pub optimizer: String,
    /// The last iterate; if the run diverged, the iterate with the lowest finite value.
    pub x: Array1<F>,
    /// f(x).
    pub value: F,
    /// ‖∇f(x)‖∞; NaN where the optimizer uses no gradient.
    pub grad_norm: F,
    /// The number of iterations.
    pub iterations: usize,
    /// The numbers of values, gradients and Hessians that were evaluated.
    pub evaluations: Evaluations,
    /// Why the run stopped.
    pub termination: Termination,
    /// The smallest eigenvalue of the Hessian where the run converged, if the optimizer has a Hessian and *n*
    /// is small. Clearly below 0, the point is a saddle point or a maximum, see [`Minimum::verdict`]. It is
    /// measured after the run and does not count among its evaluations.
    pub smallest_eigenvalue: Option<f64>,
    /// The largest part of that eigenvalue which may be rounding: it is known up to *n*·ε times the largest.
    pub eigenvalue_rounding: Option<f64>,
    /// The shift that made the last Hessian positive definite, for optimizers that shift.
    pub shift: Option<f64>,
    /// The wall-clock time of the run in seconds, without the time that an observer took.
    pub seconds: f64,
    /// A row for each iteration, the start included (fewer after a million iterations, see
    /// [`Trace::stride`]). In a run without an observer whose iterations take less
    /// than a microsecond, the clock is read in every sixteenth iteration only; the rows between repeat the
    /// last reading.
    pub trace: Trace,
}
