//! When to stop, and why it stopped: limits, and a termination that carries its evidence.

use crate::error::{Result, check_hyperparameter};
use crate::linalg;
use crate::real::Real;
use ndarray::ArrayRef1;
use std::fmt;
use std::time::Duration;

/// Limits of a run. The first that is met ends it; a run without limits of one's own ends after
/// [`Stop::DEFAULT_MAX_ITER`] iterations.
///
/// Only the gradient can say that a run has converged. A step or a change of the value that is small says that there is
/// no progress, which near a minimum and in a long flat valley looks the same.
///
/// ```
/// use gradus::prelude::*;
/// let stop = Stop::grad(1e-8).max_iter(200).value_tol(1e-12);
/// assert_eq!(stop.max_iter, 200);
/// let found = minimize(problems::Rosenbrock::new(2), &array![-1.2, 1.0], FirstOrder::new(Sgd, 1e-3)?, Stop::grad(1e-8).value_tol(1e-6));
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

    /// Also stops when a step is at most `tolerance` (≥ 0) relative to max(1, ‖x‖∞). An optimizer that may stay where it
    /// is for an iteration, such as random search, ends there.
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
            check_hyperparameter(name, tolerance.unwrap_or(0.0), "finite and ≥ 0", |v| v.is_finite() && v >= 0.0)?;
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
            return Some(Termination::ConvergedRelatively { norm, share: if grad_norm == 0.0 { 0.0 } else { share }, bound });
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
    /// ‖∇f‖ there in the norm of [`Stop::norm`]; NaN where the optimizer knows no gradient, ∞ where it is not finite.
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

