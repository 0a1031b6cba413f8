//! When to stop, and why it stopped: limits, and a termination that carries its evidence.

use crate::error::{Result, check_hyperparameter};
use std::fmt;
use std::time::Duration;

/// Limits of a run. The first that is met ends it; a run without limits of one's own ends after
/// [`Stop::DEFAULT_MAX_ITER`] iterations.
///
/// ```
/// use gradus::prelude::*;
/// let stop = Stop::grad(1e-8).max_iter(200);
/// assert_eq!(stop.max_iter, 200);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stop {
    /// Most iterations.
    pub max_iter: usize,
    /// Converged when ‖∇f‖∞ is at most this.
    pub grad_tol: Option<f64>,
    /// Target reached when f is at most this.
    pub target: Option<f64>,
    /// Most evaluations of values and gradients together.
    pub max_evals: Option<usize>,
    /// Most wall-clock time.
    pub max_time: Option<Duration>,
}

impl Stop {
    /// Iterations after which a run ends that was given no other number.
    pub const DEFAULT_MAX_ITER: usize = 10_000;

    /// Stops when the largest absolute entry of the gradient is at most `tolerance` (≥ 0).
    pub fn grad(tolerance: f64) -> Self {
        Stop { grad_tol: Some(tolerance), ..Stop::iterations(Self::DEFAULT_MAX_ITER) }
    }

    /// Stops after this many iterations.
    pub fn iterations(max_iter: usize) -> Self {
        Stop { max_iter, grad_tol: None, target: None, max_evals: None, max_time: None }
    }

    /// Sets the most iterations.
    #[must_use]
    pub fn max_iter(self, max_iter: usize) -> Self {
        Stop { max_iter, ..self }
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
        if let Some(tolerance) = self.grad_tol {
            check_hyperparameter("grad-tol", tolerance, "finite and ≥ 0", |v| v.is_finite() && v >= 0.0)?;
        }
        if let Some(target) = self.target {
            check_hyperparameter("target", target, "a number", |v| !v.is_nan())?;
        }
        Ok(())
    }

    /// The termination that the state of a run calls for, if any.
    pub fn check(&self, state: &Progress) -> Option<Termination> {
        if !state.value.is_finite() || state.grad_norm == f64::INFINITY {
            return Some(Termination::NotFinite { iteration: state.iteration, value: state.value });
        }
        if let Some(bound) = self.grad_tol.filter(|&bound| state.grad_norm <= bound) {
            return Some(Termination::Converged { grad_norm: state.grad_norm, bound });
        }
        if let Some(bound) = self.target.filter(|&bound| state.value <= bound) {
            return Some(Termination::TargetReached { value: state.value, bound });
        }
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
    /// ‖∇f‖∞ there; NaN where the optimizer knows no gradient.
    pub grad_norm: f64,
    /// Values and gradients evaluated.
    pub evaluations: usize,
    /// Time since the start.
    pub elapsed: Duration,
}

/// Why a run ended, with the measured number and its bound. Only [`Termination::Converged`] is convergence.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Termination {
    /// The gradient is small enough.
    Converged {
        /// ‖∇f‖∞ measured.
        grad_norm: f64,
        /// Its tolerance.
        bound: f64,
    },
    /// The value is low enough.
    TargetReached {
        /// f measured.
        value: f64,
        /// The target.
        bound: f64,
    },
    /// All iterations (or steps) were used.
    OutOfIterations {
        /// Iterations done.
        iterations: usize,
        /// Their limit.
        bound: usize,
    },
    /// All evaluations were used.
    OutOfEvaluations {
        /// Evaluations done.
        evaluations: usize,
        /// Their limit.
        bound: usize,
    },
    /// All time was used.
    OutOfTime {
        /// Seconds passed.
        seconds: f64,
        /// Their limit.
        bound: f64,
    },
    /// The line search found no step length that lowers f enough.
    LineSearchFailed {
        /// The last step length tried.
        alpha: f64,
        /// The slope along the direction at length 0 (negative for a descent direction).
        slope: f64,
        /// Step lengths tried.
        trials: usize,
    },
    /// The gradient says that f falls along a direction, and differences of f say otherwise.
    GradientContradicted {
        /// The slope by the gradient.
        slope: f64,
        /// The slope by differences.
        measured: f64,
    },
    /// The Hessian could not be made positive definite, or its system could not be solved.
    HessianFailed {
        /// The iteration.
        iteration: usize,
        /// The largest shift of the diagonal tried.
        shift: f64,
    },
    /// f or its gradient is infinite or not a number: the run diverged.
    NotFinite {
        /// The iteration at which it was seen.
        iteration: usize,
        /// f there.
        value: f64,
    },
    /// The observer asked for the end.
    StoppedByObserver {
        /// Iterations done.
        iterations: usize,
    },
}

impl Termination {
    /// Whether the run ended at a point that meets the gradient tolerance.
    pub fn converged(&self) -> bool {
        matches!(self, Termination::Converged { .. })
    }

