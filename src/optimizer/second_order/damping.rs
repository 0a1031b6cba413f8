//! A step along a direction whose natural length is 1, shortened where f would not fall.

use crate::linalg::max_norm;
use crate::line_search::{Backtracking, LineSearch, Ray, Search};
use crate::objective::Differentiable;
use crate::optimizer::Iterate;
use crate::stop::Termination;
use ndarray::{Array1, ArrayRef1};
use std::mem::swap;
use std::ops::ControlFlow;

/// Near a minimum f changes by less than it is rounded, so that its fall cannot be seen: by this share of
/// |f|. Terms that cancel make the rounding larger than ε|f|, hence the factor.
pub(super) const ROUNDING: f64 = 1e3 * f64::EPSILON;

/// A line search from step length 1, by default Armijo's backtracking. Where rounding hides whether f falls,
/// a full step that lowers the gradient is taken, so that a run can converge to more digits than f shows.
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
    /// With this line search.
    pub fn by(line_search: LineSearch) -> Self {
        let empty = Array1::default(0);
        Damping { line_search, trial: empty.clone(), trial_grad: empty }
    }

    /// Sizes the buffers.
    pub fn start(&mut self, dim: usize) {
        self.trial = Array1::zeros(dim);
        self.trial_grad = Array1::zeros(dim);
    }

    /// Moves the iterate along `direction`, and evaluates it there.
    pub fn step<O: Differentiable<f64> + ?Sized>(
        &mut self,
        objective: &mut O,
        iterate: &mut Iterate<f64>,
        direction: &ArrayRef1<f64>,
    ) -> ControlFlow<Termination> {
        let ray = Ray { value: iterate.value, slope: iterate.grad.dot(direction) };
        if ray.slope == 0.0 && iterate.grad.iter().all(|&g| g == 0.0) {
            // Already stationary, to the last bit: there is nowhere to go.
            iterate.alpha = 0.0;
            return ControlFlow::Continue(());
        }
        if ray.slope >= 0.0 || ray.slope.is_nan() {
            return ControlFlow::Break(Termination::NotADescentDirection {
                iteration: iterate.k,
                slope: ray.slope,
            });
        }
        let full = self.evaluate(objective, &iterate.x, 1.0, direction);
        if self.only_the_gradient_shows_it(iterate, full) {
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
        match found {
            Search::Failed { alpha, trials } => {
                ControlFlow::Break(Termination::LineSearchFailed { alpha, slope: ray.slope, trials })
            }
            Search::Found { alpha, .. } => {
                self.take(iterate, alpha, value);
                ControlFlow::Continue(())
            }
        }
    }

    /// f and its gradient at x + alpha·direction, which becomes the trial point.
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

    /// Whether f hardly changes by the full step, but the gradient falls.
    fn only_the_gradient_shows_it(&self, iterate: &Iterate<f64>, value: f64) -> bool {
        // A comparison with NaN is false.
        (value - iterate.value).abs() <= ROUNDING * iterate.value.abs()
            && max_norm(&self.trial_grad) < max_norm(&iterate.grad)
    }

    fn take(&mut self, iterate: &mut Iterate<f64>, alpha: f64, value: f64) {
        swap(&mut iterate.x, &mut self.trial);
        swap(&mut iterate.grad, &mut self.trial_grad);
        (iterate.value, iterate.alpha) = (value, alpha);
    }
}
