//! The adapter that makes an optimizer of any update rule.

use super::sam::climb;
use super::{Clip, State, UpdateRule};
use crate::error::{Error, Result, check_hyperparameter};
use crate::linalg::{slice, slice_mut};
use crate::objective::Differentiable;
use crate::optimizer::{Iterate, Optimizer, Saved};
use crate::real::Real;
use crate::schedule::Schedule;
use crate::stop::Termination;
use ndarray::Array1;
use std::ops::ControlFlow;

/// An update rule with its learning rate and schedule, as an optimizer of a differentiable function.
///
/// Each iteration costs one value with gradient. The look-ahead form of Nesterov and the schedule-free rules
/// cost two, since they take their gradient at another point than the reported one, and so does
/// [`Sam`](super::Sam), which takes a second one.
///
/// ```
/// use gradus::prelude::*;
/// let rule = FirstOrder::new(Momentum::default(), 0.01)?;
/// let found =
///     minimize(problems::Quadratic::new(&[1.0, 100.0]), &array![3.0, -2.0], rule, Stop::grad(1e-6))?;
/// assert!(found.termination.converged());
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct FirstOrder<R, F = f64> {
    rule: R,
    lr: F,
    schedule: Schedule,
    state: State<F>,
    probe: Array1<F>,
    probe_grad: Array1<F>,
    /// The point to which the rule climbs, and the gradient there; empty if it does not.
    climbed: Array1<F>,
    climbed_grad: Array1<F>,
}

impl<F: Real, R: UpdateRule<F>> FirstOrder<R, F> {
    /// Makes an optimizer of `rule` with the constant learning rate `lr`.
    ///
    /// # Errors
    /// If `lr` is not finite and > 0, a hyperparameter of the rule is out of its range, or the rule needs
    /// products with the Hessian, for which [`WithProducts`](super::WithProducts) asks.
    pub fn new(rule: R, lr: F) -> Result<Self> {
        if rule.needs_products() {
            let what =
                format!("{} needs products with the Hessian, and gradients alone are given", rule.name());
            return Err(Error::Unsupported { what, remedy: "run it by WithProducts" });
        }
        FirstOrder::of_gradients(rule, lr)
    }

    /// Makes an optimizer of `rule`, whether it needs products or not.
    pub(super) fn of_gradients(rule: R, lr: F) -> Result<Self> {
        check_hyperparameter("lr", lr.wide(), "finite and > 0", |v| v.is_finite() && v > 0.0)?;
        rule.validate()?;
        rule.check_fits::<F>(lr.wide())?;
        let empty = Array1::default(0);
        Ok(FirstOrder {
            state: State::new(&rule, 0),
            rule,
            lr,
            schedule: Schedule::Constant,
            probe: empty.clone(),
            probe_grad: empty.clone(),
            climbed: empty.clone(),
            climbed_grad: empty,
        })
    }

    /// Sets the schedule of the learning rate, counted in iterations. A schedule with numbers out of range
    /// gives steps that are not finite, which end the run: check it with [`Schedule::validate`].
    #[must_use]
    pub fn schedule(self, schedule: Schedule) -> Self {
        FirstOrder { schedule, ..self }
    }

    /// Returns the rule and its state.
    pub(super) fn parts_mut(&mut self) -> (&R, &mut State<F>) {
        (&self.rule, &mut self.state)
    }
}

impl<F: Real, R: UpdateRule<F>, O: Differentiable<F> + ?Sized> Optimizer<F, O> for FirstOrder<R, F> {
    fn name(&self) -> String {
        let words = [self.rule.name().into(), self.rule.wrapping(), self.rule.clip().words()];
        words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<String>>().join(", ")
    }

    fn check(&self, objective: &O) -> Result<()> {
        if !self.rule.by_layers() {
            return Ok(());
        }
        self.rule.check_layers::<F>(objective.param_layout().as_ref())
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<F>) {
        let dim = iterate.x.len();
        self.state = match objective.param_layout().filter(|_| self.rule.by_layers()) {
            Some(layout) => State::laid_out(&self.rule, &layout),
            None => State::new(&self.rule, dim),
        };
        self.probe = Array1::zeros(dim);
        self.probe_grad = Array1::zeros(dim);
        let climbed = if self.rule.climbs().is_some() { dim } else { 0 };
        (self.climbed, self.climbed_grad) = (Array1::zeros(climbed), Array1::zeros(climbed));
        iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
        iterate.clipped = (self.rule.clip() != Clip::Off).then_some(false);
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<F>) -> ControlFlow<Termination> {
        let lr = self.lr * F::of(self.schedule.at(iterate.k));
        let probe = slice_mut(&mut self.probe);
        let ahead = self.rule.probe(&self.state, lr, slice(&iterate.x), probe);
        let (at, mut grad) = if ahead {
            objective.value_grad(&self.probe, &mut self.probe_grad);
            (&self.probe, &mut self.probe_grad)
        } else {
            (&iterate.x, &mut iterate.grad)
        };
        if let Some(radius) = self.rule.climbs() {
            climb(F::of(radius), slice(at), slice(grad), slice_mut(&mut self.climbed));
            objective.value_grad(&self.climbed, &mut self.climbed_grad);
            grad = &mut self.climbed_grad;
        }
        let grad = slice_mut(grad);
        iterate.clipped = iterate.clipped.map(|_| self.rule.clip().apply(grad));
        self.rule.step(&mut self.state, lr, grad, slice_mut(&mut iterate.x));
        if let Some((eigenvalue, bound)) = self.state.not_positive {
            let iteration = iterate.k;
            return ControlFlow::Break(Termination::NotPositive { iteration, eigenvalue, bound });
        }
        iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
        iterate.alpha = lr;
        ControlFlow::Continue(())
    }

    fn blame(&self, iterate: &Iterate<F>) -> Option<Termination> {
        let divided = self.rule.may_divide_by_zero() && iterate.x.iter().any(|x| x.is_nan());
        divided.then_some(Termination::DividedByZero { iteration: iterate.k })
    }

    fn save(&self, saved: &mut Saved) {
        self.state.save(self.rule.by_layers(), saved);
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        self.state.restore(self.rule.by_layers(), saved)
    }
}
