//! A comparison against an archive: only the optimizers that it lacks are run.

use super::contents::Archive;
use crate::compare::suite::engine;
use crate::compare::suite::interruption::go_on;
use crate::compare::suite::shards;
use crate::compare::suite::{
    BuiltProblem, Comparison, Contender, FromArchive, Machine, PlannedProblem, Run, Store, Suite, VERSION,
};
use crate::error::{Error, Result};
use crate::progress::Progress;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The outcome of a comparison against an archive.
#[derive(Debug, Clone, PartialEq)]
pub struct Against {
    /// All runs: those of the archive, and those of the other optimizers.
    pub comparison: Comparison,
    /// A sentence for each problem of the archive whose data are missing here.
    pub left_out: Vec<String>,
    /// The number of runs that are not from the archive.
    pub own_runs: usize,
}

impl Suite {
    /// Executes the runs of those optimizers that the archive lacks, with its settings and on its problems,
    /// and returns all runs. The problems keep the facts of the archive: no lowest value is computed. If
    /// problems were chosen by name, only these are compared.
    ///
    /// Seconds of the archive are left blank unless this machine is of the same kind.
    ///
    /// `report::archive::named("standard")` reads the archive of the standard suite, and has an example.
    ///
    /// # Errors
    /// If the archive was counted or tuned by other rules, a problem of it is unknown or another one here, a
    /// chosen problem is not in the archive, an own optimizer has the name of one in the archive, or as
    /// [`compare`](Suite::compare).
    pub fn compare_against(
        &self,
        archive: &Archive,
        progress: &dyn Progress,
        store: &dyn Store,
    ) -> Result<Against> {
        archive.check_rules()?;
        let contenders = self.lacking_in(archive)?;
        let (problems, left_out) = self.problems_of(archive, progress)?;
        let own = match contenders.is_empty() {
            true => Vec::new(),
            false => {
                let pairs = engine::pairs(&problems, &contenders)?;
                engine::run_pairs(&pairs, &archive.plan.settings, progress, store)?
            }
        };
        let own_runs = own.len();
        let comparison = together(archive, &problems, &contenders, own);
        Ok(Against { comparison, left_out, own_runs })
    }

    /// Returns the contenders that are not in the archive.
    fn lacking_in(&self, archive: &Archive) -> Result<Vec<&dyn Contender>> {
        let known = archive.optimizers();
        let all = || self.contenders.iter().map(|contender| &**contender);
        let is_known = |contender: &&dyn Contender| known.contains(&contender.facts().name);
        if let Some(twice) = all().filter(is_known).find(|contender| contender.facts().own) {
            return Err(Error::Unsupported {
                what: format!(
                    "the archive {} has an optimizer named {} already, and yours would stand beside it under \
                     the same name",
                    archive.name,
                    twice.facts().name
                ),
                remedy: "give yours another name",
            });
        }
        Ok(all().filter(|contender| !is_known(contender)).collect())
    }

    /// Builds the problems of an archive, or those of them that were chosen by name. Without names, problems
    /// whose data are missing are left out, each with a sentence.
    fn problems_of(
        &self,
        archive: &Archive,
        progress: &dyn Progress,
    ) -> Result<(Vec<BuiltProblem>, Vec<String>)> {
        let chosen = self.chosen_of(archive)?;
        progress.start("problems", chosen.len() as u64);
        let build = |planned: &&PlannedProblem| {
            go_on()?;
            let built = self.built_as_in(archive, planned);
            progress.advance(1);
            built
        };
        let built: Vec<Result<BuiltProblem>> = chosen.par_iter().with_max_len(1).map(build).collect();
        let (mut problems, mut left_out, mut missing) = (Vec::new(), Vec::new(), None);
        for (planned, built) in chosen.iter().zip(built) {
            match built {
                Ok(problem) => problems.push(problem),
                Err(error @ Error::DataMissing { .. }) if !self.strict => {
                    left_out.push(format!("{} is left out: {error}", planned.facts.name));
                    missing = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
        match missing {
            Some(error) if problems.is_empty() => Err(error),
            _ => Ok((problems, left_out)),
        }
    }

    fn chosen_of<'a>(&self, archive: &'a Archive) -> Result<Vec<&'a PlannedProblem>> {
        if !self.strict {
            return Ok(archive.plan.problems.iter().collect());
        }
        let (names, known) = (self.problem_names(), archive.problems());
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        if let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) {
            return Err(Error::unknown("problem of the archive", name, &known));
        }
        Ok(archive.plan.problems.iter().filter(|planned| names.contains(&planned.facts.name)).collect())
    }

