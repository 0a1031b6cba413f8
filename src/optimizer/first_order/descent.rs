//! The adapter that makes an optimizer of any update rule.

use super::{Clip, State, UpdateRule};
use crate::error::{Result, check_hyperparameter};
use crate::linalg::slice_mut;
use crate::objective::Differentiable;
use crate::optimizer::{Iterate, Optimizer, Saved};
use crate::real::Real;
use crate::schedule::Schedule;
use crate::stop::Termination;
use ndarray::Array1;
use std::ops::ControlFlow;

/// An update rule with its learning rate and schedule, as an optimizer of a differentiable function.
///
/// Each iteration costs one value with gradient. The look-ahead form of Nesterov costs two, since it takes
/// its gradient at another point than the reported one.
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
}

impl<F: Real, R: UpdateRule<F>> FirstOrder<R, F> {
    /// Makes an optimizer of `rule` with the constant learning rate `lr`.
    ///
    /// # Errors
    /// If `lr` is not finite and > 0, or a hyperparameter of the rule is out of its range.
    pub fn new(rule: R, lr: F) -> Result<Self> {
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
            probe_grad: empty,
        })
    }

    /// Sets the schedule of the learning rate, counted in iterations. A schedule with numbers out of range
    /// gives steps that are not finite, which end the run: check it with [`Schedule::validate`].
    #[must_use]
    pub fn schedule(self, schedule: Schedule) -> Self {
        FirstOrder { schedule, ..self }
    }
}

impl<F: Real, R: UpdateRule<F>, O: Differentiable<F> + ?Sized> Optimizer<F, O> for FirstOrder<R, F> {
    fn name(&self) -> String {
        match self.rule.clip() {
            Clip::Off => self.rule.name().into(),
            clip => format!("{}, {}", self.rule.name(), clip.words()),
        }
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
        iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
        iterate.clipped = (self.rule.clip() != Clip::Off).then_some(false);
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<F>) -> ControlFlow<Termination> {
        let lr = self.lr * F::of(self.schedule.at(iterate.k));
        let x = slice_mut(&mut iterate.x);
        let probe = slice_mut(&mut self.probe);
        let grad = if self.rule.probe(&self.state, lr, x, probe) {
            objective.value_grad(&self.probe, &mut self.probe_grad);
            &mut self.probe_grad
        } else {
            &mut iterate.grad
        };
        let grad = slice_mut(grad);
        iterate.clipped = iterate.clipped.map(|_| self.rule.clip().apply(grad));
        self.rule.step(&mut self.state, lr, grad, x);
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
        saved.put("first", self.state.first.iter().copied());
        saved.put("second", self.state.second.iter().copied());
        saved.put("third", self.state.third.iter().copied());
        saved.put_one("steps", self.state.steps as f64);
        saved.put_one("product", self.state.product);
        if self.rule.by_layers() {
            saved.put("parts", self.state.numbers_of_parts());
        }
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        saved.take("first", &mut self.state.first)?;
        saved.take("second", &mut self.state.second)?;
        saved.take("third", &mut self.state.third)?;
        self.state.steps = saved.take_one("steps")? as u64;
        self.state.product = saved.take_one("product")?;
        if self.rule.by_layers() {
            let mut numbers = self.state.numbers_of_parts();
            saved.take("parts", &mut numbers)?;
            self.state.put_back_parts(&numbers);
        }
        Ok(())
    }
}
