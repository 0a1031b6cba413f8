//! The size of a comparison.

use crate::error::{Result, check_hyperparameter};

/// The size of a comparison: the number of runs, and their budget.
///
/// | | default | range |
/// |---|---|---|
/// | trials of each tuning | 36 | 1 to 1000 |
/// | seeds at the best setting, and at the defaults | 12 | 1 to 10000 |
/// | seed from which all random numbers come | 0 | |
/// | scale of every problem's budget | 1 | finite, > 0 |
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The number of trials of each tuning (1 to 1000).
    pub trials: usize,
    /// The number of seeds at the best setting, and at the defaults (1 to 10000).
    pub seeds: usize,
    /// The seed of all random numbers.
    pub seed: u64,
    /// The factor on the budget of every problem (finite, > 0).
    pub scale: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { trials: 36, seeds: 12, seed: 0, scale: 1.0 }
    }
}

impl Settings {
    /// Returns the settings of a quick comparison: fewer trials and seeds, and a fifth of the evaluations.
    /// That is too little for statistical claims.
    pub fn quick() -> Self {
        Settings { trials: 8, seeds: 3, scale: 0.2, ..Settings::default() }
    }

    /// Checks that the numbers are in their ranges.
    ///
    /// # Errors
    /// If a number is out of its range.
    pub fn validate(&self) -> Result<()> {
        let count = |name, count: usize, range, most| {
            check_hyperparameter(name, count as f64, range, |_| (1..=most).contains(&count))
        };
        count("trials", self.trials, "from 1 to 1000", 1000)?;
        count("seeds", self.seeds, "from 1 to 10000", 10_000)?;
        check_hyperparameter("scale", self.scale, "finite and > 0", |v| v.is_finite() && v > 0.0)?;
        Ok(())
    }

    /// Returns a budget at this scale: a whole number of evaluations, at least one.
    pub(super) fn scaled(&self, budget: f64) -> f64 {
        (budget * self.scale).round().max(1.0)
    }
}
