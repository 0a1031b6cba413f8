//! The reasons why a run ends.

use super::norm::Norm;
use crate::linalg;
use std::fmt;

/// The reason why a run ended, with the measured number and its bound. Only [`Termination::Converged`] and
/// [`Termination::ConvergedRelatively`] mean convergence.
///
/// ```
/// use gradus::prelude::*;
/// let bowl = || problems::Quadratic::new(&[1.0]);
/// let rule = |lr| FirstOrder::new(Sgd, lr);
/// let converged = minimize(bowl(), &array![1.0], rule(0.5)?, Stop::grad(1e-6))?.termination;
/// assert!(converged.converged());
/// // Gradient descent diverges if its rate exceeds 2.
/// let diverged = minimize(bowl(), &array![1.0], rule(3.0)?, Stop::grad(1e-6))?.termination;
/// assert!(matches!(diverged, Termination::NotFinite { .. }));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Termination {
    /// The gradient is small enough.
    Converged {
        /// The norm.
        norm: Norm,
        /// The measured ‖∇f‖.
        grad_norm: f64,
        /// The tolerance.
        bound: f64,
    },
    /// The gradient is small enough compared with that of the start.
    ConvergedRelatively {
        /// The norm.
        norm: Norm,
        /// The measured ‖∇f‖ / ‖∇f(x₀)‖.
        share: f64,
        /// The tolerance.
        bound: f64,
    },
    /// The target is reached.
    TargetReached {
        /// The measured f.
        value: f64,
        /// The target.
        bound: f64,
    },
    /// No progress: the last step was too small.
    StepTooSmall {
        /// The measured ‖xₖ − xₖ₋₁‖∞ / max(1, ‖xₖ‖∞).
        step: f64,
        /// The tolerance.
        bound: f64,
    },
    /// No progress: f hardly changed.
    ValueStalled {
        /// The measured |fₖ − fₖ₋₁| / max(1, |fₖ|).
        change: f64,
        /// The tolerance.
        bound: f64,
    },
    /// A criterion defined by the user was met.
    CriterionMet {
        /// The name of the criterion.
        name: &'static str,
        /// The measured number.
        measured: f64,
        /// The bound.
        bound: f64,
    },
    /// All iterations (or steps) were used.
    OutOfIterations {
        /// The number of completed iterations.
        iterations: usize,
        /// The maximum.
        bound: usize,
    },
    /// All evaluations were used.
    OutOfEvaluations {
        /// The number of evaluations.
        evaluations: usize,
        /// The maximum.
        bound: usize,
    },
    /// All time was used.
    OutOfTime {
        /// The elapsed seconds.
        seconds: f64,
        /// The maximum.
        bound: f64,
    },
    /// The line search found no step length that lowers f enough.
    LineSearchFailed {
        /// The last step length that was tried.
        alpha: f64,
        /// The slope along the direction at length 0 (negative for a descent direction).
        slope: f64,
        /// The number of step lengths that were tried.
        trials: usize,
    },
    /// According to the gradient f falls along a direction, and according to differences of f it does not.
    GradientContradicted {
        /// The slope according to the gradient.
        slope: f64,
        /// The slope according to differences.
        measured: f64,
    },
    /// f has a kink: along the direction the slope jumps within a step that is too short for curvature. A
    /// method that models f as smooth cannot go on.
    Kink {
        /// The slope just before the kink.
        before: f64,
        /// The slope just beyond it.
        after: f64,
    },
    /// f has no lower bound that the run could find: it fell further and further, as far as numbers go.
    Unbounded {
        /// The last and lowest value.
        value: f64,
    },
    /// The direction does not go downhill: the Hessian there is not positive definite.
    NotADescentDirection {
        /// The iteration.
        iteration: usize,
        /// The slope along the direction, which is ≥ 0 or NaN.
        slope: f64,
    },
    /// No step in the trust region lowered f, however small the region became.
    TrustRegionFailed {
        /// The radius, relative to max(1, ‖x‖₂) or to another scale of the optimizer.
        radius: f64,
        /// The smallest radius that was tried.
        bound: f64,
        /// The number of steps that were tried in the last iteration.
        trials: usize,
    },
    /// The Hessian could not be made positive definite, or the linear system could not be solved.
    HessianFailed {
        /// The iteration.
        iteration: usize,
        /// The largest shift of the diagonal that was tried.
        shift: f64,
    },
    /// The Hessian (or Jacobian) has entries that are infinite or NaN.
    HessianNotFinite {
        /// The iteration.
        iteration: usize,
    },
    /// A matrix of which the optimizer takes a root is not positive definite.
    NotPositive {
        /// The iteration.
        iteration: usize,
        /// The smallest eigenvalue, or NaN if an entry is not finite.
        eigenvalue: f64,
        /// What it must exceed: what rounding makes of 0.
        bound: f64,
    },
    /// The matrices of the optimizer do not fit into memory.
    OutOfMemory {
        /// The bytes that they need.
        bytes: f64,
        /// The bytes that are available.
        bound: f64,
    },
    /// f or its gradient is infinite or NaN: the run diverged.
    NotFinite {
        /// The iteration at which this was noticed.
        iteration: usize,
        /// f at that iteration.
        value: f64,
    },
    /// An entry of x is infinite or NaN, although f and its gradient are finite: f does not depend on it.
    PointNotFinite {
        /// The iteration at which this was noticed.
        iteration: usize,
    },
    /// The rule divided 0 by 0: all gradients of a coordinate were 0, and its eps is 0.
    DividedByZero {
        /// The iteration at which this was noticed.
        iteration: usize,
    },
    /// The observer stopped the run.
    StoppedByObserver {
        /// The number of completed iterations.
        iterations: usize,
    },
    /// The user interrupted the run: see [`interrupt`](super::interrupt).
    Interrupted {
        /// The number of completed iterations.
        iterations: usize,
    },
}

