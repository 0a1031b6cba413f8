//! The selection of the entries that are checked.

use crate::error::{Result, check_hyperparameter};
use crate::rng;

/// The entries that are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Entries {
    /// All entries.
    #[default]
    All,
    /// A random sample without repetition, or all entries if there are at most `count`. The same seed selects
    /// the same entries.
    Sample {
        /// The number of entries (≥ 1).
        count: usize,
        /// The seed of the random selection.
        seed: u64,
    },
}

impl Entries {
    /// Returns the selected indices among `0..dim`, in increasing order.
    pub(super) fn of(self, dim: usize) -> Vec<usize> {
        match self {
            Entries::Sample { count, seed } if count < dim => {
                let order = rng::permutation(&mut rng::stream(seed, "entries of a gradient check", 0), dim);
                let mut chosen: Vec<usize> = order[..count].iter().map(|&i| i as usize).collect();
                chosen.sort_unstable();
                chosen
            }
            _ => (0..dim).collect(),
        }
    }

    pub(super) fn validate(self) -> Result<()> {
        match self {
            Entries::All => Ok(()),
            Entries::Sample { count, .. } => {
                check_hyperparameter("num-checks", count as f64, "at least 1", |v| v >= 1.0).map(|_| ())
            }
        }
    }
}
