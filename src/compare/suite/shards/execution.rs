//! The execution of one shard.

use super::arithmetic::Arithmetic;
use super::layout;
use super::members;
use super::plan::{Plan, PlannedPair};
use super::shard_store::ShardStore;
use crate::compare::suite::engine::{self, Pair};
use crate::compare::suite::interruption::go_on;
use crate::compare::suite::{BuiltProblem, Outcome, Suite, VERSION};
use crate::error::{Error, Result};
use crate::files;
use crate::progress::Progress;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

/// What a shard has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Finished {
    /// The number of pairs; 0 if the shard is empty.
    pub pairs: usize,
    /// The number of runs.
    pub runs: usize,
    /// The number of runs that earlier processes had left.
    pub reused: usize,
    /// The number of runs that diverged.
    pub diverged: usize,
    /// The number of runs that failed.
    pub failed: usize,
}

impl Suite {
    /// Executes the runs of one shard of a plan (from 1) on the threads of rayon, and keeps them below
    /// `folder/shards`. What an earlier process has left there is not run again, except for runs that
    /// failed. Builds only the problems of the shard, with the facts of the plan. A shard without pairs has
    /// nothing to do, and succeeds.
    ///
    /// # Errors
    /// If the plan has no such shard or is of another version, the arithmetic of this machine is another
    /// one and `mixed` does not allow that, data are missing or others, or the folder cannot be written.
    pub fn run_shard(
        &self,
        plan: &Plan,
        shard: usize,
        folder: &Path,
        mixed: bool,
        progress: &dyn Progress,
    ) -> Result<Finished> {
        plan.check_version(VERSION)?;
        plan.check_shard(shard)?;
        let contenders = members::contenders(self, plan)?;
        let arithmetic = Arithmetic::here();
        if let Some(difference) = plan.arithmetic.difference(&arithmetic).filter(|_| !mixed) {
            return Err(another_arithmetic(&difference));
        }
        let own: Vec<&PlannedPair> = plan.of_shard(shard).collect();
        if own.is_empty() {
            return say_done(folder, shard).map(|()| Finished::default());
        }
        let problems = self.built(plan, &own, progress)?;
        let store = ShardStore::open(plan, shard, folder, &arithmetic)?;
        let pairs: Vec<Pair> = own
            .iter()
            .map(|pair| Pair { problem: &problems[&pair.problem], contender: contenders[pair.optimizer] })
            .collect();
        let runs = engine::run_pairs(&pairs, &plan.settings, progress, &store)?;
        say_done(folder, shard)?;
        let count = |outcome| runs.iter().filter(|run| run.outcome == outcome).count();
        Ok(Finished {
            pairs: own.len(),
            runs: runs.len(),
            reused: store.reused(),
            diverged: count(Outcome::Diverged),
            failed: count(Outcome::Failed),
        })
    }

    /// Builds the problems of some pairs, by their place in the plan.
    fn built(
        &self,
        plan: &Plan,
        pairs: &[&PlannedPair],
        progress: &dyn Progress,
    ) -> Result<BTreeMap<usize, BuiltProblem>> {
        let mut places: Vec<usize> = pairs.iter().map(|pair| pair.problem).collect();
        places.sort_unstable();
        places.dedup();
        progress.start("problems", places.len() as u64);
        let build = |&place: &usize| {
            go_on()?;
            let planned = &plan.problems[place];
            let built =
                members::spec(self, &planned.facts.name)?.build_with(&plan.settings, &planned.facts)?;
            progress.advance(1);
            match built.identity() == planned.identity {
                true => Ok((place, built)),
                false => Err(another_problem(&planned.facts.name)),
            }
        };
        places.par_iter().with_max_len(1).map(build).collect()
    }
}

/// Says that a shard is done.
fn say_done(folder: &Path, shard: usize) -> Result<()> {
    let path = layout::done(folder, shard);
    files::create_folder(&layout::of_shard(folder, shard))?;
    files::write_atomically(&path, "done\n")
}

/// The error that two arithmetics differ.
pub(super) fn another_arithmetic(difference: &str) -> Error {
    Error::Unsupported {
        what: format!("the plan was made on a machine with another arithmetic: {difference}"),
        remedy: "make the plan on a node of the kind that runs the shards, or allow both with --mixed",
    }
}

fn another_problem(name: &str) -> Error {
    Error::Unsupported {
        what: format!(
            "the problem {name} is another one here than in the plan: its data or its start differ"
        ),
        remedy: "use the data with which the plan was made, or make a new plan",
    }
}
