//! The merge of shards into a comparison. It runs nothing.

use super::collected::{Collected, FoundPair};
use super::dealing::ranges;
use super::execution::another_arithmetic;
use super::log::Log;
use super::members;
use super::plan::{Plan, PlannedPair};
use crate::compare::suite::{Comparison, Machine, Origins, Outcome, Suite, VERSION};
use crate::error::{Error, Result};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What a merge may accept. By default nothing: it is complete, and of one arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Allowed {
    /// Whether pairs may be missing. The report then says so.
    pub partial: bool,
    /// Whether shards may have been run with another arithmetic than the plan's. The report then says so.
    pub mixed: bool,
}

/// What a merge has found.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The comparison; `None` if pairs are missing and that is not allowed, or if no pair is complete.
    pub comparison: Option<Comparison>,
    /// The pairs of which runs are missing, in the order of the suite.
    pub missing: Vec<MissingPair>,
    /// The number of runs that failed. They are there, each with its reason.
    pub failed: usize,
    /// A sentence for each log with damaged lines, whose runs stand elsewhere or are missing.
    pub notices: Vec<String>,
}

/// A pair of which runs are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingPair {
    /// The name of the problem.
    pub problem: String,
    /// The name of the optimizer.
    pub optimizer: String,
    /// The shard that has to run it.
    pub shard: usize,
    /// The number of runs that are missing, and of all its runs.
    pub runs: (usize, usize),
}

