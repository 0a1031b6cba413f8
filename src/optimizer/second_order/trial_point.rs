//! The point that a line search moves along a direction.

use super::descent::step_length;
use crate::error::Result;
use crate::linalg::{slice, slice_mut, vector};
use crate::line_search::{LineSearch, Ray, Search};
use crate::objective::Differentiable;
use crate::optimizer::{Iterate, Saved};
use crate::real::Real;
use crate::stop::Termination;
use ndarray::Array1;
use std::ops::ControlFlow;

/// A trial point with its gradient. After a successful search, it holds the point before the step.
#[derive(Debug, Clone, Default)]
pub(super) struct TrialPoint<F> {
    pub x: Array1<F>,
    pub grad: Array1<F>,
    /// f before the last step; NaN before the first.
    pub value_before: F,
}

impl<F: Real> TrialPoint<F> {
    /// A trial point for `dim` parameters.
    pub fn new(dim: usize) -> Self {
        TrialPoint { x: Array1::zeros(dim), grad: Array1::zeros(dim), value_before: F::nan() }
    }

    /// Writes what the next iteration needs: the gradient and the value before the last step.
    pub fn save(&self, saved: &mut Saved) {
        saved.put("grad_before", self.grad.iter().copied());
        saved.put_one("value_before", self.value_before.wide());
    }

    /// Reads what `save` wrote.
    pub fn restore(&mut self, saved: &Saved) -> Result<()> {
        self.value_before = F::of(saved.take_one("value_before")?);
        saved.take("grad_before", slice_mut(&mut self.grad))
    }

    /// Moves `iterate` along `direction`, keeps its old point and gradient here, and returns the step length.
    /// If the search fails, `iterate` stays where it is; if f is unbounded, it moves to the lowest point.
    #[inline]
    pub fn search<O: Differentiable<F> + ?Sized>(
        &mut self,
        search: &LineSearch,
        objective: &mut O,
        iterate: &mut Iterate<F>,
        direction: &[F],
        slope: F,
        first: F,
    ) -> ControlFlow<Termination, F> {
        let TrialPoint { x, grad, .. } = self;
        let start = slice(&iterate.x);
        let mut value = F::nan();
        let found = search.search(Ray { value: iterate.value, slope }, first, |alpha| {
            vector::move_along(start, alpha, direction, slice_mut(x));
            value = objective.value_grad(x, grad);
            (value, vector::dot(slice(grad), direction))
        });
        let lowest = match found {
            Search::Found { alpha, .. } | Search::Unbounded { alpha, .. } => alpha,
            Search::Failed { .. } => return step_length(found, slope),
        };
        std::mem::swap(&mut iterate.x, &mut self.x);
        std::mem::swap(&mut iterate.grad, &mut self.grad);
        (self.value_before, iterate.value, iterate.alpha) = (iterate.value, value, lowest);
        step_length(found, slope)
    }

