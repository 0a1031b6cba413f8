//! What an archive holds.

use super::rules::Rules;
use crate::compare::suite::{Comparison, FromArchive, Machine, Origins, Plan, Run};
use crate::error::{Error, Result};

/// A finished comparison that others are compared against. It holds every run with its outcome, its costs,
/// its area and its last loss. Of the curves it keeps those at the best settings, without seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Archive {
    /// The name, as in `gradus compare --against NAME`.
    pub name: String,
    /// The rules of counting and tuning.
    pub rules: Rules,
    /// What was compared: version, arithmetic, settings, and the problems with their likeness, facts and
    /// targets.
    pub plan: Plan,
    /// The machines that ran it. [`Run::machine`] is a place in this list.
    pub machines: Vec<Machine>,
    /// The runs.
    pub runs: Vec<Run>,
}

impl Archive {
    /// Returns the comparison.
    pub fn comparison(&self) -> Comparison {
        let settings = self.plan.settings;
        let archive = FromArchive { name: self.name.clone(), optimizers: self.optimizers() };
        Comparison {
            problems: self.plan.problems.iter().map(|problem| problem.facts.clone()).collect(),
            optimizers: self.plan.optimizers.iter().map(|optimizer| optimizer.facts.clone()).collect(),
            runs: self.runs.clone(),
            trials: settings.trials,
            seeds: settings.seeds,
            origins: Origins {
                machines: self.machines.clone(),
                archive: Some(archive),
                ..Origins::default()
            },
        }
    }

    /// Returns the names of the optimizers.
    pub fn optimizers(&self) -> Vec<String> {
        self.plan.optimizers.iter().map(|optimizer| optimizer.facts.name.clone()).collect()
    }

    /// Returns the names of the problems.
    pub fn problems(&self) -> Vec<String> {
        self.plan.problems.iter().map(|problem| problem.facts.name.clone()).collect()
    }

    /// Returns the machines in words: "AMD EPYC 9B14", or several of them.
    pub fn machines_in_words(&self) -> String {
        let names: Vec<&str> = self.machines.iter().map(|machine| machine.processor.as_str()).collect();
        if names.is_empty() { "an unknown machine".into() } else { names.join(" and ") }
    }

    /// Checks that runs of this program may stand beside those of the archive.
    ///
    /// # Errors
    /// If evaluations were counted or optimizers tuned by other rules.
    pub fn check_rules(&self) -> Result<()> {
        let Some(difference) = self.rules.difference(&Rules::here()) else { return Ok(()) };
        Err(Error::Unsupported {
            what: format!("the archive {} was made by {difference}", self.name),
            remedy: "make it again with this version, by `gradus compare` and `gradus archive add`",
        })
    }
}
