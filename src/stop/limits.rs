//! The limits of a run.

use super::measurements::Measurements;
use super::norm::Norm;
use super::termination::Termination;
use crate::error::{Result, check_hyperparameter};
use std::time::Duration;

/// The limits of a run. The first limit that is met ends the run. The default number of iterations is
/// [`Stop::DEFAULT_MAX_ITER`].
///
/// Only the gradient can show that a run has converged. A small step, or a small change of the value, shows
/// that the run makes no progress, which looks the same near a minimum and in a long flat valley.
///
/// ```
/// use gradus::prelude::*;
/// let stop = Stop::grad(1e-8).max_iter(200).value_tol(1e-12);
/// assert_eq!(stop.max_iter, 200);
/// let optimizer = FirstOrder::new(Sgd, 1e-3)?;
/// let stop = Stop::grad(1e-8).value_tol(1e-6);
/// let found = minimize(problems::Rosenbrock::new(2), &array![-1.2, 1.0], optimizer, stop)?;
/// assert_eq!(found.termination.word(), "value_stalled");
/// assert!(!found.termination.converged());
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stop {
    /// The maximum number of iterations.
    pub max_iter: usize,
    /// The run has converged when ‖∇f‖ is at most this tolerance.
    pub grad_tol: Option<f64>,
    /// The run has converged when ‖∇f‖ is at most this share of ‖∇f(x₀)‖.
    pub relative_grad_tol: Option<f64>,
    /// The norm of both gradients. The default is the largest absolute entry.
    pub norm: Norm,
    /// The run makes no progress when ‖xₖ − xₖ₋₁‖∞ is at most this tolerance times max(1, ‖xₖ‖∞).
    pub step_tol: Option<f64>,
    /// The run makes no progress when |fₖ − fₖ₋₁| is at most this tolerance times max(1, |fₖ|).
    pub value_tol: Option<f64>,
    /// The run has reached its target when f is at most this value.
    pub target: Option<f64>,
    /// The maximum number of evaluations: values (a value with its gradient counts once), Hessians and
    /// products together.
    pub max_evals: Option<usize>,
    /// The maximum wall-clock time.
    pub max_time: Option<Duration>,
}

impl Stop {
    /// The maximum number of iterations of a run that sets no other.
    pub const DEFAULT_MAX_ITER: usize = 10_000;

    /// Returns limits that stop a run when the largest absolute entry of the gradient is at most `tolerance`
    /// (≥ 0).
    pub fn grad(tolerance: impl Into<f64>) -> Self {
        Stop { grad_tol: Some(tolerance.into()), ..Stop::iterations(Self::DEFAULT_MAX_ITER) }
    }

    /// Returns limits that stop a run when the gradient is at most `tolerance` (≥ 0) times that of the start.
    pub fn relative_grad(tolerance: impl Into<f64>) -> Self {
        Stop { relative_grad_tol: Some(tolerance.into()), ..Stop::iterations(Self::DEFAULT_MAX_ITER) }
    }

    /// Returns limits that stop a run after `max_iter` iterations.
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

    /// Sets the maximum number of iterations.
    #[must_use]
    pub fn max_iter(self, max_iter: usize) -> Self {
        Stop { max_iter, ..self }
    }

    /// Sets the norm of gradients.
    #[must_use]
    pub fn norm(self, norm: Norm) -> Self {
        Stop { norm, ..self }
    }

    /// Also stops when a step is at most `tolerance` (≥ 0) relative to max(1, ‖x‖∞). This ends a run at the
    /// first iteration that does not move, which an optimizer such as random search may have.
    #[must_use]
    pub fn step_tol(self, tolerance: impl Into<f64>) -> Self {
        Stop { step_tol: Some(tolerance.into()), ..self }
    }

    /// Also stops when f changes by at most `tolerance` (≥ 0) relative to max(1, |f|).
    #[must_use]
    pub fn value_tol(self, tolerance: impl Into<f64>) -> Self {
        Stop { value_tol: Some(tolerance.into()), ..self }
    }

    /// Also stops when f is at most `target`.
    #[must_use]
    pub fn target(self, target: impl Into<f64>) -> Self {
        Stop { target: Some(target.into()), ..self }
    }

    /// Also stops after `max_evals` evaluations.
    #[must_use]
    pub fn max_evals(self, max_evals: usize) -> Self {
        Stop { max_evals: Some(max_evals), ..self }
    }

    /// Also stops after `max_time`.
    #[must_use]
    pub fn max_time(self, max_time: Duration) -> Self {
        Stop { max_time: Some(max_time), ..self }
    }

    /// Checks that no limit is NaN and that all tolerances are finite and ≥ 0.
    ///
    /// # Errors
    ///
    /// [`Error::Hyperparameter`](crate::error::Error::Hyperparameter), which names the limit and its range.
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

    /// Returns the termination that these measurements call for, if any.
    pub fn check(&self, state: &Measurements) -> Option<Termination> {
        if !state.value.is_finite() || state.grad_norm == f64::INFINITY {
            return Some(Termination::NotFinite { iteration: state.iteration, value: state.value });
        }
        self.converged(state).or_else(|| self.stalled(state)).or_else(|| self.out_of_budget(state))
    }

    fn converged(&self, state: &Measurements) -> Option<Termination> {
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

    fn stalled(&self, state: &Measurements) -> Option<Termination> {
        if let Some(bound) = self.step_tol.filter(|&bound| state.step <= bound) {
            return Some(Termination::StepTooSmall { step: state.step, bound });
        }
        let bound = self.value_tol.filter(|&bound| state.change <= bound)?;
        Some(Termination::ValueStalled { change: state.change, bound })
    }

    fn out_of_budget(&self, state: &Measurements) -> Option<Termination> {
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
