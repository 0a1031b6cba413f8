//! The loop that BFGS, L-BFGS and conjugate gradients share.

use super::first_trial::FirstTrial;
use super::room::out_of_memory;
use super::scaling::Scaling;
use super::search_direction::{SearchDirection, Step};
use super::trial_point::TrialPoint;
use super::units::{InUnits, Units};
use crate::error::Result;
use crate::linalg::slice;
use crate::line_search::LineSearch;
use crate::objective::Differentiable;
use crate::optimizer::{Iterate, Optimizer, Saved};
use crate::real::Real;
use crate::stop::Termination;
use std::ops::ControlFlow;

/// A line-search method: x ← x + α·d, with the direction d by `D` and the step length α by a line search.
/// [`Bfgs`](super::Bfgs), [`CholeskyBfgs`](super::CholeskyBfgs), [`Lbfgs`](super::Lbfgs) and
/// [`ConjugateGradient`](super::ConjugateGradient) are such methods.
///
/// If a direction does not descend, or the search along it fails, `D` forgets the curvature, and the
/// iteration starts again along −∇f. If the search along −∇f fails too, the run ends.
///
/// To add a method, implement [`SearchDirection`] (which shows an example) and pass it to
/// [`LineSearchMethod::from_direction`].
#[derive(Debug, Clone)]
pub struct LineSearchMethod<F, D> {
    pub(super) method: D,
    pub(super) direction: Vec<F>,
    line_search: LineSearch,
    first_trial: FirstTrial,
    /// After a step, the point before it.
    trial: TrialPoint<F>,
    pub(super) units: Units,
    refused: Option<Termination>,
}

/// A [`SearchDirection`] that approximates the Hessian or its inverse, so that step length 1 is right near a
/// minimum.
pub trait QuasiNewton {
    /// The setting of the initial matrix.
    fn scaling_mut(&mut self) -> &mut Scaling;
}

impl<F: Real, D> LineSearchMethod<F, D> {
    /// The method that searches along the directions of `method`, by `line_search` unless the user sets
    /// another one.
    pub fn from_direction(method: D, line_search: LineSearch) -> Self {
        LineSearchMethod {
            method,
            direction: Vec::new(),
            line_search,
            first_trial: FirstTrial::default(),
            trial: TrialPoint::new(0),
            units: Units::default(),
            refused: None,
        }
    }

    /// The same settings around another formula, for a run that has not begun.
    pub(super) fn with_direction<E>(self, change: impl FnOnce(D) -> E) -> LineSearchMethod<F, E> {
        let first_trial = self.first_trial;
        LineSearchMethod {
            first_trial,
            ..LineSearchMethod::from_direction(change(self.method), self.line_search)
        }
    }

    /// Sets the line search. The default is [`MoreThuente`](crate::line_search::MoreThuente), for conjugate
    /// gradients with curvature .1.
    ///
    /// # Errors
    /// If one of its parameters is out of its range.
    pub fn line_search(self, search: impl Into<LineSearch>) -> Result<Self> {
        let line_search = search.into();
        line_search.validate()?;
        Ok(LineSearchMethod { line_search, ..self })
    }
}

impl<F: Real, D: QuasiNewton> LineSearchMethod<F, D> {
    /// Sets the step length that is tried first. The default is [`FirstTrial::Unit`].
    #[must_use]
    pub fn first_trial(self, first_trial: FirstTrial) -> Self {
        LineSearchMethod { first_trial, ..self }
    }

    /// Sets the initial matrix. The default is [`Scaling::Ample`](super::Scaling::Ample) for BFGS in both
    /// forms, [`Scaling::Pair`](super::Scaling::Pair) for L-BFGS.
    #[must_use]
    pub fn scaling(mut self, scaling: Scaling) -> Self {
        *self.method.scaling_mut() = scaling;
        self
    }
}

impl<F: Real, O: Differentiable<F> + ?Sized, D: SearchDirection<F, O>> Optimizer<F, O>
    for LineSearchMethod<F, D>
{
    fn name(&self) -> String {
        self.method.name()
    }

    fn stays_finite(&self) -> bool {
        true
    }

    fn save(&self, saved: &mut Saved) {
        self.method.save(saved);
        if D::KEEPS_DIRECTION {
            saved.put("direction", self.direction.iter().copied());
        }
        self.trial.save(saved);
        self.units.save(saved);
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        self.method.restore(saved)?;
        if D::KEEPS_DIRECTION {
            saved.take("direction", &mut self.direction)?;
        }
        self.units = Units::restored(saved);
        self.trial.restore(saved)
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<F>) {
        let dim = iterate.x.len();
        self.refused = out_of_memory(self.method.bytes(dim));
        if self.refused.is_none() {
            self.direction = vec![F::zero(); dim];
            self.trial = TrialPoint::new(dim);
            self.method.start(dim);
        }
        iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
        self.units = if D::SCALE_FREE { Units::of(iterate) } else { Units::default() };
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<F>) -> ControlFlow<Termination> {
        if let Some(refused) = self.refused {
            return ControlFlow::Break(refused);
        }
        match self.units.within(objective, iterate, |objective, iterate| self.step(objective, iterate)) {
            // The squares of the gradient are 0 in these units. Start again in others, unless it is 0 itself.
            ControlFlow::Break(Termination::LineSearchFailed { trials: 0, .. })
                if D::SCALE_FREE && self.units.change(iterate) =>
            {
                self.method.forget();
                self.trial.value_before = F::nan();
                self.units.within(objective, iterate, |objective, iterate| self.step(objective, iterate))
            }
            flow => flow,
        }
    }
}

impl<F: Real, D> LineSearchMethod<F, D> {
    /// Makes one iteration, in the units of the run.
    #[inline]
    fn step<O: Differentiable<F> + ?Sized>(
        &mut self,
        objective: &mut InUnits<O>,
        iterate: &mut Iterate<F>,
    ) -> ControlFlow<Termination>
    where
        D: SearchDirection<F, O>,
    {
        let LineSearchMethod { method, direction, line_search, first_trial, trial, .. } = self;
        method.prepare(objective.objective, iterate);
        loop {
            let slope = method.update_direction(direction, slice(&iterate.grad), slice(&trial.grad));
            let fresh = method.is_fresh();
            if !fresh && (slope.is_nan() || slope >= F::zero()) {
                method.forget();
                continue;
            }
            let first = method.first_trial(*first_trial, iterate, slope, trial.value_before);
            match trial.search(line_search, objective, iterate, direction, slope, first) {
                ControlFlow::Continue(alpha) => {
                    let (grad_before, grad) = (slice(&trial.grad), slice(&iterate.grad));
                    method.learn(Step { alpha, direction, slope, grad_before, grad });
                    return ControlFlow::Continue(());
                }
                ControlFlow::Break(unbounded @ Termination::Unbounded { .. }) => {
                    return ControlFlow::Break(unbounded);
                }
                ControlFlow::Break(failure) if fresh => {
                    let least = objective.units.least_value::<F>();
                    return ControlFlow::Break(trial.diagnose(failure, objective, iterate, direction, least));
                }
                ControlFlow::Break(_) => method.forget(),
            }
        }
    }
}
