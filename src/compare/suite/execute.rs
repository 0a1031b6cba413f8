//! The execution of one run, as an observer of the loop that [`minimize`](crate::minimize::minimize) uses
//! too.

use super::problem::Judge;
use super::{BuiltProblem, Contender, Outcome, Phase, ProblemFacts, Run, RunCurve, SuiteObjective, Trial};
use crate::error::Result;
use crate::linalg;
use crate::minimize::{LoopState, Moment};
use crate::optimizer::Iterate;
use crate::stop::Termination;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The number of checkpoints per decade of evaluations.
pub(super) const A_DECADE: f64 = 12.0;
/// The evaluations at the first checkpoint after the start, of a function and of a sum over data.
pub(super) const FIRST: (f64, f64) = (1.0, 0.25);
/// A run whose gap is this many times the first gap has diverged.
pub(super) const HOPELESS: f64 = 1e6;
/// The relative gap at which the optimum is reached, of a function and of a sum over data: below it the gap
/// is rounding, or the error of the f* that Newton's method found.
pub(super) const OPTIMAL: (f64, f64) = (1e-12, 1e-9);

/// One run among those of a contender on a problem.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub phase: Phase,
    pub trial: Trial,
    pub number: usize,
    pub seed: u64,
}

/// Executes a run. An error or a panic is an outcome too, since one of them must not end a comparison of
/// thousands of runs.
pub(super) fn execute(problem: &BuiltProblem, contender: &dyn Contender, place: Place) -> Run {
    let mut run = blank(&problem.facts().name, contender, place);
    let driven = catch_unwind(AssertUnwindSafe(|| drive(problem, contender, place)));
    // One line, as a store keeps it.
    let failed =
        |reason: String| (Outcome::Failed, reason.replace(['\t', '\n', '\r'], " "), RunCurve::default());
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

/// Returns the row of a run before its execution.
pub(super) fn blank(problem: &str, contender: &dyn Contender, place: Place) -> Run {
    let setting = contender.setting(&place.trial);
    Run {
        problem: problem.into(),
        optimizer: contender.facts().name,
        phase: place.phase,
        trial: place.number,
        setting: setting.text,
        lr: setting.lr,
        seed: place.seed,
        outcome: Outcome::Failed,
        reason: String::new(),
        machine: 0,
        known_area: None,
        curve: RunCurve::default(),
    }
}

fn drive(
    problem: &BuiltProblem,
    contender: &dyn Contender,
    place: Place,
) -> Result<(Outcome, String, RunCurve)> {
    let mut optimizer = contender.optimizer(&place.trial.with_seed(place.seed), problem)?;
    let mut run =
        LoopState::new(problem.objective(contender.data_access(), place.seed)?, &problem.start(place.seed))?;
    let mut record = Record::new(problem.facts(), problem.judge()?, run.iterate());
    run.start(&mut *optimizer);
    let end: End = run.run(&mut *optimizer, |moment| record.look(moment));
    record.last(&run.moment(), end.outcome);
    Ok((end.outcome, end.reason, record.curve))
}

/// How a run ended.
struct End {
    outcome: Outcome,
    reason: String,
}

impl End {
    fn because(outcome: Outcome, reason: String) -> ControlFlow<Self> {
        ControlFlow::Break(End { outcome, reason })
    }
}

/// The optimizer could not make a step.
impl From<Termination> for End {
    fn from(termination: Termination) -> Self {
        let outcome = match termination {
            ended if ended.diverged() => Outcome::Diverged,
            _ => Outcome::Finished,
        };
        End { outcome, reason: termination.to_string() }
    }
}

/// The observer of a run: it records checkpoints, and decides when the run ends.
struct Record<'a> {
    facts: &'a ProblemFacts,
    judge: Option<Judge>,
    curve: RunCurve,
    /// The number of evaluations at which the next checkpoint is due.
    next: f64,
    reached: bool,
}

