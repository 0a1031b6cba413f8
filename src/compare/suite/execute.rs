//! One run from its start to its end.

use super::arena::Judge;
use super::{Arena, Contender, Outcome, Phase, ProblemFacts, Run, RunCurve, Task, Trial};
use crate::error::Result;
use crate::optimizer::Iterate;
use crate::stop::Termination;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Checkpoints lie so many a decade of evaluations.
const A_DECADE: f64 = 12.0;
/// The first checkpoint after the start, of a function and of a sum over data, in evaluations.
const FIRST: (f64, f64) = (1.0, 0.25);
/// A gap this many times the first one is beyond hope.
const HOPELESS: f64 = 1e6;
/// A gap that no longer can be told from rounding: of a function, and of a sum over data, whose f* Newton
/// knows no better.
const OPTIMAL: (f64, f64) = (1e-12, 1e-9);

/// Which run of a contender on an arena.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub phase: Phase,
    pub trial: Trial,
    pub number: usize,
    pub seed: u64,
}

/// Runs it. An error and a panic are outcomes too: a comparison of thousands of runs does not end for one of
/// them.
pub(super) fn execute(arena: &Arena, contender: &dyn Contender, place: Place) -> Run {
    let mut run = blank(arena, contender, place);
    let driven = catch_unwind(AssertUnwindSafe(|| drive(arena, contender, place)));
    let failed = |reason: String| (Outcome::Failed, reason, RunCurve::default());
    (run.outcome, run.reason, run.curve) = match driven {
        Ok(Ok(driven)) => driven,
        Ok(Err(error)) => failed(error.to_string()),
        Err(panic) => {
            let said =
                panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            failed(format!("the optimizer panicked: {}", said.unwrap_or("without a message")))
        }
    };
    run
}

/// The row of a run before it has run.
pub(super) fn blank(arena: &Arena, contender: &dyn Contender, place: Place) -> Run {
    let setting = contender.setting(&place.trial);
    Run {
        problem: arena.facts().name.clone(),
        optimizer: contender.facts().name,
        phase: place.phase,
        trial: place.number,
        setting: setting.text,
        lr: setting.lr,
        seed: place.seed,
        outcome: Outcome::Failed,
        reason: String::new(),
        curve: RunCurve::default(),
    }
}

fn drive(arena: &Arena, contender: &dyn Contender, place: Place) -> Result<(Outcome, String, RunCurve)> {
    let mut optimizer = contender.optimizer(&place.trial.with_seed(place.seed), arena)?;
    let mut task = arena.task(contender.sight(), place.seed)?;
    let mut iterate = Iterate::new(&arena.start(place.seed));
    let mut record = Record::new(arena.facts(), arena.judge()?, &iterate);
    let started = Instant::now();
    optimizer.start(&mut task, &mut iterate);
    record.spent += started.elapsed();
    let (outcome, reason) = loop {
        if let ControlFlow::Break(end) = record.look(&iterate, &task) {
            break end;
        }
        if let ControlFlow::Break(termination) = record.timed(|| optimizer.iterate(&mut task, &mut iterate)) {
            break ended(&termination);
        }
        iterate.k += 1;
    };
    record.last(&iterate, &task, outcome);
    Ok((outcome, reason, record.curve))
}

fn ended(termination: &Termination) -> (Outcome, String) {
    let outcome = if matches!(termination, Termination::NotFinite { .. }) {
        Outcome::Diverged
    } else {
        Outcome::Finished
    };
    (outcome, termination.to_string())
}

/// What is recorded, and when.
struct Record<'a> {
    facts: &'a ProblemFacts,
    judge: Option<Judge>,
    curve: RunCurve,
    /// Evaluations of the next checkpoint.
    next: f64,
    /// Iterations between two readings of the clock, and what they took together.
    spent: Duration,
    reached: bool,
}

