//! When to stop, and why it stopped: limits, and a termination that carries its evidence.

mod reply;
mod termination;
#[cfg(test)]
mod tests;

pub use reply::Reply;
pub use termination::Termination;

use crate::error::{Result, check_hyperparameter};
use crate::linalg;
use crate::real::Real;
use ndarray::ArrayRef1;
use std::time::Duration;

/// Limits of a run. The first that is met ends it; a run without limits of one's own ends after
/// [`Stop::DEFAULT_MAX_ITER`] iterations.
///
/// Only the gradient can say that a run has converged. A step or a change of the value that is small says
/// that there is no progress, which near a minimum and in a long flat valley looks the same.
///
/// ```
/// use gradus::prelude::*;
/// let stop = Stop::grad(1e-8).max_iter(200).value_tol(1e-12);
/// assert_eq!(stop.max_iter, 200);
/// let found = minimize(problems::Rosenbrock::new(2), &array![-1.2, 1.0], FirstOrder::new(Sgd, 1e-3)?, Stop::grad(1e-8).value_tol(1e-6))?;
/// assert_eq!(found.termination.word(), "value_stalled");
/// assert!(!found.termination.converged());
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stop {
    /// Most iterations.
    pub max_iter: usize,
    /// Converged when ‖∇f‖ is at most this.
    pub grad_tol: Option<f64>,
    /// Converged when ‖∇f‖ is at most this share of ‖∇f(x₀)‖.
    pub relative_grad_tol: Option<f64>,
    /// The norm of both: the largest absolute entry unless said otherwise.
    pub norm: Norm,
    /// No progress when ‖xₖ − xₖ₋₁‖∞ ≤ this · max(1, ‖xₖ‖∞).
    pub step_tol: Option<f64>,
    /// No progress when |fₖ − fₖ₋₁| ≤ this · max(1, |fₖ|).
    pub value_tol: Option<f64>,
    /// Target reached when f is at most this.
    pub target: Option<f64>,
    /// Most evaluations: values (those that came with a gradient count once), Hessians and products together.
    pub max_evals: Option<usize>,
    /// Most wall-clock time.
    pub max_time: Option<Duration>,
}

/// How a gradient is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Norm {
    /// ‖g‖∞, the largest absolute entry.
    #[default]
    Max,
    /// ‖g‖₂, the Euclidean length.
    Euclidean,
}

impl Norm {
    /// The norm of a vector; NaN if an entry is.
    pub fn of<F: Real>(self, x: &ArrayRef1<F>) -> F {
        match self {
            Norm::Max => linalg::max_norm(x),
            Norm::Euclidean => linalg::norm(x),
        }
    }

    /// Its sign in a formula: ∞ or ₂.
    pub fn sign(self) -> &'static str {
        match self {
            Norm::Max => "∞",
            Norm::Euclidean => "₂",
        }
    }
}

impl Stop {
    /// Iterations after which a run ends that was given no other number.
    pub const DEFAULT_MAX_ITER: usize = 10_000;

    /// Stops when the largest absolute entry of the gradient is at most `tolerance` (≥ 0).
    pub fn grad(tolerance: f64) -> Self {
        Stop { grad_tol: Some(tolerance), ..Stop::iterations(Self::DEFAULT_MAX_ITER) }
    }

    /// Stops when the gradient is at most `tolerance` (≥ 0) times that of the start.
    pub fn relative_grad(tolerance: f64) -> Self {
        Stop { relative_grad_tol: Some(tolerance), ..Stop::iterations(Self::DEFAULT_MAX_ITER) }
    }

    /// Stops after this many iterations.
    pub fn iterations(max_iter: usize) -> Self {
        Stop {
            max_iter,
            grad_tol: None,
            relative_grad_tol: None,
            norm: Norm::Max,
            step_tol: None,
            value_tol: None,
            target: None,
            max_evals: None,
            max_time: None,
        }
    }

    /// Sets the most iterations.
    #[must_use]
    pub fn max_iter(self, max_iter: usize) -> Self {
        Stop { max_iter, ..self }
    }

    /// Measures gradients in this norm.
    #[must_use]
    pub fn norm(self, norm: Norm) -> Self {
        Stop { norm, ..self }
    }

    /// Also stops when a step is at most `tolerance` (≥ 0) relative to max(1, ‖x‖∞). An optimizer that may
    /// stay where it is for an iteration, such as random search, ends there.
    #[must_use]
    pub fn step_tol(self, tolerance: f64) -> Self {
        Stop { step_tol: Some(tolerance), ..self }
    }