impl<'a> Record<'a> {
    fn new(facts: &'a ProblemFacts, judge: Option<Judge>, start: &Iterate<f64>) -> Self {
        let next = if matches!(judge, Some(Judge::Data { .. })) { FIRST.1 } else { FIRST.0 };
        let mut record = Record { facts, judge, curve: RunCurve::default(), next, reached: false };
        if let Some((loss, accuracy)) = record.judge.as_mut().map(|judge| judge.see(&start.x)) {
            record.curve.push(0, 0.0, 0.0, loss, accuracy);
        }
        record
    }

    /// Records the moment if a checkpoint is due, and returns the reason if the run ends here.
    fn look(&mut self, moment: &Moment<f64, SuiteObjective>) -> ControlFlow<End> {
        let (iterate, evaluations) = (moment.iterate, moment.objective.evaluations());
        if !iterate.value.is_finite() {
            let reason = format!("diverged: f = {} at iteration {}", iterate.value, iterate.k);
            return End::because(Outcome::Diverged, reason);
        }
        let ends = evaluations >= self.facts.budget || self.facts.gap(iterate.value) <= OPTIMAL.1;
        if ends && !linalg::all_finite(&iterate.x) {
            // f does not depend on the entry that is lost.
            let end = Termination::PointNotFinite { iteration: iterate.k };
            return End::because(Outcome::Diverged, end.to_string());
        }
        if self.facts.gap(iterate.value) > HOPELESS {
            let reason = format!(
                "diverged: f = {:.3e} at iteration {}, more than {HOPELESS:e} times the first gap",
                iterate.value, iterate.k
            );
            return End::because(Outcome::Diverged, reason);
        }
        let first_in_target = self.judge.is_none() && !self.reached && iterate.value <= self.facts.target;
        let due = evaluations >= self.next || self.curve.is_empty() || first_in_target;
        let optimal = if self.judge.is_some() { OPTIMAL.1 } else { OPTIMAL.0 };
        if due {
            while self.next <= evaluations {
                self.next *= 10f64.powf(1.0 / A_DECADE);
            }
            self.checkpoint(moment);
        }
        let loss =
            if self.judge.is_none() { iterate.value } else { *self.curve.loss.last().unwrap_or(&f64::NAN) };
        if self.facts.f_star.is_finite() && self.facts.gap(loss) <= optimal && loss.is_finite() {
            let gap = self.facts.gap(loss);
            let reason = format!("optimum reached: relative gap {gap:.1e} ≤ {optimal:.0e}");
            return End::because(Outcome::ReachedOptimum, reason);
        }
        if !loss.is_finite() {
            let reason = format!("diverged: the loss is {loss} at iteration {}", iterate.k);
            return End::because(Outcome::Diverged, reason);
        }
        if evaluations >= self.facts.budget {
            let reason = format!("out of evaluations: {evaluations:.2} of {}", self.facts.budget);
            return End::because(Outcome::Finished, reason);
        }
        ControlFlow::Continue(())
    }

    fn checkpoint(&mut self, moment: &Moment<f64, SuiteObjective>) {
        let (iterate, evaluations) = (moment.iterate, moment.objective.evaluations());
        let (loss, accuracy) =
            self.judge.as_mut().map_or((iterate.value, f64::NAN), |judge| judge.see(&iterate.x));
        // The optimizer itself evaluates the start of a function. The curve begins there, at no evaluations.
        let evaluations = if iterate.k == 0 && self.judge.is_none() { 0.0 } else { evaluations };
        self.reached |= loss <= self.facts.target;
        self.curve.push(iterate.k as u64, evaluations, moment.elapsed.as_secs_f64(), loss, accuracy);
    }

    /// Records the end of a run, which is a checkpoint too.
    fn last(&mut self, moment: &Moment<f64, SuiteObjective>, outcome: Outcome) {
        let iterate = moment.iterate;
        let recorded = self.curve.iterations.last() == Some(&(iterate.k as u64))
            && !(iterate.k == 0 && self.judge.is_some());
        if !recorded && outcome != Outcome::Diverged {
            self.checkpoint(moment);
        }
        debug_assert!(!self.curve.is_empty() || outcome == Outcome::Diverged);
    }
}
