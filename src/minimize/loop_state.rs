//! The loop that all minimizations share.

use super::clock::{Clock, Precision};
use super::moment::Moment;
use crate::error::{Error, Result};
use crate::objective::Objective;
use crate::optimizer::{Iterate, Optimizer};
use crate::real::Real;
use crate::stop::{Termination, interrupt};
use ndarray::ArrayRef1;
use std::ops::ControlFlow;
use std::time::Duration;

/// A run under way: the bare loop of [`minimize`](super::minimize()), which has no limits, keeps no trace and
/// copies no iterate. Only the observer, the optimizer and an [`interrupt`](crate::stop::interrupt) can end
/// it.
///
/// [`minimize`](super::minimize()) adds limits and a trace; the runs of a comparison, which record
/// checkpoints of their own, use this loop directly.
///
/// ```
/// use gradus::minimize::LoopState;
/// use gradus::prelude::*;
/// use std::ops::ControlFlow;
/// let mut rule = FirstOrder::new(Sgd, 0.5)?;
/// let mut run = LoopState::new(problems::Quadratic::new(&[1.0]), &array![8.0])?;
/// run.start(&mut rule);
/// let reason: Termination = run.run(&mut rule, |moment| match moment.iterate.value <= 0.5 {
///     true => ControlFlow::Break(Termination::TargetReached { value: moment.iterate.value, bound: 0.5 }),
///     false => ControlFlow::Continue(()),
/// });
/// assert_eq!((run.iterate().k, reason.word()), (3, "target_reached"));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug)]
pub struct LoopState<F, O> {
    objective: O,
    iterate: Iterate<F>,
    clipped: u64,
    clock: Clock,
}

impl<F: Real, O: Objective<F>> LoopState<F, O> {
    /// Prepares a run from `x0`. Nothing is evaluated yet.
    ///
    /// # Errors
    /// If `x0` has another length than the objective.
    pub fn new(objective: O, x0: &ArrayRef1<F>) -> Result<Self> {
        if x0.len() != objective.dim() {
            return Err(Error::Shape { what: "x0", expected: vec![objective.dim()], got: vec![x0.len()] });
        }
        let clock = Clock::new(Precision::Exact, Duration::ZERO);
        Ok(LoopState { objective, iterate: Iterate::new(x0), clipped: 0, clock })
    }

    /// Measures no time, for runs that are timed from outside or where there is no clock;
    /// [`Moment::elapsed`] is then always zero.
    #[must_use]
    pub fn untimed(self) -> Self {
        LoopState { clock: Clock::new(Precision::Off, Duration::ZERO), ..self }
    }

    /// Measures time with this precision, from `before` on.
    pub(super) fn timed(self, precision: Precision, before: Duration) -> Self {
        LoopState { clock: Clock::new(precision, before), ..self }
    }

    /// Evaluates the start. Call it once, before the first [`run`](LoopState::run).
    pub fn start<P: Optimizer<F, O> + ?Sized>(&mut self, optimizer: &mut P) {
        self.clock.start();
        optimizer.start(&mut self.objective, &mut self.iterate);
        self.clock.stop();
    }

    /// Iterates until `observer` or the optimizer ends the run, and returns the reason. The observer sees the
    /// iterate before each iteration, with the clock stopped. A run that has ended can be continued by
    /// another call.
    pub fn run<P, E>(
        &mut self,
        optimizer: &mut P,
        mut observer: impl FnMut(&Moment<F, O>) -> ControlFlow<E>,
    ) -> E
    where
        P: Optimizer<F, O> + ?Sized,
        E: From<Termination>,
    {
        self.run_with_optimizer(optimizer, |moment, _| observer(moment))
    }

    /// As [`run`](LoopState::run), with an observer that sees the optimizer too.
    pub(super) fn run_with_optimizer<P, E>(
        &mut self,
        optimizer: &mut P,
        mut observer: impl FnMut(&Moment<F, O>, &P) -> ControlFlow<E>,
    ) -> E
    where
        P: Optimizer<F, O> + ?Sized,
        E: From<Termination>,
    {
        self.clock.start();
        let end = loop {
            let elapsed = self.clock.before_observer();
            let (iterate, objective, clipped) = (&self.iterate, &self.objective, self.clipped);
            if let ControlFlow::Break(end) =
                observer(&Moment { iterate, objective, clipped, elapsed }, optimizer)
            {
                break end;
            }
            if interrupt::requested() {
                break Termination::Interrupted { iterations: self.iterate.k }.into();
            }
            self.clock.after_observer();
            if let ControlFlow::Break(end) = optimizer.iterate(&mut self.objective, &mut self.iterate) {
                break end.into();
            }
            self.iterate.k += 1;
            self.clipped += u64::from(self.iterate.clipped == Some(true));
        };
        self.clock.stop();
        end
    }

    /// Returns the state of the run as an observer sees it.
    pub fn moment(&self) -> Moment<'_, F, O> {
        Moment {
            iterate: &self.iterate,
            objective: &self.objective,
            clipped: self.clipped,
            elapsed: self.clock.elapsed(),
        }
    }

    /// Returns the iterate.
    pub fn iterate(&self) -> &Iterate<F> {
        &self.iterate
    }

    pub(super) fn parts_mut(&mut self) -> (&mut O, &mut Iterate<F>) {
        (&mut self.objective, &mut self.iterate)
    }

    pub(super) fn into_parts(self) -> (O, Iterate<F>) {
        (self.objective, self.iterate)
    }
}
