//! Which seconds can be compared: those of one machine.

use crate::compare::suite::{Comparison, Run};
use std::cmp::Reverse;

/// Returns for each optimizer whether its seconds on a problem can be compared with those of the others. If
/// one machine ran everything, all can. Otherwise those can that ran on the machine which ran the most
/// optimizers on the problem, with all their seeds at the best setting; of two such machines, the first.
pub fn comparable(comparison: &Comparison, problem: &str) -> Vec<bool> {
    let optimizers = &comparison.optimizers;
    if !comparison.origins.several_machines() {
        return vec![true; optimizers.len()];
    }
    let machine_of = |name: &str| {
        let runs = comparison.best(problem, name);
        only_machine(&runs).filter(|_| runs.iter().any(|run| has_seconds(run)))
    };
    let machines: Vec<Option<usize>> =
        optimizers.iter().map(|optimizer| machine_of(&optimizer.name)).collect();
    let ran = |machine: &usize| machines.iter().filter(|of| **of == Some(*machine)).count();
    let most = (0..comparison.origins.machines.len()).max_by_key(|machine| (ran(machine), Reverse(*machine)));
    machines.iter().map(|machine| machine.is_some() && *machine == most).collect()
}

/// Returns whether a run has seconds. Those of an archive from another machine are left blank.
fn has_seconds(run: &Run) -> bool {
    run.curve.seconds.last().is_none_or(|seconds| seconds.is_finite())
}

/// Returns for each optimizer whether its curve over seconds can be drawn beside those of the others: its
/// seconds are [comparable], and known at every checkpoint, which they are not if an archive keeps its runs.
pub fn timed(comparison: &Comparison, problem: &str) -> Vec<bool> {
    let known = |name: &str| {
        comparison.best(problem, name).iter().all(|run| run.curve.seconds.iter().all(|s| s.is_finite()))
    };
    let optimizers = comparison.optimizers.iter();
    optimizers.zip(comparable(comparison, problem)).map(|(o, fair)| fair && known(&o.name)).collect()
}

/// Returns whether the seconds of all optimizers that were run on a problem can be compared.
pub(super) fn on_one_machine(comparison: &Comparison, problem: &str) -> bool {
    let comparable = comparable(comparison, problem);
    let was_run = |name: &str| !comparison.best(problem, name).is_empty();
    comparison.optimizers.iter().zip(comparable).all(|(optimizer, fair)| fair || !was_run(&optimizer.name))
}

/// Returns the machine of some runs; `None` if there are no runs or several machines.
pub(super) fn only_machine(runs: &[&Run]) -> Option<usize> {
    let first = runs.first()?.machine;
    runs.iter().all(|run| run.machine == first).then_some(first)
}

/// Returns the names of the machines of some runs: "AMD EPYC 9B14", or several of them.
pub(in crate::compare::suite) fn names(comparison: &Comparison, runs: &[&Run]) -> String {
    let mut places: Vec<usize> = runs.iter().map(|run| run.machine).collect();
    places.sort_unstable();
    places.dedup();
    let name = |place: usize| comparison.origins.machines.get(place).map_or("", |machine| &machine.processor);
    places.into_iter().map(name).collect::<Vec<_>>().join(" and ")
}
