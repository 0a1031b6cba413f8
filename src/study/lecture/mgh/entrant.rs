//! An optimizer that takes part, with its runs.

use super::contenders::Contender;
use super::runs::ProblemRun;

/// An optimizer with its run on each problem, in the order of
/// [`NAMES`](crate::problems::more_garbow_hillstrom::NAMES). `None` where it does not apply.
pub(super) struct Entrant {
    pub contender: Contender,
    pub runs: Vec<Option<ProblemRun>>,
}

impl Entrant {
    pub fn solved(&self) -> impl Iterator<Item = &ProblemRun> {
        self.runs.iter().flatten().filter(|run| run.solved)
    }
}