    /// Finds out what is to blame for a failed search, by difference quotients of f along `direction`.
    ///
    /// A quotient over a short distance is a mean of the slopes there. If two quotients agree with each other
    /// and lie outside the slopes that the gradient gives, then the gradient is wrong. If they lie between
    /// slopes that jump, however short the distance is, then f has a kink. Otherwise returns `failure`.
    /// `least` is the smallest positive value that f can take in the units of the objective.
    #[cold]
    pub fn diagnose<O: Differentiable<F> + ?Sized>(
        &mut self,
        failure: Termination,
        objective: &mut O,
        iterate: &Iterate<F>,
        direction: &[F],
        least: f64,
    ) -> Termination {
        let Termination::LineSearchFailed { slope, trials: 1.., .. } = failure else { return failure };
        let size = |v: &[F]| v.iter().fold(1e-300f64, |m, x| m.max(x.wide().abs()));
        let start = slice(&iterate.x);
        let unit = size(start).max(1.0) / size(direction);
        let (x, grad) = (&mut self.x, &mut self.grad);
        let mut quotient = |objective: &mut O, h: f64| {
            let mut at = |alpha: f64| {
                vector::move_along(start, F::of(alpha), direction, slice_mut(x));
                objective.value(x).wide()
            };
            (at(h) - at(-h)) / (2.0 * h)
        };
        let h = unit * F::epsilon().wide().cbrt();
        let (coarse, fine) = (quotient(objective, h), quotient(objective, 0.1 * h));
        let noise = 10.0 * (F::epsilon().wide() * iterate.value.wide().abs()).max(least) / h;
        let agree = (coarse - fine).abs() <= 0.1 * coarse.abs() + 10.0 * noise;
        let contradict = (coarse - slope).abs() > 0.5 * slope.abs().max(coarse.abs()) + 100.0 * noise;
        if !(agree && contradict) {
            return failure;
        }
        let mut slopes = |h: f64| {
            let mut at = |alpha: f64| {
                vector::move_along(start, F::of(alpha), direction, slice_mut(x));
                objective.value_grad(x, grad);
                vector::dot(slice(grad), direction).wide()
            };
            Slopes { before: at(-h), here: slope, after: at(h) }
        };
        let (far, near) = (slopes(h), slopes(0.1 * h));
        if !far.enclose(coarse, noise) {
            Termination::GradientContradicted { slope, measured: coarse }
        } else if near.jump() > 0.3 * far.jump() && near.jump() > 0.1 * slope.abs() {
            Termination::Kink { before: near.before, after: near.after }
        } else {
            failure
        }
    }
}

/// The slopes along a direction that the gradient gives, at a point and at the same distance before and after
/// it.
#[derive(Debug, Clone, Copy)]
struct Slopes {
    before: f64,
    here: f64,
    after: f64,
}

impl Slopes {
    /// Whether a mean of slopes lies between the least and the largest one, up to a tenth of it and noise.
    fn enclose(self, mean: f64, noise: f64) -> bool {
        let (least, largest) = self.range();
        let slack = 0.1 * mean.abs() + 100.0 * noise;
        mean >= least - slack && mean <= largest + slack
    }

    /// Returns the difference between the least and the largest slope.
    fn jump(self) -> f64 {
        let (least, largest) = self.range();
        largest - least
    }

    fn range(self) -> (f64, f64) {
        let Slopes { before, here, after } = self;
        (before.min(here).min(after), before.max(here).max(after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objective::FunctionWithGradient;
    use ndarray::array;

    /// f(x) = x with the slope −1 at 0, and other slopes at the far trials, h away, and at the near ones.
    fn diagnosed(far: f64, near: f64) -> Termination {
        let h = f64::EPSILON.cbrt();
        let mut f = FunctionWithGradient::new(1, move |x, grad| {
            grad[0] = if x[0] > 0.5 * h {
                far
            } else if x[0] > 0.05 * h {
                near
            } else {
                -1.0
            };
            x[0]
        });
        let failure = Termination::LineSearchFailed { alpha: 1e-9, slope: -1.0, trials: 3 };
        let iterate = Iterate { grad: array![-1.0], value: 0.0, ..Iterate::new(&array![0.0]) };
        TrialPoint::new(1).diagnose(failure, &mut f, &iterate, &[1.0], 0.0)
    }

    #[test]
    fn a_kink_is_a_jump_of_the_slope_that_remains_near_by() {
        assert_eq!(diagnosed(1.0, 1.0), Termination::Kink { before: -1.0, after: 1.0 });
        assert_eq!(diagnosed(1.0, -0.3), Termination::Kink { before: -1.0, after: -0.3 });
        // Near by the jump is a tenth: the slope bends, and the jump vanishes with the distance.
        assert_eq!(diagnosed(1.0, -0.8).word(), "line_search_failed");
        assert_eq!(diagnosed(-0.5, -0.5).word(), "gradient_contradicted");
    }
}
