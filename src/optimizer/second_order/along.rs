//! The point that a line search moves along a direction, and the settings that all who search along one
//! share.

use crate::error::Result;
use crate::linalg::vector;
use crate::line_search::{LineSearch, Ray, Search};
use crate::objective::Differentiable;
use crate::optimizer::{Iterate, Saved};
use crate::real::Real;
use crate::stop::Termination;
use ndarray::Array1;
use std::ops::ControlFlow;

/// The step length that a quasi-Newton iteration tries first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FirstTrial {
    /// 1, which becomes right as the quasi-Newton matrix does; in the first iteration, and after a restart,
    /// min(1, 1/‖∇f‖₂), as L-BFGS-B does, unless a preconditioner sets the scale.
    #[default]
    Unit,
    /// The same with min(1, 1/‖∇f‖₁), as torch does.
    UnitOneNorm,
    /// min(1, 1.01·2(fₖ − fₖ₋₁)/φ′(0)), the parabola that would repeat the last decrease (Nocedal & Wright
    /// 2006, equation 3.60), with f₋₁ = f₀ + ‖∇f₀‖₂/2, as SciPy's BFGS does.
    LastDecrease,
}

impl FirstTrial {
    /// The first trial. `fresh` if nothing is known of the curvature, and the direction is −∇f.
    pub(super) fn length<F: Real>(self, iterate: &Iterate<F>, slope: F, fresh: bool, value_before: F) -> F {
        let grad = iterate.grad.as_slice().expect("a gradient lies without gaps");
        let one = F::one();
        match self {
            FirstTrial::Unit if fresh => one.min(one / vector::dot(grad, grad).sqrt()),
            FirstTrial::UnitOneNorm if fresh => one.min(one / vector::one_norm(grad)),
            FirstTrial::Unit | FirstTrial::UnitOneNorm => one,
            FirstTrial::LastDecrease => {
                let before = if value_before.is_nan() {
                    iterate.value + vector::dot(grad, grad).sqrt() / F::of(2.0)
                } else {
                    value_before
                };
                let alpha = one.min(F::of(1.01 * 2.0) * (iterate.value - before) / slope);
                if alpha > F::zero() { alpha } else { one }
            }
        }
    }
}

/// A trial point with its value and gradient: after a search, the point before.
#[derive(Debug, Clone, Default)]
pub(super) struct Along<F> {
    pub x: Array1<F>,
    pub grad: Array1<F>,
    /// f before the last step; NaN before the first.
    pub value_before: F,
}

impl<F: Real> Along<F> {
    pub fn new(dim: usize) -> Self {
        Along { x: Array1::zeros(dim), grad: Array1::zeros(dim), value_before: F::nan() }
    }

    /// Writes down what outlasts an iteration: the gradient and the value before the last step.
    pub fn save(&self, saved: &mut Saved) {
        saved.put("grad_before", self.grad.iter().copied());
        saved.put_one("value_before", self.value_before.wide());
    }

    pub fn restore(&mut self, saved: &Saved) -> Result<()> {
        self.value_before = F::of(saved.take_one("value_before")?);
        saved.take("grad_before", self.grad.as_slice_mut().expect("a gradient lies without gaps"))
    }

    /// Moves `iterate` along `direction`; the old point and gradient are then here. Gives the step length.
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
        let Along { x, grad, .. } = self;
        let start = iterate.x.as_slice().expect("an iterate lies without gaps");
        let mut value = F::nan();
        let found = search.search(Ray { value: iterate.value, slope }, first, |alpha| {
            vector::move_along(start, alpha, direction, x.as_slice_mut().expect("so does a trial"));
            value = objective.value_grad(x, grad);
            (value, vector::dot(grad.as_slice().expect("and its gradient"), direction))
        });
        match found {
            Search::Found { alpha, .. } => {
                std::mem::swap(&mut iterate.x, &mut self.x);
                std::mem::swap(&mut iterate.grad, &mut self.grad);
                (self.value_before, iterate.value, iterate.alpha) = (iterate.value, value, alpha);
                ControlFlow::Continue(alpha)
            }
            Search::Failed { alpha, trials } => ControlFlow::Break(Termination::LineSearchFailed {
                alpha: alpha.wide(),
                slope: slope.wide(),
                trials,
            }),
        }
    }

    /// After a search has failed: whether f itself, by differences, falls along `direction` as the gradient
    /// says. If not, the failure is the gradient's. Only a clear contradiction counts: two difference
    /// quotients that agree with each other and not with the slope.
    #[cold]
    pub fn diagnose<O: Differentiable<F> + ?Sized>(
        &mut self,
        failure: Termination,
        objective: &mut O,
        iterate: &Iterate<F>,
        direction: &[F],
    ) -> Termination {
        let Termination::LineSearchFailed { slope, trials: 1.., .. } = failure else { return failure };
        let size = |v: &[F]| v.iter().fold(1e-300f64, |m, x| m.max(x.wide().abs()));
        let start = iterate.x.as_slice().expect("an iterate lies without gaps");
        let unit = size(start).max(1.0) / size(direction);
        let mut quotient = |h: f64| {
            let mut at = |alpha: f64| {
                vector::move_along(
                    start,
                    F::of(alpha),
                    direction,
                    self.x.as_slice_mut().expect("so does a trial"),
                );
                objective.value(&self.x).wide()
            };
            (at(h) - at(-h)) / (2.0 * h)
        };
        let h = unit * F::epsilon().wide().cbrt();
        let (coarse, fine) = (quotient(h), quotient(0.1 * h));
        let noise = 10.0 * F::epsilon().wide() * iterate.value.wide().abs() / h;
        let agree = (coarse - fine).abs() <= 0.1 * coarse.abs() + 10.0 * noise;
        let contradict = (coarse - slope).abs() > 0.5 * slope.abs().max(coarse.abs()) + 100.0 * noise;
        if agree && contradict {
            Termination::GradientContradicted { slope, measured: coarse }
        } else {
            failure
        }
    }
}