impl Termination {
    /// The reason of an optimizer that meets a gradient of exactly 0.
    pub(crate) const NOWHERE_TO_GO: Termination =
        Termination::LineSearchFailed { alpha: 0.0, slope: 0.0, trials: 0 };

    /// Whether the run ended at a point that meets a tolerance of the gradient.
    pub fn converged(&self) -> bool {
        matches!(self, Termination::Converged { .. } | Termination::ConvergedRelatively { .. })
    }

    /// Whether the run ended because f, its gradient or x is not finite any more.
    pub fn diverged(&self) -> bool {
        matches!(
            self,
            Termination::NotFinite { .. }
                | Termination::PointNotFinite { .. }
                | Termination::DividedByZero { .. }
        )
    }

    /// Returns a machine-readable word: "converged", "target_reached", "out_of_iterations", …
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
            Termination::Kink { .. } => "kink",
            Termination::Unbounded { .. } => "unbounded",
            Termination::NotADescentDirection { .. } => "not_a_descent_direction",
            Termination::TrustRegionFailed { .. } => "trust_region_failed",
            Termination::HessianFailed { .. } => "hessian_failed",
            Termination::HessianNotFinite { .. } => "hessian_not_finite",
            Termination::NotPositive { .. } => "not_positive",
            Termination::OutOfMemory { .. } => "out_of_memory",
            Termination::NotFinite { .. } | Termination::PointNotFinite { .. } => "not_finite",
            Termination::DividedByZero { .. } => "divided_by_zero",
            Termination::StoppedByObserver { .. } => "stopped_by_observer",
            Termination::Interrupted { .. } => "interrupted",
        }
    }

    /// Returns the measured number and its bound. NaN where the reason has no bound.
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
            Termination::Kink { before, after } => (after, before),
            Termination::Unbounded { value } => (value, f64::NAN),
            Termination::NotADescentDirection { slope, .. } => (slope, 0.0),
            Termination::TrustRegionFailed { radius, bound, .. } => (radius, bound),
            Termination::HessianFailed { shift, .. } => (shift, f64::NAN),
            Termination::HessianNotFinite { iteration } => (iteration as f64, f64::NAN),
            Termination::NotPositive { eigenvalue, bound, .. } => (eigenvalue, bound),
            Termination::OutOfMemory { bytes, bound } => (bytes, bound),
            Termination::NotFinite { value, .. } => (value, f64::NAN),
            Termination::PointNotFinite { iteration } | Termination::DividedByZero { iteration } => {
                (iteration as f64, f64::NAN)
            }
            Termination::StoppedByObserver { iterations } | Termination::Interrupted { iterations } => {
                (iterations as f64, f64::NAN)
            }
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
                    "no direction is left: the gradient is exactly zero, and there was no gradient \
                     tolerance to meet"
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
                "line search failed: {trials} step length{}, the last {alpha:.1e}, did not lower f enough \
                 along a slope of {slope:.1e}; either no lower value can be told apart in this precision, \
                 or the gradient is not right (check it with gradcheck)",
                if trials == 1 { "" } else { "s" }
            ),
            Termination::GradientContradicted { slope, measured } => write!(
                f,
                "line search failed: by the gradient the slope of f along the direction is {slope:.3e}, by \
                 differences of f {measured:.3e}; the gradient is wrong (find the entry with gradcheck)"
            ),
            Termination::Kink { before, after } => write!(
                f,
                "line search failed: f has a kink here, where the slope along the direction jumps from \
                 {before:.3e} to {after:.3e}; use a smooth function (such as the loss softmax or logistic, \
                 without l1), or an update rule such as adam"
            ),
            Termination::Unbounded { value } => {
                write!(f, "unbounded below, as far as numbers show: f has fallen to {value:.3e}")
            }
            Termination::NotADescentDirection { iteration, slope } => write!(
                f,
                "not a descent direction: the slope along the step of iteration {iteration} is {slope:.1e}, \
                 not below 0; the Hessian there is not positive definite (shift it, or use a trust region)"
            ),
            Termination::TrustRegionFailed { radius, bound, trials } => write!(
                f,
                "trust region failed: {trials} step{} did not lower f, down to a radius of {radius:.1e} ≤ \
                 {bound:.1e}; either rounding hides what is left, or the first radius was too small, or the \
                 gradient or Hessian is wrong (check them with differences: gradcheck)",
                if trials == 1 { "" } else { "s" }
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
            Termination::NotPositive { iteration, eigenvalue, bound } => write!(
                f,
                "iteration {iteration} needs a root of a matrix that is not positive definite: its smallest \
                 eigenvalue is {eigenvalue:.3e}, which does not exceed {bound:.1e}; raise matrix-eps"
            ),
            Termination::OutOfMemory { bytes, bound } => write!(
                f,
                "out of memory: the optimizer needs {} ({bytes:.0} bytes), and {} are available; use L-BFGS \
                 or conjugate gradients, which keep a few vectors",
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
                     try a smaller learning rate or another start"
                )
            }
            Termination::NotFinite { iteration, value } => {
                write!(
                    f,
                    "diverged: f = {value} at iteration {iteration}; try a smaller learning rate or another start"
                )
            }
            Termination::PointNotFinite { iteration: 0 } => {
                write!(f, "not finite: x has an entry that is infinite or not a number; choose another start")
            }
            Termination::PointNotFinite { iteration } => write!(
                f,
                "diverged: x has an entry that is infinite or not a number at iteration {iteration}; try a \
                 smaller learning rate or another start"
            ),
            Termination::DividedByZero { iteration } => write!(
                f,
                "diverged: the rule divided 0 by 0 at iteration {iteration}, since eps is 0 and a coordinate had \
                 only gradients of 0; give an eps above 0, such as 1e-8"
            ),
            Termination::StoppedByObserver { iterations } => {
                write!(f, "stopped by the observer after {iterations} iterations")
            }
            Termination::Interrupted { iterations } => {
                write!(f, "interrupted after {iterations} iterations")
            }
        }
    }
}