    /// Also stops when f changes by at most `tolerance` (≥ 0) relative to max(1, |f|).
    #[must_use]
    pub fn value_tol(self, tolerance: f64) -> Self {
        Stop { value_tol: Some(tolerance), ..self }
    }

    /// Also stops when f is at most `target`.
    #[must_use]
    pub fn target(self, target: f64) -> Self {
        Stop { target: Some(target), ..self }
    }

    /// Also stops after this many evaluations.
    #[must_use]
    pub fn max_evals(self, max_evals: usize) -> Self {
        Stop { max_evals: Some(max_evals), ..self }
    }

    /// Also stops after this much time.
    #[must_use]
    pub fn max_time(self, max_time: Duration) -> Self {
        Stop { max_time: Some(max_time), ..self }
    }

    /// Checks that the limits are numbers that can be met.
    pub fn validate(&self) -> Result<()> {
        let tolerances = [
            ("grad-tol", self.grad_tol),
            ("relative-grad-tol", self.relative_grad_tol),
            ("step-tol", self.step_tol),
            ("value-tol", self.value_tol),
        ];
        for (name, tolerance) in tolerances {
            check_hyperparameter(name, tolerance.unwrap_or(0.0), "finite and ≥ 0", |v| {
                v.is_finite() && v >= 0.0
            })?;
        }
        check_hyperparameter("target", self.target.unwrap_or(0.0), "a number", |v| !v.is_nan())?;
        Ok(())
    }

    /// The termination that the state of a run calls for, if any.
    pub fn check(&self, state: &Progress) -> Option<Termination> {
        if !state.value.is_finite() || state.grad_norm == f64::INFINITY {
            return Some(Termination::NotFinite { iteration: state.iteration, value: state.value });
        }
        self.converged(state).or_else(|| self.stalled(state)).or_else(|| self.out_of_budget(state))
    }

    fn converged(&self, state: &Progress) -> Option<Termination> {
        let (norm, grad_norm) = (self.norm, state.grad_norm);
        if let Some(bound) = self.grad_tol.filter(|&bound| grad_norm <= bound) {
            return Some(Termination::Converged { norm, grad_norm, bound });
        }
        let share = grad_norm / state.start_grad_norm;
        if let Some(bound) = self.relative_grad_tol.filter(|&bound| share <= bound || grad_norm == 0.0) {
            return Some(Termination::ConvergedRelatively {
                norm,
                share: if grad_norm == 0.0 { 0.0 } else { share },
                bound,
            });
        }
        let bound = self.target.filter(|&bound| state.value <= bound)?;
        Some(Termination::TargetReached { value: state.value, bound })
    }

    fn stalled(&self, state: &Progress) -> Option<Termination> {
        if let Some(bound) = self.step_tol.filter(|&bound| state.step <= bound) {
            return Some(Termination::StepTooSmall { step: state.step, bound });
        }
        let bound = self.value_tol.filter(|&bound| state.change <= bound)?;
        Some(Termination::ValueStalled { change: state.change, bound })
    }

    fn out_of_budget(&self, state: &Progress) -> Option<Termination> {
        if state.iteration >= self.max_iter {
            return Some(Termination::OutOfIterations { iterations: state.iteration, bound: self.max_iter });
        }
        if let Some(bound) = self.max_evals.filter(|&bound| state.evaluations >= bound) {
            return Some(Termination::OutOfEvaluations { evaluations: state.evaluations, bound });
        }
        let bound = self.max_time.filter(|&bound| state.elapsed >= bound)?;
        Some(Termination::OutOfTime { seconds: state.elapsed.as_secs_f64(), bound: bound.as_secs_f64() })
    }
}

/// What the limits are held against after each iteration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Iterations done.
    pub iteration: usize,
    /// f at the current iterate.
    pub value: f64,
    /// ‖∇f‖ there in the norm of [`Stop::norm`]; NaN where the optimizer knows no gradient, ∞ where it is not
    /// finite.
    pub grad_norm: f64,
    /// ‖∇f‖ at the start of the run.
    pub start_grad_norm: f64,
    /// The last step, ‖xₖ − xₖ₋₁‖∞ / max(1, ‖xₖ‖∞); NaN where there was none, or where no limit asks for it.
    pub step: f64,
    /// The last change of the value, |fₖ − fₖ₋₁| / max(1, |fₖ|); NaN where there was none.
    pub change: f64,
    /// Values, Hessians and products evaluated.
    pub evaluations: usize,
    /// Time since the start.
    pub elapsed: Duration,
}