    /// Builds a problem with the facts of the archive, and checks that it is the same one.
    pub(super) fn built_as_in(&self, archive: &Archive, planned: &PlannedProblem) -> Result<BuiltProblem> {
        let name = &planned.facts.name;
        let refused = |what: String| Error::Unsupported {
            what,
            remedy: "choose others with --problems, or compare with an archive of the same problems and data",
        };
        let spec = shards::spec(self, name).map_err(|_| {
            refused(format!("the archive {} has a problem {name}, unknown here", archive.name))
        })?;
        let built = spec.build_with(&archive.plan.settings, &planned.facts)?;
        match planned.likeness.difference(built.likeness()) {
            None => Ok(built),
            Some(difference) => Err(refused(format!(
                "the problem {name} of the archive {} is another one: {difference}",
                archive.name
            ))),
        }
    }
}

/// Puts the runs of an archive beside those that were run here.
fn together(
    archive: &Archive,
    problems: &[BuiltProblem],
    contenders: &[&dyn Contender],
    own: Vec<Run>,
) -> Comparison {
    let mut comparison = archive.comparison();
    comparison.problems = problems.iter().map(|problem| problem.facts().clone()).collect();
    comparison.optimizers.extend(contenders.iter().map(|contender| contender.facts()));
    let here = Machine::here();
    let machines = &mut comparison.origins.machines;
    let is_here: Vec<bool> = machines.iter().map(|machine| machine.is_like(&here)).collect();
    comparison.runs.iter_mut().filter(|run| !is_here[run.machine]).for_each(blank_seconds);
    if !own.is_empty() {
        let place = is_here.iter().position(|is_here| *is_here).unwrap_or_else(|| {
            machines.push(here);
            machines.len() - 1
        });
        comparison.runs.extend(own.into_iter().map(|run| Run { machine: place, ..run }));
    }
    in_order(&mut comparison);
    comparison.origins.notes = notes(archive, &comparison, is_here.contains(&false));
    comparison
}

fn blank_seconds(run: &mut Run) {
    run.curve.seconds.fill(f64::NAN);
}

/// Sorts the runs by problem, optimizer, phase, trial and seed, and leaves out those of other problems.
fn in_order(comparison: &mut Comparison) {
    let places =
        |names: Vec<&String>| -> BTreeMap<String, usize> { names.into_iter().cloned().zip(0..).collect() };
    let problem = places(comparison.problems.iter().map(|facts| &facts.name).collect());
    let optimizer = places(comparison.optimizers.iter().map(|facts| &facts.name).collect());
    comparison.runs.retain(|run| problem.contains_key(&run.problem));
    comparison.runs.sort_by_cached_key(|run| {
        let place = (problem[&run.problem], optimizer.get(&run.optimizer).copied());
        (place, run.phase, run.trial, run.seed)
    });
}

/// Returns what the report must say.
fn notes(archive: &Archive, comparison: &Comparison, from_another_machine: bool) -> Vec<String> {
    let FromArchive { name, optimizers } = comparison.origins.archive.as_ref().expect("it was just set");
    let seconds = match from_another_machine {
        true => " Seconds of another machine than this one are left blank.",
        false => "",
    };
    let code = match archive.plan.version == VERSION {
        true => String::new(),
        false => format!(
            " It was made by another version of the code; `gradus archive check {name}` runs some of it \
             again."
        ),
    };
    let others = match comparison.optimizers.len() - optimizers.len() {
        0 => String::new(),
        others => format!("; those of {others} were made here"),
    };
    vec![format!(
        "The runs of {} optimizers come from the archive {name}, which was made on {} ({}){others}. The \
         column origin of each table says which.{seconds}{code}",
        optimizers.len(),
        archive.machines_in_words(),
        archive.plan.arithmetic.words
    )]
}
