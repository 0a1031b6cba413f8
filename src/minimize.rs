//! The loop around an optimizer: evaluate, record, check the limits, iterate.

use crate::linalg;
use crate::objective::{Counted, Evaluations};
use crate::optimizer::{Iterate, Optimizer};
use crate::real::Real;
use crate::stop::{Progress, Stop, Termination};
use crate::trace::{Row, Trace};
use ndarray::{Array1, ArrayRef1};
use std::fmt;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// Rows for which the trace has room from the start, so that a short run allocates nothing; a long one doubles the room
/// each time it is full.
const FIRST_ROWS: usize = 128;

/// What a minimization found: where it ended, why it stopped, what it cost, and its history.
#[derive(Debug, Clone, PartialEq)]
pub struct Minimum<F = f64> {
    /// The name of the optimizer.
    pub optimizer: String,
    /// The last iterate; if the run diverged, the one with the lowest finite value.
    pub x: Array1<F>,
    /// f(x).
    pub value: F,
    /// ‖∇f(x)‖∞; NaN where the optimizer uses no gradient.
    pub grad_norm: F,
    /// Iterations done.
    pub iterations: usize,
    /// Values, gradients and Hessians evaluated.
    pub evaluations: Evaluations,
    /// Why it stopped.
    pub termination: Termination,
    /// Wall-clock time of the whole run.
    pub seconds: f64,
    /// A row for each iteration. Where one takes less than a microsecond, the clock is read every sixteenth time only, and the
    /// rows between carry its last reading.
    pub trace: Trace,
}

/// Minimizes `objective` from `x0`.
///
/// The last iterate is reported; if it is not finite, the best finite one.
///
/// ```
/// use gradus::prelude::*;
/// let mut bowl = problems::Quadratic::new(&[1.0, 10.0]);
/// let found = minimize(&mut bowl, &array![3.0, -2.0], FirstOrder::new(Momentum::default(), 0.02)?, Stop::grad(1e-8));
/// assert!(found.termination.converged());
/// println!("{found}");
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Panics
/// If `x0` has another length than the objective.
pub fn minimize<F: Real, O, P>(objective: O, x0: &ArrayRef1<F>, optimizer: P, stop: Stop) -> Minimum<F>
where
    O: crate::objective::Objective<F>,
    P: Optimizer<F, Counted<O>>,
{
    minimize_observed(objective, x0, optimizer, stop, |_| ControlFlow::Continue(()))
}

/// As [`minimize`]; `observer` sees each iterate, and may stop the run by `Break`.
pub fn minimize_observed<F: Real, O, P>(
    objective: O,
    x0: &ArrayRef1<F>,
    mut optimizer: P,
    stop: Stop,
    mut observer: impl FnMut(&Iterate<F>) -> ControlFlow<()>,
) -> Minimum<F>
where
    O: crate::objective::Objective<F>,
    P: Optimizer<F, Counted<O>>,
{
    assert_eq!(x0.len(), objective.dim(), "x0 has {} entries, the objective {}", x0.len(), objective.dim());
    let mut clock = Clock::start(stop.max_time.is_some());
    let mut objective = Counted::new(objective);
    let mut iterate = Iterate::new(x0);
    let mut best = (!optimizer.stays_finite()).then(|| iterate.clone());
    let mut trace = Trace::new(x0.len(), stop.max_iter.min(FIRST_ROWS - 1) + 1);
    let mut coordinates = vec![0.0; x0.len()];
    optimizer.start(&mut objective, &mut iterate);
    let termination = loop {
        let progress = record(&iterate, objective.evaluations(), clock.elapsed(), &mut coordinates, &mut trace);
        if let Some(best) = &mut best
            && iterate.value.is_finite()
            && (iterate.value < best.value || !best.value.is_finite())
        {
            keep(best, &iterate);
        }
        if let Some(termination) = stop.check(&progress) {
            break termination;
        }
        if observer(&iterate).is_break() {
            break Termination::StoppedByObserver { iterations: iterate.k };
        }
        if let ControlFlow::Break(termination) = optimizer.iterate(&mut objective, &mut iterate) {
            break termination;
        }
        iterate.k += 1;
    };
    let diverged = matches!(termination, Termination::NotFinite { .. });
    let last = best.as_ref().filter(|_| diverged).unwrap_or(&iterate);
    Minimum {
        optimizer: optimizer.name(),
        x: last.x.clone(),
        value: last.value,
        grad_norm: linalg::max_norm(&last.grad),
        iterations: iterate.k,
        evaluations: objective.evaluations(),
        termination,
        seconds: clock.started.elapsed().as_secs_f64(),
        trace,
    }
}

