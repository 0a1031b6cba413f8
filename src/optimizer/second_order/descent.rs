//! The checks before and after a line search.

use crate::line_search::{Ray, Search};
use crate::optimizer::Iterate;
use crate::real::Real;
use crate::stop::Termination;
use ndarray::ArrayRef1;
use std::ops::ControlFlow;

/// Returns the value at the iterate and the slope along `direction`, or `None` if the gradient is exactly 0,
/// so that there is nowhere to go. Breaks if the direction does not descend.
pub(super) fn descent(
    iterate: &Iterate<f64>,
    direction: &ArrayRef1<f64>,
) -> ControlFlow<Termination, Option<Ray<f64>>> {
    if iterate.grad.iter().all(|&g| g == 0.0) {
        return ControlFlow::Continue(None);
    }
    let ray = Ray { value: iterate.value, slope: iterate.grad.dot(direction) };
    if ray.slope >= 0.0 || ray.slope.is_nan() {
        return ControlFlow::Break(Termination::NotADescentDirection {
            iteration: iterate.k,
            slope: ray.slope,
        });
    }
    ControlFlow::Continue(Some(ray))
}

/// Returns the step length of a successful search along a direction of this `slope`, and breaks after a
/// failed one.
#[inline]
pub(super) fn step_length<F: Real>(outcome: Search<F>, slope: F) -> ControlFlow<Termination, F> {
    match outcome {
        Search::Found { alpha, .. } => ControlFlow::Continue(alpha),
        Search::Unbounded { value, .. } => ControlFlow::Break(Termination::Unbounded { value: value.wide() }),
        Search::Failed { alpha, trials } => ControlFlow::Break(Termination::LineSearchFailed {
            alpha: alpha.wide(),
            slope: slope.wide(),
            trials,
        }),
    }
}
