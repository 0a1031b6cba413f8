//! The plan of a comparison in shards, as data.

use super::arithmetic::Arithmetic;
use crate::compare::suite::{Likeness, OptimizerFacts, ProblemFacts, Settings};
use crate::error::{Error, Result};

/// The plan of a comparison in shards. It holds everything that shards and the merge must agree on: the
/// version of the code, the arithmetic, the settings, the problems with their facts, and the shard of each
/// pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The version of the code: [`VERSION`](crate::compare::suite::VERSION) where it was made.
    pub version: String,
    /// The arithmetic of the machine that made it.
    pub arithmetic: Arithmetic,
    /// The settings of the comparison.
    pub settings: Settings,
    /// The number of shards, at least 1.
    pub shards: usize,
    /// The problems, in the order of the suite.
    pub problems: Vec<PlannedProblem>,
    /// The optimizers, in the order of the suite.
    pub optimizers: Vec<PlannedOptimizer>,
    /// The pairs of a problem and an optimizer, the longest first.
    pub pairs: Vec<PlannedPair>,
}

/// A problem of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedProblem {
    /// The facts, which shards take over: no shard computes a lowest value.
    pub facts: ProblemFacts,
    /// Everything that runs depend on besides the optimizer, as text. A shard whose data are others has
    /// another one.
    pub identity: String,
    /// What makes the problem the same one on every machine.
    pub likeness: Likeness,
}

/// An optimizer of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedOptimizer {
    /// The facts.
    pub facts: OptimizerFacts,
    /// The version; see [`Contender::version`](crate::compare::suite::Contender::version).
    pub version: String,
}

/// A pair of a plan: an optimizer on a problem, with all of its runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlannedPair {
    /// The place of the problem in the plan.
    pub problem: usize,
    /// The place of the optimizer in the plan.
    pub optimizer: usize,
    /// The number of runs.
    pub runs: usize,
    /// The expected seconds of all its runs on one thread.
    pub seconds: f64,
    /// The shard, from 1.
    pub shard: usize,
}

impl Plan {
    /// Returns the pairs of a shard, the longest first.
    pub fn of_shard(&self, shard: usize) -> impl Iterator<Item = &PlannedPair> {
        self.pairs.iter().filter(move |pair| pair.shard == shard)
    }

    /// Returns the number of runs.
    pub fn runs(&self) -> usize {
        self.pairs.iter().map(|pair| pair.runs).sum()
    }

    /// Returns the expected seconds of all runs on one thread.
    pub fn seconds(&self) -> f64 {
        self.pairs.iter().map(|pair| pair.seconds).sum()
    }

    /// Returns the expected seconds of the longest shard on one thread.
    pub fn longest_shard(&self) -> f64 {
        let of = |shard| self.of_shard(shard).map(|pair| pair.seconds).sum::<f64>();
        (1..=self.shards).map(of).fold(0.0, f64::max)
    }

    /// Returns the expected seconds of the longest pair on one thread. No shard can be shorter than its
    /// longest pair.
    pub fn longest_pair(&self) -> f64 {
        self.pairs.iter().map(|pair| pair.seconds).fold(0.0, f64::max)
    }

    /// Returns the name of a pair: "rosenbrock × adam".
    pub fn name(&self, pair: &PlannedPair) -> String {
        let (problem, optimizer) = (&self.problems[pair.problem], &self.optimizers[pair.optimizer]);
        format!("{} × {}", problem.facts.name, optimizer.facts.name)
    }

    /// Checks that a shard is one of the plan.
    ///
    /// # Errors
    /// If it is 0 or larger than the number of shards.
    pub fn check_shard(&self, shard: usize) -> Result<()> {
        if (1..=self.shards).contains(&shard) {
            return Ok(());
        }
        let what = format!("there is no shard {shard} in a plan of {} shards", self.shards);
        Err(Error::Unsupported { what, remedy: "name one from 1 to the number of shards, such as 1/8" })
    }

    /// Checks that this program is of the version that made the plan.
    ///
    /// # Errors
    /// If it is not.
    pub fn check_version(&self, here: &str) -> Result<()> {
        if self.version == here {
            return Ok(());
        }
        let what = format!("the plan is of another version of gradus ({}, and this is {here})", self.version);
        Err(Error::Unsupported {
            what,
            remedy: "run the version that made it, or make a new plan in a new folder",
        })
    }
}
