//! The inputs of a study.

use super::budget::Budget;
use crate::progress::Progress;

/// The inputs of a study: seed, budget, and the receiver of its progress reports.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The seed from which all random numbers of the study are derived.
    pub seed: u64,
    /// Full or quick.
    pub budget: Budget,
    /// Receives the progress reports of the study.
    pub progress: &'a dyn Progress,
}

impl Context<'_> {
    /// Returns `full` or `quick`, according to the budget: a number of seeds, epochs or draws.
    pub fn choose<T>(&self, full: T, quick: T) -> T {
        match self.budget {
            Budget::Full => full,
            Budget::Quick => quick,
        }
    }
}