/// Why a run ended, with the measured number and its bound. Only [`Termination::Converged`] and
/// [`Termination::ConvergedRelatively`] are convergence.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Termination {
    /// The gradient is small enough.
    Converged {
        /// Which norm.
        norm: Norm,
        /// ‖∇f‖ measured.
        grad_norm: f64,
        /// Its tolerance.
        bound: f64,
    },
    /// The gradient is small enough compared with that of the start.
    ConvergedRelatively {
        /// Which norm.
        norm: Norm,
        /// ‖∇f‖ / ‖∇f(x₀)‖ measured.
        share: f64,
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
    /// No progress: the last step was too small.
    StepTooSmall {
        /// ‖xₖ − xₖ₋₁‖∞ / max(1, ‖xₖ‖∞) measured.
        step: f64,
        /// Its tolerance.
        bound: f64,
    },
    /// No progress: f hardly changed.
    ValueStalled {
        /// |fₖ − fₖ₋₁| / max(1, |fₖ|) measured.
        change: f64,
        /// Its tolerance.
        bound: f64,
    },
    /// A criterion of the user's own was met.
    CriterionMet {
        /// Its name.
        name: &'static str,
        /// What it measured.
        measured: f64,
        /// Its bound.
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
    /// The direction does not go downhill: the Hessian there is not positive definite.
    NotADescentDirection {
        /// The iteration.
        iteration: usize,
        /// The slope along the direction, ≥ 0 or not a number.
        slope: f64,
    },
    /// No step in the trust region lowered f, however small the region became.
    TrustRegionFailed {
        /// The radius, relative to max(1, ‖x‖₂) or whatever scale the optimizer has.
        radius: f64,
        /// The smallest one tried.
        bound: f64,
        /// Steps tried in the last iteration.
        trials: usize,
    },
    /// The Hessian could not be made positive definite, or its system could not be solved.
    HessianFailed {
        /// The iteration.
        iteration: usize,
        /// The largest shift of the diagonal tried.
        shift: f64,
    },
    /// The Hessian (or Jacobian) has entries that are infinite or not numbers.
    HessianNotFinite {
        /// The iteration.
        iteration: usize,
    },
    /// The matrices of the optimizer do not fit into memory.
    OutOfMemory {
        /// Bytes they need.
        bytes: f64,
        /// Bytes that are available.
        bound: f64,
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
    /// Whether the run ended at a point that meets a tolerance of the gradient.
    pub fn converged(&self) -> bool {
        matches!(self, Termination::Converged { .. } | Termination::ConvergedRelatively { .. })
    }

    /// A word for machines: "converged", "target_reached", "out_of_iterations", …
    pub fn word(&self) -> &'static str {
        match self {
            Termination::Converged { .. } => "converged",
            Termination::ConvergedRelatively { .. } => "converged_relatively",
            Termination::TargetReached { .. } => "target_reached",
            Termination::StepTooSmall { .. } => "step_too_small",
            Termination::ValueStalled { .. } => "value_stalled",
            Termination::CriterionMet { .. } => "criterion_met",
            Termination::OutOfIterations { .. } => "out_of_iterations",
            Termination::OutOfEvaluations { .. } => "out_of_evaluations",
            Termination::OutOfTime { .. } => "out_of_time",
            Termination::LineSearchFailed { .. } => "line_search_failed",
            Termination::GradientContradicted { .. } => "gradient_contradicted",
            Termination::NotADescentDirection { .. } => "not_a_descent_direction",
            Termination::TrustRegionFailed { .. } => "trust_region_failed",
            Termination::HessianFailed { .. } => "hessian_failed",
            Termination::HessianNotFinite { .. } => "hessian_not_finite",
            Termination::OutOfMemory { .. } => "out_of_memory",
            Termination::NotFinite { .. } => "not_finite",
            Termination::StoppedByObserver { .. } => "stopped_by_observer",
        }
    }

    /// The measured number and the bound it met, where the reason has them.
    pub fn evidence(&self) -> (f64, f64) {
        match *self {
            Termination::Converged { grad_norm, bound, .. } => (grad_norm, bound),
            Termination::ConvergedRelatively { share, bound, .. } => (share, bound),
            Termination::TargetReached { value, bound } => (value, bound),
            Termination::StepTooSmall { step, bound } => (step, bound),
            Termination::ValueStalled { change, bound } => (change, bound),
            Termination::CriterionMet { measured, bound, .. } => (measured, bound),
            Termination::OutOfIterations { iterations, bound } => (iterations as f64, bound as f64),
            Termination::OutOfEvaluations { evaluations, bound } => (evaluations as f64, bound as f64),
            Termination::OutOfTime { seconds, bound } => (seconds, bound),
            Termination::LineSearchFailed { alpha, .. } => (alpha, f64::NAN),
            Termination::GradientContradicted { slope, measured } => (measured, slope),
            Termination::NotADescentDirection { slope, .. } => (slope, 0.0),
            Termination::TrustRegionFailed { radius, bound, .. } => (radius, bound),
            Termination::HessianFailed { shift, .. } => (shift, f64::NAN),
            Termination::HessianNotFinite { iteration } => (iteration as f64, f64::NAN),
            Termination::OutOfMemory { bytes, bound } => (bytes, bound),
            Termination::NotFinite { value, .. } => (value, f64::NAN),
            Termination::StoppedByObserver { iterations } => (iterations as f64, f64::NAN),
        }
    }
}

impl fmt::Display for Termination {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match *self {
            Termination::Converged { norm, grad_norm, bound } => {
                write!(f, "converged: ‖∇f‖{} = {grad_norm:.3e} ≤ {bound:.1e}", norm.sign())
            }
            Termination::ConvergedRelatively { norm, share, bound } => {
                write!(f, "converged: ‖∇f‖{0} = {share:.3e}·‖∇f(x₀)‖{0}, at most {bound:.1e} of it", norm.sign())
            }
            Termination::TargetReached { value, bound } => write!(f, "target reached: f = {value:.6e} ≤ {bound:.6e}"),
            Termination::StepTooSmall { step, bound } => {
                write!(f, "no progress: the last step, relative to x, was {step:.3e} ≤ {bound:.1e}; that is not convergence")
            }
            Termination::ValueStalled { change, bound } => {
                write!(f, "no progress: the last change of f, relative to f, was {change:.3e} ≤ {bound:.1e}; that is not convergence")
            }
            Termination::CriterionMet { name, measured, bound } => write!(f, "criterion met: {name}, {measured:.6e} against {bound:.6e}"),
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
            Termination::NotADescentDirection { iteration, slope } => write!(
                f,
                "not a descent direction: the slope along the step of iteration {iteration} is {slope:.1e}, not below 0; \
                 the Hessian there is not positive definite (shift it, or use a trust region)"
            ),
            Termination::TrustRegionFailed { radius, bound, trials } => write!(
                f,
                "trust region failed: {trials} steps did not lower f, down to a radius of {radius:.1e} ≤ {bound:.1e}; \
                 either rounding hides what is left, or the gradient or Hessian is wrong (check them with differences: gradcheck)"
            ),
            Termination::HessianFailed { iteration, shift: 0.0 } => {
                write!(f, "the Hessian of iteration {iteration} is singular")
            }
            Termination::HessianFailed { iteration, shift } => {
                write!(f, "the Hessian of iteration {iteration} could not be factored, even shifted by {shift:.1e}")
            }
            Termination::HessianNotFinite { iteration } => {
                write!(f, "the derivatives of iteration {iteration} have entries that are infinite or not numbers")
            }
            Termination::OutOfMemory { bytes, bound } => write!(
                f,
                "out of memory: the n × n matrices need {} ({bytes:.0} bytes), and {} are available; use L-BFGS, which keeps a few vectors",
                linalg::bytes_in_words(bytes as u128),
                linalg::bytes_in_words(bound as u128)
            ),
            Termination::NotFinite { iteration: 0, value } if value.is_finite() => {
                write!(f, "not finite: the gradient at the start is infinite or not a number; choose another start")
            }
            Termination::NotFinite { iteration: 0, value } => write!(f, "not finite: f = {value} at the start; choose another start"),
            Termination::NotFinite { iteration, value } if value.is_finite() => {
                write!(
                    f,
                    "diverged: the gradient is not finite at iteration {iteration}, where f = {value:.3e}; try a smaller learning rate"
                )
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
    use ndarray::array;

    fn progress(iteration: usize, value: f64, grad_norm: f64) -> Progress {
        Progress {
            iteration,
            value,
            grad_norm,
            start_grad_norm: 100.0,
            step: 0.1,
            change: 0.1,
            evaluations: iteration,
            elapsed: Duration::from_secs(1),
        }
    }

    #[test]
    fn each_limit_has_its_own_word_and_evidence() {
        let stop = Stop::grad(1e-3).max_iter(10).target(-1.0).max_evals(8).max_time(Duration::from_secs(5)).step_tol(1e-9).value_tol(1e-8);
        assert_eq!(stop.check(&progress(1, 1.0, 1.0)), None);
        assert_eq!(stop.check(&progress(1, 1.0, 1e-4)).unwrap().evidence(), (1e-4, 1e-3));
        assert_eq!(stop.check(&progress(1, -2.0, 1.0)).unwrap().word(), "target_reached");
        assert_eq!(stop.check(&progress(8, 1.0, 1.0)).unwrap().word(), "out_of_evaluations");
        assert_eq!(stop.check(&progress(10, 1.0, 1.0)).unwrap().word(), "out_of_iterations");
        assert_eq!(stop.check(&progress(1, f64::NAN, 1.0)).unwrap().word(), "not_finite");
        let late = Progress { elapsed: Duration::from_secs(6), ..progress(1, 1.0, 1.0) };
        assert_eq!(stop.check(&late).unwrap().evidence(), (6.0, 5.0));
        let still = stop.check(&Progress { step: 1e-10, ..progress(1, 1.0, 1.0) }).unwrap();
        assert_eq!((still.word(), still.evidence(), still.converged()), ("step_too_small", (1e-10, 1e-9), false));
        let flat = stop.check(&Progress { change: 0.0, ..progress(1, 1.0, 1.0) }).unwrap();
        assert_eq!((flat.word(), flat.evidence(), flat.converged()), ("value_stalled", (0.0, 1e-8), false));
    }

    #[test]
    fn the_relative_gradient_is_that_of_the_start() {
        let stop = Stop::relative_grad(1e-3).norm(Norm::Euclidean);
        assert_eq!(stop.check(&progress(1, 1.0, 0.2)), None);
        let met = stop.check(&progress(1, 1.0, 0.1)).unwrap();
        assert!(met.converged() && met.evidence() == (1e-3, 1e-3), "{met}");
        let at_a_minimum = Progress { start_grad_norm: 0.0, ..progress(0, 1.0, 0.0) };
        assert_eq!(stop.check(&at_a_minimum).unwrap().evidence(), (0.0, 1e-3));
    }

    #[test]
    fn the_norm_is_named() {
        assert_eq!((Norm::Max.of(&array![3.0, -4.0]), Norm::Euclidean.of(&array![3.0, -4.0])), (4.0, 5.0));
        let sentence = Stop::grad(1.0).norm(Norm::Euclidean).check(&progress(3, 1.0, 0.5)).unwrap().to_string();
        assert_eq!(sentence, "converged: ‖∇f‖₂ = 5.000e-1 ≤ 1.0e0");
    }

    #[test]
    fn an_unknown_gradient_step_or_change_meets_nothing() {
        let unknown = Progress { step: f64::NAN, change: f64::NAN, start_grad_norm: f64::NAN, ..progress(1, 1.0, f64::NAN) };
        assert_eq!(Stop { relative_grad_tol: Some(1.0), ..Stop::grad(1e-3) }.step_tol(1.0).value_tol(1.0).check(&unknown), None);
    }

    #[test]
    fn what_is_not_finite_at_the_start_is_said_so() {
        let sentence = |state| Stop::grad(0.0).check(&state).unwrap().to_string();
        assert!(sentence(progress(0, f64::NAN, 1.0)).contains("f = NaN at the start"));
        assert!(sentence(progress(0, 1.0, f64::INFINITY)).contains("gradient at the start"));
        assert!(sentence(progress(3, 1.0, f64::INFINITY)).contains("gradient is not finite at iteration 3"));
        assert!(sentence(progress(3, f64::INFINITY, 1.0)).contains("f = inf at iteration 3"));
    }

    #[test]
    fn limits_that_cannot_be_met_are_refused() {
        assert!(Stop::grad(-1.0).validate().is_err());
        assert!(Stop::grad(f64::NAN).validate().is_err());
        assert!(Stop::grad(0.0).validate().is_ok());
        assert!(Stop::grad(0.0).step_tol(-1.0).validate().unwrap_err().to_string().contains("step-tol must be finite and ≥ 0"));
        assert!(Stop::relative_grad(f64::INFINITY).validate().is_err());
    }
}
