//! Some runs of an archive again, to see whether this program still computes its numbers.

use super::contents::Archive;
use crate::compare::suite::engine::{self, Pair};
use crate::compare::suite::shards;
use crate::compare::suite::{Arithmetic, BuiltProblem, Comparison, Contender, Memory, PlannedPair, Suite};
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::rng;
use std::collections::{BTreeMap, BTreeSet};

/// Some pairs of an archive that were run again.
#[derive(Debug, Clone, PartialEq)]
pub struct Rerun {
    /// The runs of these pairs in the archive.
    pub archived: Comparison,
    /// The same runs, made now.
    pub again: Comparison,
    /// The names of the pairs that were run again: "rosenbrock × adam".
    pub pairs: Vec<String>,
    /// A sentence for each optimizer and problem that could not be drawn.
    pub left_out: Vec<String>,
    /// How the arithmetic of the archive differs from that of this machine; `None` if both compute the same
    /// bits.
    pub arithmetic: Option<String>,
}

impl Suite {
    /// Draws some pairs of a problem and an optimizer from an archive, and runs them again. Optimizers that
    /// this program does not know, or knows as others, and problems whose data are missing are not drawn.
    ///
    /// # Errors
    /// If the archive was counted or tuned by other rules, a problem is another one here, or no pair can be
    /// drawn.
    pub fn rerun(
        &self,
        archive: &Archive,
        sample: usize,
        draw: u64,
        progress: &dyn Progress,
    ) -> Result<Rerun> {
        archive.check_rules()?;
        let mut left_out = Vec::new();
        let contenders = self.contenders_of(archive, &mut left_out);
        let plan = &archive.plan;
        let mut candidates: Vec<&PlannedPair> =
            plan.pairs.iter().filter(|pair| contenders.contains_key(&pair.optimizer)).collect();
        let order = rng::permutation(&mut rng::stream(draw, "archive sample", 0), candidates.len());
        candidates = order.into_iter().map(|at| candidates[at as usize]).collect();
        let (mut problems, mut missing) = (BTreeMap::<usize, BuiltProblem>::new(), BTreeSet::new());
        let mut drawn: Vec<&PlannedPair> = Vec::new();
        for pair in candidates {
            if drawn.len() == sample {
                break;
            }
            if !problems.contains_key(&pair.problem) && !missing.contains(&pair.problem) {
                match self.built_as_in(archive, &plan.problems[pair.problem]) {
                    Ok(problem) => _ = problems.insert(pair.problem, problem),
                    Err(error @ Error::DataMissing { .. }) => {
                        let name = &plan.problems[pair.problem].facts.name;
                        left_out.push(format!("{name} is left out: {error}"));
                        missing.insert(pair.problem);
                    }
                    Err(error) => return Err(error),
                }
            }
            if problems.contains_key(&pair.problem) {
                drawn.push(pair);
            }
        }
        if drawn.is_empty() {
            let what = format!("no pair of the archive {} can be run here", archive.name);
            return Err(Error::Unsupported {
                what,
                remedy: "run the program that made it, where its data are",
            });
        }
        drawn.sort_by_key(|pair| (pair.problem, pair.optimizer));
        let pairs: Vec<Pair> = drawn
            .iter()
            .map(|pair| Pair { problem: &problems[&pair.problem], contender: contenders[&pair.optimizer] })
            .collect();
        let runs = engine::run_pairs(&pairs, &plan.settings, progress, &Memory::default())?;
        let archived = of_pairs(archive.comparison(), &pairs);
        let again = Comparison { runs, ..archived.clone() };
        Ok(Rerun {
            archived,
            again,
            pairs: drawn.iter().map(|pair| plan.name(pair)).collect(),
            left_out,
            arithmetic: plan.arithmetic.difference(&Arithmetic::here()),
        })
    }

    /// Returns the contenders of an archive that this program knows, by their places.
    fn contenders_of(
        &self,
        archive: &Archive,
        left_out: &mut Vec<String>,
    ) -> BTreeMap<usize, &dyn Contender> {
        let mut contenders = BTreeMap::new();
        for (place, planned) in archive.plan.optimizers.iter().enumerate() {
            match shards::contender(self, planned) {
                Ok(contender) => _ = contenders.insert(place, contender),
                Err(_) => left_out.push(format!(
                    "{} is left out: this program does not know it, or knows another version of it",
                    planned.facts.name
                )),
            }
        }
        contenders
    }
}

/// Keeps only the runs of some pairs.
fn of_pairs(mut comparison: Comparison, pairs: &[Pair]) -> Comparison {
    let names: BTreeSet<(String, String)> =
        pairs.iter().map(|pair| (pair.problem.facts().name.clone(), pair.contender.facts().name)).collect();
    comparison.runs.retain(|run| names.contains(&(run.problem.clone(), run.optimizer.clone())));
    comparison.origins.archive = None;
    comparison
}
