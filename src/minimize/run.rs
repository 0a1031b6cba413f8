//! What the loop keeps from iteration to iteration.

use super::clock::Clock;
use super::{Minimum, SavedRun, Start};
use crate::error::Result;
use crate::linalg;
use crate::objective::{Counted, Objective};
use crate::optimizer::{Iterate, Optimizer, Saved};
use crate::real::Real;
use crate::stop::{Progress, Stop, Termination};
use crate::trace::{Row, Trace};
use ndarray::Array1;
use std::time::{Duration, Instant};

/// Rows for which the trace has room from the start, so that a short run allocates nothing; a long one
/// doubles the room each time it is full.
const FIRST_ROWS: usize = 128;

/// What the loop keeps.
pub(super) struct Run<F, O> {
    pub(super) objective: Counted<O>,
    pub(super) iterate: Iterate<F>,
    /// The best iterate, of optimizers that may run away.
    best: Option<Iterate<F>>,
    /// The iterate before, for the length of the step; empty if no limit asks for it.
    previous: Array1<F>,
    previous_value: F,
    start_grad_norm: f64,
    trace: Trace,
    coordinates: Vec<f64>,
    clock: Clock,
    /// Time of the runs that this one resumes.
    earlier: Duration,
    pub(super) last_save: Instant,
}

impl<F: Real, O: Objective<F>> Run<F, O> {
    /// Evaluates the start, or takes up a saved run.
    pub(super) fn begin<P: Optimizer<F, Counted<O>>>(
        objective: O,
        start: Start<F>,
        optimizer: &mut P,
        stop: &Stop,
    ) -> Result<Self> {
        let clock = Clock::start(stop.max_time.is_some());
        let x = match &start {
            Start::Point(x) => x.clone(),
            Start::Run(saved) => saved.x.mapv(F::of),
        };
        let (dim, mut iterate) = (x.len(), Iterate::new(&x));
        let mut run = Run {
            objective: Counted::new(objective),
            best: (!optimizer.stays_finite()).then(|| iterate.clone()),
            previous: Array1::from_elem(if stop.step_tol.is_some() { dim } else { 0 }, F::nan()),
            previous_value: F::nan(),
            start_grad_norm: f64::NAN,
            trace: Trace::new(dim, stop.max_iter.min(FIRST_ROWS - 1) + 1),
            coordinates: vec![0.0; dim],
            earlier: Duration::ZERO,
            last_save: clock.started,
            clock,
            iterate: Iterate::new(&x),
        };
        optimizer.start(&mut run.objective, &mut iterate);
        if let Start::Run(saved) = start {
            optimizer.restore(&saved.memory)?;
            saved.put_back(&mut iterate);
            run.objective.set_evaluations(saved.evaluations);
            run.start_grad_norm = saved.start_grad_norm;
            run.earlier = Duration::try_from_secs_f64(saved.seconds).unwrap_or_default();
        } else {
            run.start_grad_norm = stop.norm.of(&iterate.grad).wide();
        }
        run.iterate = iterate;
        Ok(run)
    }

    /// The time of this run and of those that it resumes, exactly.
    fn seconds(&self) -> f64 {
        (self.earlier + self.clock.started.elapsed()).as_secs_f64()
    }

    /// Adds a row to the trace, keeps the best, and holds the iterate against the limits.
    pub(super) fn record(&mut self, stop: &Stop) -> Option<Termination> {
        let (iterate, evaluations, elapsed) =
            (&self.iterate, self.objective.evaluations(), self.earlier + self.clock.elapsed());
        let max_norm = linalg::max_norm(&iterate.grad).wide();
        if !self.trace.x.is_empty() {
            self.coordinates.iter_mut().zip(&iterate.x).for_each(|(c, x)| *c = x.wide());
        }
        let value = iterate.value.wide();
        self.trace.push(Row {
            iteration: iterate.k,
            value,
            grad_norm: max_norm,
            alpha: iterate.alpha.wide(),
            clipped: iterate.clipped,
            evaluations,
            seconds: elapsed.as_secs_f64(),
            x: &self.coordinates,
        });
        // A gradient that was asked for and is not a number is a divergence, not an unknown.
        let diverged = evaluations.grad > 0 && max_norm.is_nan();
        let grad_norm = if diverged { f64::INFINITY } else { stop.norm.of(&iterate.grad).wide() };
        let progress = Progress {
            iteration: iterate.k,
            value,
            grad_norm,
            start_grad_norm: self.start_grad_norm,
            step: self.step(),
            change: (value - self.previous_value.wide()).abs() / value.abs().max(1.0),
            evaluations: evaluations.value + evaluations.hess,
            elapsed,
        };
        self.remember();
        stop.check(&progress)
    }

    /// How far the last step went, relative to max(1, ‖x‖∞).
    fn step(&self) -> f64 {
        if self.previous.is_empty() {
            return f64::NAN;
        }
        let larger = |largest: f64, v: f64| if v > largest || v.is_nan() { v } else { largest };
        let step = self
            .iterate
            .x
            .iter()
            .zip(&self.previous)
            .fold(0.0, |largest, (a, b)| larger(largest, (*a - *b).abs().wide()));
        step / linalg::max_norm(&self.iterate.x).wide().max(1.0)
    }

    /// Keeps what the next iterate is compared with, without allocating.
    fn remember(&mut self) {
        let iterate = &self.iterate;
        if !self.previous.is_empty() {
            self.previous.assign(&iterate.x);
        }
        self.previous_value = iterate.value;
        if let Some(best) = &mut self.best
            && iterate.value.is_finite()
            && (iterate.value < best.value || !best.value.is_finite())
        {
            best.x.assign(&iterate.x);
            best.grad.assign(&iterate.grad);
            (best.k, best.value, best.alpha) = (iterate.k, iterate.value, iterate.alpha);
        }
    }

    /// The run as it stands.
    pub(super) fn save<P: Optimizer<F, Counted<O>>>(&mut self, label: &str, optimizer: &P) -> SavedRun {
        let mut memory = Saved::default();
        optimizer.save(&mut memory);
        let seconds = self.seconds();
        self.last_save = Instant::now();
        let (evaluations, start_grad_norm) = (self.objective.evaluations(), self.start_grad_norm);
        SavedRun::of(&self.iterate, label, optimizer.name(), evaluations, start_grad_norm, seconds, memory)
    }

    pub(super) fn end<P: Optimizer<F, Counted<O>>>(
        mut self,
        termination: Termination,
        optimizer: &mut P,
    ) -> Minimum<F> {
        let (seconds, evaluations) = (self.seconds(), self.objective.evaluations());
        let iterations = self.iterate.k;
        let diverged = matches!(termination, Termination::NotFinite { .. });
        let last = self.best.filter(|_| diverged).unwrap_or(self.iterate);
        let smallest_eigenvalue = match termination.converged() {
            true => optimizer.smallest_eigenvalue(&mut self.objective, &last.x),
            false => None,
        };
        Minimum {
            optimizer: optimizer.name(),
            value: last.value,
            grad_norm: linalg::max_norm(&last.grad),
            x: last.x,
            iterations,
            evaluations,
            termination,
            smallest_eigenvalue,
            shift: optimizer.shift(),
            seconds,
            trace: self.trace,
        }
    }
}
