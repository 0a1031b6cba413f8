//! What [`minimize`](super::minimize()) keeps of a run: the trace, the best iterate, and what limits compare.

use super::minimum::Minimum;
use super::moment::Moment;
use crate::linalg;
use crate::objective::{Counted, Objective};
use crate::optimizer::{Iterate, Optimizer};
use crate::real::Real;
use crate::stop::{Measurements, Stop, Termination};
use crate::trace::{Trace, TraceRow};
use ndarray::Array1;

/// Rows for which the trace has room from the start, so that a short run allocates nothing. The room doubles
/// each time the trace is full.
const FIRST_ROWS: usize = 128;

/// How far below its start f must have fallen, relative to |f| and ‖∇f‖ there, for it to count as unbounded.
const BOTTOMLESS: f64 = 1e20;

/// The record of a run.
pub(super) struct Record<F> {
    /// The best iterate, for optimizers that may diverge.
    pub(super) best: Option<Iterate<F>>,
    /// The previous iterate, for the length of the step; empty if no limit asks for it.
    previous: Array1<F>,
    previous_value: F,
    pub(super) start_grad_norm: f64,
    trace: Trace,
    coordinates: Vec<f64>,
}

impl<F: Real> Record<F> {
    /// Returns an empty record for a run from `start`, which need not be evaluated yet.
    pub(super) fn new(start: &Iterate<F>, keep_best: bool, stop: &Stop) -> Self {
        let dim = start.x.len();
        Record {
            best: keep_best.then(|| start.clone()),
            previous: Array1::from_elem(if stop.step_tol.is_some() { dim } else { 0 }, F::nan()),
            previous_value: F::nan(),
            start_grad_norm: f64::NAN,
            trace: Trace::new(dim, stop.max_iter.min(FIRST_ROWS - 1) + 1),
            coordinates: vec![0.0; dim],
        }
    }

    /// Adds a row to the trace, keeps the best iterate, and checks the limits.
    pub(super) fn record<O>(&mut self, moment: &Moment<F, Counted<O>>, stop: &Stop) -> Option<Termination> {
        let (iterate, evaluations) = (moment.iterate, moment.evaluations());
        let max_norm = linalg::max_norm(&iterate.grad).wide();
        if !self.trace.x.is_empty() {
            self.coordinates.iter_mut().zip(&iterate.x).for_each(|(c, x)| *c = x.wide());
        }
        let value = iterate.value.wide();
        self.trace.push(TraceRow {
            iteration: iterate.k,
            value,
            grad_norm: max_norm,
            alpha: iterate.alpha.wide(),
            clipped: iterate.clipped,
            evaluations,
            seconds: moment.elapsed.as_secs_f64(),
            x: &self.coordinates,
        });
        // A gradient that was evaluated and is not a number means divergence, not an unknown gradient.
        let diverged = evaluations.grad > 0 && max_norm.is_nan();
        let grad_norm = if diverged { f64::INFINITY } else { stop.norm.of(&iterate.grad).wide() };
        let measurements = Measurements {
            iteration: iterate.k,
            value,
            grad_norm,
            start_grad_norm: self.start_grad_norm,
            step: self.step(iterate),
            change: (value - self.previous_value.wide()).abs() / value.abs().max(1.0),
            evaluations: evaluations.value + evaluations.hess,
            elapsed: moment.elapsed,
        };
        // f may not depend on an entry of x that is lost.
        let lost = !linalg::all_finite(&iterate.x);
        self.remember(iterate, lost);
        let ended = stop.check(&measurements);
        let point_lost = Termination::PointNotFinite { iteration: iterate.k };
        if lost && !ended.is_some_and(|end| end.diverged()) { Some(point_lost) } else { ended }
    }

    /// Returns the length of the last step relative to max(1, ‖x‖∞).
    fn step(&self, iterate: &Iterate<F>) -> f64 {
        if self.previous.is_empty() {
            return f64::NAN;
        }
        let larger = |largest: f64, v: f64| if v > largest || v.is_nan() { v } else { largest };
        let step = iterate
            .x
            .iter()
            .zip(&self.previous)
            .fold(0.0, |largest, (a, b)| larger(largest, (*a - *b).abs().wide()));
        step / linalg::max_norm(&iterate.x).wide().max(1.0)
    }

    /// Keeps what the next iterate is compared with, without allocating.
    fn remember(&mut self, iterate: &Iterate<F>, lost: bool) {
        if !self.previous.is_empty() {
            self.previous.assign(&iterate.x);
        }
        self.previous_value = iterate.value;
        if let Some(best) = &mut self.best
            && iterate.value.is_finite()
            && !lost
            && (iterate.value < best.value || !best.value.is_finite())
        {
            best.x.assign(&iterate.x);
            best.grad.assign(&iterate.grad);
            (best.k, best.value, best.alpha) = (iterate.k, iterate.value, iterate.alpha);
        }
    }

    /// Replaces the reason of a run that failed by the one behind it, if f has fallen so far below its start
    /// that it has no lower bound, as far as numbers show.
    fn unbounded(&self, termination: Termination, value: f64) -> Termination {
        let failed = match termination {
            Termination::LineSearchFailed { trials, .. } => trials > 0,
            Termination::GradientContradicted { .. }
            | Termination::Kink { .. }
            | Termination::NotADescentDirection { .. }
            | Termination::TrustRegionFailed { .. }
            | Termination::HessianFailed { .. }
            | Termination::HessianNotFinite { .. }
            | Termination::NotFinite { .. }
            | Termination::PointNotFinite { .. } => true,
            _ => false,
        };
        let start = self.trace.value.first().map_or(f64::NAN, |value| value.abs());
        if failed && value < -BOTTOMLESS * (start + self.start_grad_norm) {
            return Termination::Unbounded { value };
        }
        termination
    }

    /// Returns the outcome of the run, which ended at `last` after `seconds`.
    pub(super) fn into_minimum<O: Objective<F>, P: Optimizer<F, Counted<O>>>(
        self,
        termination: Termination,
        mut objective: Counted<O>,
        last: Iterate<F>,
        optimizer: &mut P,
        seconds: f64,
    ) -> Minimum<F> {
        let (evaluations, iterations) = (objective.evaluations(), last.k);
        let diverged =
            matches!(termination, Termination::NotFinite { .. } | Termination::PointNotFinite { .. });
        let blamed = if diverged { optimizer.blame(&last) } else { None };
        let termination = blamed.unwrap_or(termination);
        let last = match &self.best {
            Some(best) if diverged && best.value.is_finite() => best.clone(),
            _ => last,
        };
        let spectrum = match termination.converged() {
            true => optimizer.spectrum(&mut objective, &last.x),
            false => None,
        };
        let termination = self.unbounded(termination, last.value.wide());
        Minimum {
            optimizer: optimizer.name(),
            value: last.value,
            grad_norm: linalg::max_norm(&last.grad),
            x: last.x,
            iterations,
            evaluations,
            termination,
            smallest_eigenvalue: spectrum.map(|spectrum| spectrum.smallest),
            eigenvalue_rounding: spectrum.map(|spectrum| spectrum.rounding),
            shift: optimizer.shift(),
            seconds,
            trace: self.trace,
        }
    }
}
