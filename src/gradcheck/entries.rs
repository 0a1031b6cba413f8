//! Which entries are looked at.

use crate::error::{Result, check_hyperparameter};
use crate::rng;

/// Which entries a check looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Entries {
    /// Every one.
    #[default]
    All,
    /// Some at random, without repetition; all if there are no more. The same seed chooses the same ones.
    Sample {
        /// How many (≥ 1).
        count: usize,
        /// Chooses them.
        seed: u64,
    },
}

impl Entries {
    /// The chosen of `0..dim`, in rising order.
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
