//! The plan of a comparison that is finished.

use super::arithmetic::Arithmetic;
use super::plan::{Plan, PlannedOptimizer, PlannedPair, PlannedProblem};
use crate::compare::suite::{BuiltProblem, Contender, Run, Settings, VERSION};
use std::collections::BTreeMap;

/// Returns the plan of a comparison that one process has finished: one shard, whose expected seconds are
/// those that were measured. An optimizer may be without a version.
pub(in crate::compare::suite) fn record(
    problems: &[BuiltProblem],
    contenders: &[&dyn Contender],
    settings: &Settings,
    runs: &[Run],
) -> Plan {
    let mut measured: BTreeMap<(usize, usize), (usize, f64)> = BTreeMap::new();
    let places = |run: &Run| {
        let problem = problems.iter().position(|problem| problem.facts().name == run.problem)?;
        let optimizer = contenders.iter().position(|contender| contender.facts().name == run.optimizer)?;
        Some((problem, optimizer))
    };
    // All runs of a pair follow each other.
    for pair in runs.chunk_by(|a, b| a.problem == b.problem && a.optimizer == b.optimizer) {
        let seconds = pair.iter().filter_map(|run| run.curve.seconds.last()).sum();
        measured.extend(places(&pair[0]).map(|places| (places, (pair.len(), seconds))));
    }
    let pair =
        |((problem, optimizer), (runs, seconds))| PlannedPair { problem, optimizer, runs, seconds, shard: 1 };
    let optimizer = |contender: &&dyn Contender| PlannedOptimizer {
        facts: contender.facts(),
        version: contender.version().unwrap_or_default(),
    };
    Plan {
        version: VERSION.into(),
        arithmetic: Arithmetic::here(),
        settings: *settings,
        shards: 1,
        problems: problems.iter().map(known).collect(),
        optimizers: contenders.iter().map(optimizer).collect(),
        pairs: measured.into_iter().map(pair).collect(),
    }
}

/// Describes a problem.
pub(super) fn known(problem: &BuiltProblem) -> PlannedProblem {
    PlannedProblem {
        facts: problem.facts().clone(),
        identity: problem.identity().into(),
        likeness: problem.likeness().clone(),
    }
}