impl<'a> Record<'a> {
    fn new(facts: &'a ProblemFacts, judge: Option<Judge>, start: &Iterate<f64>) -> Self {
        let next = if matches!(judge, Some(Judge::Data { .. })) { FIRST.1 } else { FIRST.0 };
        let mut record =
            Record { facts, judge, curve: RunCurve::default(), next, spent: Duration::ZERO, reached: false };
        if let Some((loss, accuracy)) = record.judge.as_mut().map(|judge| judge.see(&start.x)) {
            record.curve.push(0, 0.0, 0.0, loss, accuracy);
        }
        record
    }

    fn timed<T>(&mut self, step: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let outcome = step();
        self.spent += started.elapsed();
        outcome
    }

    /// Looks at an iterate: records it if a checkpoint is due, and says why the run ends if it does.
    fn look(&mut self, iterate: &Iterate<f64>, task: &Task) -> ControlFlow<(Outcome, String)> {
        let evaluations = task.evaluations();
        if !iterate.value.is_finite() {
            return ControlFlow::Break((
                Outcome::Diverged,
                format!("diverged: f = {} at iteration {}", iterate.value, iterate.k),
            ));
        }
        if self.facts.gap(iterate.value) > HOPELESS {
            let reason = format!(
                "diverged: f = {:.3e} at iteration {}, more than {HOPELESS:e} times the first gap",
                iterate.value, iterate.k
            );
            return ControlFlow::Break((Outcome::Diverged, reason));
        }
        let first_in_target = self.judge.is_none() && !self.reached && iterate.value <= self.facts.target;
        let due = evaluations >= self.next || self.curve.is_empty() || first_in_target;
        let optimal = if self.judge.is_some() { OPTIMAL.1 } else { OPTIMAL.0 };
        if due {
            while self.next <= evaluations {
                self.next *= 10f64.powf(1.0 / A_DECADE);
            }
            self.checkpoint(iterate, evaluations);
        }
        let loss =
            if self.judge.is_none() { iterate.value } else { *self.curve.loss.last().unwrap_or(&f64::NAN) };
        if self.facts.f_star.is_finite() && self.facts.gap(loss) <= optimal && loss.is_finite() {
            let gap = self.facts.gap(loss);
            return ControlFlow::Break((
                Outcome::ReachedOptimum,
                format!("optimum reached: relative gap {gap:.1e} ≤ {optimal:.0e}"),
            ));
        }
        if !loss.is_finite() {
            return ControlFlow::Break((
                Outcome::Diverged,
                format!("diverged: the loss is {loss} at iteration {}", iterate.k),
            ));
        }
        if evaluations >= self.facts.budget {
            return ControlFlow::Break((
                Outcome::Finished,
                format!("out of evaluations: {evaluations:.2} of {}", self.facts.budget),
            ));
        }
        ControlFlow::Continue(())
    }

    fn checkpoint(&mut self, iterate: &Iterate<f64>, evaluations: f64) {
        let (loss, accuracy) =
            self.judge.as_mut().map_or((iterate.value, f64::NAN), |judge| judge.see(&iterate.x));
        // The start of a function is evaluated by the optimizer itself: there the curve begins, at no
        // evaluations.
        let evaluations = if iterate.k == 0 && self.judge.is_none() { 0.0 } else { evaluations };
        self.reached |= loss <= self.facts.target;
        self.curve.push(iterate.k as u64, evaluations, self.spent.as_secs_f64(), loss, accuracy);
    }

    /// The end of a run is a checkpoint too.
    fn last(&mut self, iterate: &Iterate<f64>, task: &Task, outcome: Outcome) {
        let recorded = self.curve.iterations.last() == Some(&(iterate.k as u64))
            && !(iterate.k == 0 && self.judge.is_some());
        if !recorded && outcome != Outcome::Diverged {
            self.checkpoint(iterate, task.evaluations());
        }
        debug_assert!(!self.curve.is_empty() || outcome == Outcome::Diverged);
    }
}