/// The time since the start. Where an iteration of a small problem takes less than [`SHORT`], which a reading of the clock
/// takes a good part of, only every [`STRIDE`]-th asks for it.
struct Clock {
    started: Instant,
    read: Duration,
    /// Iterations from one reading to the next, and how many of them are left.
    stride: u32,
    left: u32,
    always: bool,
}

const SHORT: Duration = Duration::from_micros(1);
const STRIDE: u32 = 16;

impl Clock {
    /// Starts; reads in every iteration if `always`.
    fn start(always: bool) -> Self {
        Clock { started: Instant::now(), read: Duration::ZERO, stride: 1, left: 0, always }
    }

    /// The time, or where iterations are short that of the last reading.
    #[inline]
    fn elapsed(&mut self) -> Duration {
        if self.left > 0 {
            self.left -= 1;
            return self.read;
        }
        let now = self.started.elapsed();
        let short = !self.always && now - self.read < SHORT * self.stride;
        (self.read, self.stride) = (now, if short { STRIDE } else { 1 });
        self.left = self.stride - 1;
        now
    }
}

/// Copies without allocating.
fn keep<F: Real>(best: &mut Iterate<F>, iterate: &Iterate<F>) {
    best.x.assign(&iterate.x);
    best.grad.assign(&iterate.grad);
    (best.k, best.value, best.alpha) = (iterate.k, iterate.value, iterate.alpha);
}

/// Adds a row to the trace, and gives what the limits are held against.
fn record<F: Real>(
    iterate: &Iterate<F>,
    evaluations: Evaluations,
    elapsed: Duration,
    coordinates: &mut [f64],
    trace: &mut Trace,
) -> Progress {
    let grad_norm = linalg::max_norm(&iterate.grad).wide();
    if !trace.x.is_empty() {
        coordinates.iter_mut().zip(&iterate.x).for_each(|(c, x)| *c = x.wide());
    }
    trace.push(Row {
        iteration: iterate.k,
        value: iterate.value.wide(),
        grad_norm,
        alpha: iterate.alpha.wide(),
        clipped: iterate.clipped,
        evaluations,
        seconds: elapsed.as_secs_f64(),
        x: coordinates,
    });
    // A gradient that was asked for and is not a number is a divergence, not an unknown.
    let diverged = evaluations.grad > 0 && grad_norm.is_nan();
    Progress {
        iteration: iterate.k,
        value: iterate.value.wide(),
        grad_norm: if diverged { f64::INFINITY } else { grad_norm },
        evaluations: evaluations.value + evaluations.hess,
        elapsed,
    }
}

impl<F: Real> fmt::Display for Minimum<F> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{}: {}", self.optimizer, self.termination)?;
        writeln!(f, "  f = {:.10e}, ‖∇f‖∞ = {:.3e}", self.value, self.grad_norm)?;
        let Evaluations { value, grad, hess } = self.evaluations;
        writeln!(f, "  {} iterations, {value} values, {grad} gradients, {hess} Hessians, {:.3} ms", self.iterations, self.seconds * 1e3)?;
        let shown: Vec<String> = self.x.iter().take(10).map(|x| format!("{:.6}", x.wide())).collect();
        write!(f, "  x = [{}{}]", shown.join(", "), if self.x.len() > 10 { ", …" } else { "" })
    }
}
