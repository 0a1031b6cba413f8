//! The measurements that limits are compared with.

use std::time::Duration;

/// The measurements that [`Stop::check`](super::Stop::check) compares with its limits after each iteration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measurements {
    /// Number of completed iterations.
    pub iteration: usize,
    /// f at the current iterate.
    pub value: f64,
    /// ‖∇f‖ there, in the norm of [`Stop::norm`](super::Stop::norm). NaN if the optimizer does not evaluate
    /// gradients, ∞ if the gradient is not finite.
    pub grad_norm: f64,
    /// ‖∇f‖ at the start of the run.
    pub start_grad_norm: f64,
    /// The length of the last step, ‖xₖ − xₖ₋₁‖∞ / max(1, ‖xₖ‖∞). NaN before the first step, and if no limit
    /// needs it.
    pub step: f64,
    /// The last change of the value, |fₖ − fₖ₋₁| / max(1, |fₖ|). NaN before the first step.
    pub change: f64,
    /// Number of evaluated values, Hessians and products.
    pub evaluations: usize,
    /// Time since the start.
    pub elapsed: Duration,
}