    /// A word for machines: "converged", "target_reached", "out_of_iterations", …
    pub fn word(&self) -> &'static str {
        match self {
            Termination::Converged { .. } => "converged",
            Termination::TargetReached { .. } => "target_reached",
            Termination::OutOfIterations { .. } => "out_of_iterations",
            Termination::OutOfEvaluations { .. } => "out_of_evaluations",
            Termination::OutOfTime { .. } => "out_of_time",
            Termination::LineSearchFailed { .. } => "line_search_failed",
            Termination::GradientContradicted { .. } => "gradient_contradicted",
            Termination::HessianFailed { .. } => "hessian_failed",
            Termination::NotFinite { .. } => "not_finite",
            Termination::StoppedByObserver { .. } => "stopped_by_observer",
        }
    }

    /// The measured number and the bound it met, where the reason has them.
    pub fn evidence(&self) -> (f64, f64) {
        match *self {
            Termination::Converged { grad_norm, bound } => (grad_norm, bound),
            Termination::TargetReached { value, bound } => (value, bound),
            Termination::OutOfIterations { iterations, bound } => (iterations as f64, bound as f64),
            Termination::OutOfEvaluations { evaluations, bound } => (evaluations as f64, bound as f64),
            Termination::OutOfTime { seconds, bound } => (seconds, bound),
            Termination::LineSearchFailed { alpha, .. } => (alpha, f64::NAN),
            Termination::GradientContradicted { slope, measured } => (measured, slope),
            Termination::HessianFailed { shift, .. } => (shift, f64::NAN),
            Termination::NotFinite { value, .. } => (value, f64::NAN),
            Termination::StoppedByObserver { iterations } => (iterations as f64, f64::NAN),
        }
    }
}

impl fmt::Display for Termination {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Termination::Converged { grad_norm, bound } => write!(f, "converged: ‖∇f‖∞ = {grad_norm:.3e} ≤ {bound:.1e}"),
            Termination::TargetReached { value, bound } => write!(f, "target reached: f = {value:.6e} ≤ {bound:.6e}"),
            Termination::OutOfIterations { iterations, bound } => write!(f, "out of iterations: {iterations} of {bound}"),
            Termination::OutOfEvaluations { evaluations, bound } => write!(f, "out of evaluations: {evaluations} ≥ {bound}"),
            Termination::OutOfTime { seconds, bound } => write!(f, "out of time: {seconds:.1} s ≥ {bound:.1} s"),
            Termination::LineSearchFailed { slope: 0.0, trials: 0, .. } => {
                write!(f, "no direction is left: the gradient is exactly zero, and there was no gradient tolerance to meet")
            }
            Termination::LineSearchFailed { slope, trials: 0, .. } => {
                write!(f, "the direction does not descend: the slope of f along it is {slope:.1e}, not negative")
            }
            Termination::LineSearchFailed { alpha, slope, trials } => write!(
                f,
                "line search failed: {trials} step lengths, the last {alpha:.1e}, did not lower f enough along a slope of {slope:.1e}; \
                 either no lower value can be told apart in this precision, or the gradient is not right (check it with gradcheck)"
            ),
            Termination::GradientContradicted { slope, measured } => write!(
                f,
                "line search failed: by the gradient the slope of f along the direction is {slope:.3e}, by differences of f \
                 {measured:.3e}; the gradient is wrong (find the entry with gradcheck)"
            ),
            Termination::HessianFailed { iteration, shift } => {
                write!(f, "the Hessian of iteration {iteration} could not be factored, even shifted by {shift:.1e}")
            }
            Termination::NotFinite { iteration, value } => {
                write!(f, "diverged: f = {value} at iteration {iteration}; try a smaller learning rate")
            }
            Termination::StoppedByObserver { iterations } => write!(f, "stopped by the observer after {iterations} iterations"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(iteration: usize, value: f64, grad_norm: f64) -> Progress {
        Progress { iteration, value, grad_norm, evaluations: iteration, elapsed: Duration::from_secs(1) }
    }

    #[test]
    fn each_limit_has_its_own_word_and_evidence() {
        let stop = Stop::grad(1e-3).max_iter(10).target(-1.0).max_evals(8).max_time(Duration::from_secs(5));
        assert_eq!(stop.check(&progress(1, 1.0, 1.0)), None);
        assert_eq!(stop.check(&progress(1, 1.0, 1e-4)).unwrap().evidence(), (1e-4, 1e-3));
        assert_eq!(stop.check(&progress(1, -2.0, 1.0)).unwrap().word(), "target_reached");
        assert_eq!(stop.check(&progress(8, 1.0, 1.0)).unwrap().word(), "out_of_evaluations");
        assert_eq!(stop.check(&progress(10, 1.0, 1.0)).unwrap().word(), "out_of_iterations");
        assert_eq!(stop.check(&progress(1, f64::NAN, 1.0)).unwrap().word(), "not_finite");
        let late = Progress { elapsed: Duration::from_secs(6), ..progress(1, 1.0, 1.0) };
        assert_eq!(stop.check(&late).unwrap().evidence(), (6.0, 5.0));
    }

    #[test]
    fn an_unknown_gradient_never_converges() {
        assert_eq!(Stop::grad(1e-3).check(&progress(1, 1.0, f64::NAN)), None);
    }

    #[test]
    fn limits_that_cannot_be_met_are_refused() {
        assert!(Stop::grad(-1.0).validate().is_err());
        assert!(Stop::grad(f64::NAN).validate().is_err());
        assert!(Stop::grad(0.0).validate().is_ok());
    }
}
