//! Why a run ended.

use super::Norm;
use crate::linalg;
use std::fmt;

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
                write!(
                    f,
                    "converged: ‖∇f‖{0} = {share:.3e}·‖∇f(x₀)‖{0}, at most {bound:.1e} of it",
                    norm.sign()
                )
            }
            Termination::TargetReached { value, bound } => {
                write!(f, "target reached: f = {value:.6e} ≤ {bound:.6e}")
            }
            Termination::StepTooSmall { step, bound } => {
                write!(
                    f,
                    "no progress: the last step, relative to x, was {step:.3e} ≤ {bound:.1e}; that is not \
                     convergence"
                )
            }
            Termination::ValueStalled { change, bound } => {
                write!(
                    f,
                    "no progress: the last change of f, relative to f, was {change:.3e} ≤ {bound:.1e}; that \
                     is not convergence"
                )
            }
            Termination::CriterionMet { name, measured, bound } => {
                write!(f, "criterion met: {name}, {measured:.6e} against {bound:.6e}")
            }
            Termination::OutOfIterations { iterations, bound } => {
                write!(f, "out of iterations: {iterations} of {bound}")
            }
            Termination::OutOfEvaluations { evaluations, bound } => {
                write!(f, "out of evaluations: {evaluations} ≥ {bound}")
            }
            Termination::OutOfTime { seconds, bound } => {
                write!(f, "out of time: {seconds:.1} s ≥ {bound:.1} s")
            }
            Termination::LineSearchFailed { slope: 0.0, trials: 0, .. } => {
                write!(
                    f,
                    "no direction is left: the gradient is exactly zero, and there was no gradient tolerance \
                     to meet"
                )
            }
            Termination::LineSearchFailed { slope, trials: 0, .. } => {
                write!(
                    f,
                    "the direction does not descend: the slope of f along it is {slope:.1e}, not negative"
                )
            }
            Termination::LineSearchFailed { alpha, slope, trials } => write!(
                f,
                "line search failed: {trials} step lengths, the last {alpha:.1e}, did not lower f enough \
                 along a slope of {slope:.1e}; \
                 either no lower value can be told apart in this precision, or the gradient is not right \
                 (check it with gradcheck)"
            ),
            Termination::GradientContradicted { slope, measured } => write!(
                f,
                "line search failed: by the gradient the slope of f along the direction is {slope:.3e}, by \
                 differences of f \
                 {measured:.3e}; the gradient is wrong (find the entry with gradcheck)"
            ),
            Termination::NotADescentDirection { iteration, slope } => write!(
                f,
                "not a descent direction: the slope along the step of iteration {iteration} is {slope:.1e}, \
                 not below 0; \
                 the Hessian there is not positive definite (shift it, or use a trust region)"
            ),
            Termination::TrustRegionFailed { radius, bound, trials } => write!(
                f,
                "trust region failed: {trials} steps did not lower f, down to a radius of {radius:.1e} ≤ \
                 {bound:.1e}; \
                 either rounding hides what is left, or the gradient or Hessian is wrong (check them with \
                 differences: gradcheck)"
            ),
            Termination::HessianFailed { iteration, shift: 0.0 } => {
                write!(f, "the Hessian of iteration {iteration} is singular")
            }
            Termination::HessianFailed { iteration, shift } => {
                write!(
                    f,
                    "the Hessian of iteration {iteration} could not be factored, even shifted by {shift:.1e}"
                )
            }
            Termination::HessianNotFinite { iteration } => {
                write!(
                    f,
                    "the derivatives of iteration {iteration} have entries that are infinite or not numbers"
                )
            }
            Termination::OutOfMemory { bytes, bound } => write!(
                f,
                "out of memory: the n × n matrices need {} ({bytes:.0} bytes), and {} are available; use \
                 L-BFGS, which keeps a few vectors",
                linalg::bytes_in_words(bytes as u128),
                linalg::bytes_in_words(bound as u128)
            ),
            Termination::NotFinite { iteration: 0, value } if value.is_finite() => {
                write!(
                    f,
                    "not finite: the gradient at the start is infinite or not a number; choose another start"
                )
            }
            Termination::NotFinite { iteration: 0, value } => {
                write!(f, "not finite: f = {value} at the start; choose another start")
            }
            Termination::NotFinite { iteration, value } if value.is_finite() => {
                write!(
                    f,
                    "diverged: the gradient is not finite at iteration {iteration}, where f = {value:.3e}; \
                     try a smaller learning rate"
                )
            }
            Termination::NotFinite { iteration, value } => {
                write!(f, "diverged: f = {value} at iteration {iteration}; try a smaller learning rate")
            }
            Termination::StoppedByObserver { iterations } => {
                write!(f, "stopped by the observer after {iterations} iterations")
            }
        }
    }
}