impl Merged {
    /// Returns the shards that have to be run again, sorted.
    pub fn shards(&self) -> Vec<usize> {
        self.missing.iter().map(|pair| pair.shard).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

impl Suite {
    /// Puts the runs of all shards together, from one folder or several. If nothing is missing, the
    /// comparison is the same as [`compare`](Suite::compare) returns, but for the seconds. A run that was
    /// made twice with equal numbers is taken once.
    ///
    /// # Errors
    /// If the plan or a log is of another version or arithmetic, a folder is given twice or holds the
    /// shards of another plan, a run was made twice with different numbers, or runs are gone that a shard
    /// had finished.
    pub fn merge(&self, plan: &Plan, folders: &[PathBuf], allowed: Allowed) -> Result<Merged> {
        plan.check_version(VERSION)?;
        let contenders = members::contenders(self, plan)?;
        let collected = Collected::read(plan, folders)?;
        let mixture = mixture(plan, &collected.logs);
        if let Some(difference) = mixture.as_ref().filter(|_| !allowed.mixed) {
            return Err(another_arithmetic(difference));
        }
        let mut pairs: Vec<&PlannedPair> = plan.pairs.iter().collect();
        pairs.sort_by_key(|pair| (pair.problem, pair.optimizer));
        let find = |pair: &&PlannedPair| collected.pair(plan, pair, contenders[pair.optimizer]);
        let found = pairs.iter().map(find).collect::<Result<Vec<FoundPair>>>()?;
        let missing: Vec<MissingPair> =
            pairs.iter().zip(&found).filter_map(|(pair, found)| missing_of(plan, pair, found)).collect();
        if let Some(gone) =
            missing.iter().find(|pair| collected.done.contains(&pair.shard) && !allowed.partial)
        {
            return Err(truncated(&collected.logs, gone));
        }
        let mut complete = Pieces::default();
        found
            .into_iter()
            .filter(|found| found.missing == 0)
            .for_each(|found| complete.add(found, &collected.logs));
        let failed = complete.runs.iter().filter(|run| run.outcome == Outcome::Failed).count();
        let may_be_shown = !complete.runs.is_empty() && (missing.is_empty() || allowed.partial);
        let notes = notes(plan, &missing, mixture.as_deref());
        let comparison = may_be_shown.then(|| complete.comparison(plan, &missing, notes));
        Ok(Merged { comparison, missing, failed, notices: notices(&collected.logs) })
    }
}

fn missing_of(plan: &Plan, pair: &PlannedPair, found: &FoundPair) -> Option<MissingPair> {
    (found.missing > 0).then(|| MissingPair {
        problem: plan.problems[pair.problem].facts.name.clone(),
        optimizer: plan.optimizers[pair.optimizer].facts.name.clone(),
        shard: pair.shard,
        runs: (found.missing, pair.runs),
    })
}

/// Returns how the arithmetics of the logs differ from that of the plan; `None` if all are the same.
fn mixture(plan: &Plan, logs: &[Log]) -> Option<String> {
    let own = plan.arithmetic.fingerprint();
    let others: BTreeSet<String> = logs
        .iter()
        .filter(|log| log.head.arithmetic.1 != own)
        .map(|log| format!("{} on {}", log.head.arithmetic.0, log.head.node.host))
        .collect();
    let others = others.into_iter().collect::<Vec<_>>().join("; ");
    (!others.is_empty()).then(|| format!("{} in the plan, {others}", plan.arithmetic.words))
}

fn truncated(logs: &[Log], gone: &MissingPair) -> Error {
    let of_shard: Vec<&Log> = logs.iter().filter(|log| log.head.shard == gone.shard).collect();
    let named = of_shard.iter().find(|log| log.damaged > 0).or(of_shard.first());
    let log = named.map_or("its log, which is gone,".into(), |log| log.path.display().to_string());
    let shard = gone.shard;
    Error::Unsupported {
        what: format!(
            "shard {shard} was done, but {log} was truncated or damaged since: {} of the {} runs of {} × {} \
             are not there",
            gone.runs.0, gone.runs.1, gone.problem, gone.optimizer
        ),
        remedy: "run that shard again (it runs only what is missing), or leave the pair out with --partial",
    }
}

fn notices(logs: &[Log]) -> Vec<String> {
    let damaged = logs.iter().filter(|log| log.damaged > 0);
    let sentence = |log: &Log| {
        let (lines, path) = (log.damaged, log.path.display());
        format!("{lines} damaged line{} of {path} not used", if lines == 1 { "" } else { "s" })
    };
    damaged.map(sentence).collect()
}

/// Returns what the report must say.
fn notes(plan: &Plan, missing: &[MissingPair], mixture: Option<&str>) -> Vec<String> {
    let mut notes = Vec::new();
    if !missing.is_empty() {
        let shards: Vec<usize> =
            missing.iter().map(|pair| pair.shard).collect::<BTreeSet<_>>().into_iter().collect();
        notes.push(format!(
            "This comparison is partial: {} of {} pairs of a problem and an optimizer are missing (shards: \
             {}). Ranks and verdicts can change when they are there.",
            missing.len(),
            plan.pairs.len(),
            ranges(&shards)
        ));
    }
    if let Some(mixture) = mixture {
        notes.push(format!(
            "The runs come from machines with different arithmetic ({mixture}). Their last bits differ, so \
             no single machine computes exactly these numbers."
        ));
    }
    notes
}

/// The runs of complete pairs, and their machines.
#[derive(Default)]
struct Pieces {
    runs: Vec<crate::compare::suite::Run>,
    machines: Vec<Machine>,
}

impl Pieces {
    fn add(&mut self, pair: FoundPair, logs: &[Log]) {
        for mut found in pair.runs {
            found.run.machine = self.machine(&logs[found.log]);
            self.runs.push(found.run);
        }
    }

    /// Returns the place of the machine of a log.
    fn machine(&mut self, log: &Log) -> usize {
        let (node, arithmetic) = (&log.head.node, &log.head.arithmetic.0);
        let (processor, arithmetic) = (node.processor.clone(), arithmetic.clone());
        let machine = Machine { processor, arithmetic, hosts: Vec::new() };
        let place = self.machines.iter().position(|known| known.is_like(&machine)).unwrap_or_else(|| {
            self.machines.push(machine);
            self.machines.len() - 1
        });
        let hosts = &mut self.machines[place].hosts;
        if let Err(at) = hosts.binary_search(&node.host) {
            hosts.insert(at, node.host.clone());
        }
        place
    }

    fn comparison(self, plan: &Plan, missing: &[MissingPair], notes: Vec<String>) -> Comparison {
        let missing = missing.iter().map(|pair| (pair.problem.clone(), pair.optimizer.clone())).collect();
        Comparison {
            problems: plan.problems.iter().map(|problem| problem.facts.clone()).collect(),
            optimizers: plan.optimizers.iter().map(|optimizer| optimizer.facts.clone()).collect(),
            runs: self.runs,
            trials: plan.settings.trials,
            seeds: plan.settings.seeds,
            origins: Origins { machines: self.machines, missing, notes, archive: None },
        }
    }
}
