//! A step of length 1 along a direction, shortened if f does not decrease enough.

use super::descent::{descent, step_length};
use crate::linalg::max_norm;
use crate::line_search::{Backtracking, LineSearch, Search};
use crate::objective::Differentiable;
use crate::optimizer::Iterate;
use crate::stop::Termination;
use ndarray::{Array1, ArrayRef1};
use std::mem::swap;
use std::ops::ControlFlow;

/// The rounding of f, as a share of |f|. Near a minimum f changes by less, so its decrease cannot be
/// measured. The rounding is larger than ε|f| if terms of f cancel, hence the factor.
pub(super) const ROUNDING: f64 = 1e3 * f64::EPSILON;

/// A line search from step length 1, by default Armijo's backtracking. If rounding hides whether f decreases,
/// a full step that makes the gradient smaller is accepted. A run can thus converge to more digits than f
/// shows.
#[derive(Debug, Clone)]
pub(super) struct Damping {
    pub line_search: LineSearch,
    trial: Array1<f64>,
    trial_grad: Array1<f64>,
}

impl Default for Damping {
    fn default() -> Self {
        Damping::by(Backtracking::default().into())
    }
}

impl Damping {
    /// Uses this line search.
    pub fn by(line_search: LineSearch) -> Self {
        let empty = Array1::default(0);
        Damping { line_search, trial: empty.clone(), trial_grad: empty }
    }

    /// Allocates the buffers for `dim` parameters.
    pub fn start(&mut self, dim: usize) {
        self.trial = Array1::zeros(dim);
        self.trial_grad = Array1::zeros(dim);
    }

    /// Moves the iterate along `direction`, and evaluates value and gradient there. If f is unbounded, the
    /// iterate moves to the lowest point.
    pub fn step<O: Differentiable<f64> + ?Sized>(
        &mut self,
        objective: &mut O,
        iterate: &mut Iterate<f64>,
        direction: &ArrayRef1<f64>,
    ) -> ControlFlow<Termination> {
        let Some(ray) = descent(iterate, direction)? else {
            iterate.alpha = 0.0;
            return ControlFlow::Continue(());
        };
        let full = self.evaluate(objective, &iterate.x, 1.0, direction);
        if self.only_the_gradient_decreases(iterate, full) {
            self.take(iterate, 1.0, full);
            return ControlFlow::Continue(());
        }
        let (search, x, mut value, mut first) = (self.line_search, &iterate.x, full, true);
        let found = search.search(ray, 1.0, |alpha| {
            if !std::mem::take(&mut first) || alpha != 1.0 {
                value = self.evaluate(objective, x, alpha, direction);
            }
            (value, self.trial_grad.dot(direction))
        });
        if let Search::Found { alpha, .. } | Search::Unbounded { alpha, .. } = found {
            self.take(iterate, alpha, value);
        }
        step_length(found, ray.slope).map_continue(|_| ())
    }

    /// Evaluates f and its gradient at x + alpha·direction, which becomes the trial point. Returns f.
    fn evaluate<O: Differentiable<f64> + ?Sized>(
        &mut self,
        objective: &mut O,
        x: &ArrayRef1<f64>,
        alpha: f64,
        direction: &ArrayRef1<f64>,
    ) -> f64 {
        self.trial.assign(x);
        self.trial.scaled_add(alpha, direction);
        objective.value_grad(&self.trial, &mut self.trial_grad)
    }

    /// Returns whether the full step changes f by no more than rounding, but makes the gradient smaller.
    fn only_the_gradient_decreases(&self, iterate: &Iterate<f64>, value: f64) -> bool {
        // A comparison with NaN is false.
        (value - iterate.value).abs() <= ROUNDING * iterate.value.abs()
            && max_norm(&self.trial_grad) < max_norm(&iterate.grad)
    }

    /// Makes the trial point the iterate.
    fn take(&mut self, iterate: &mut Iterate<f64>, alpha: f64, value: f64) {
        swap(&mut iterate.x, &mut self.trial);
        swap(&mut iterate.grad, &mut self.trial_grad);
        (iterate.value, iterate.alpha) = (value, alpha);
    }
}
