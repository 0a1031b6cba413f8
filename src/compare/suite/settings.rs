//! How much a comparison runs.

use crate::error::{Result, check_hyperparameter};

/// How much a comparison runs.
///
/// | | default | range |
/// |---|---|---|
/// | trials of each tuning | 36 | ≥ 1 |
/// | seeds at the best setting, and at the defaults | 10 | ≥ 1 |
/// | seed from which all random numbers come | 0 | |
/// | scale of every problem's budget | 1 | finite, > 0 |
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Trials of each tuning.
    pub trials: usize,
    /// Seeds at the best setting, and at the defaults.
    pub seeds: usize,
    /// The seed from which every random number comes.
    pub seed: u64,
    /// Multiplies the evaluations that a run may spend.
    pub scale: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { trials: 36, seeds: 10, seed: 0, scale: 1.0 }
    }
}

impl Settings {
    /// A first look: fewer trials and seeds, and a fifth of the evaluations. Too little for statistical
    /// claims.
    pub fn quick() -> Self {
        Settings { trials: 8, seeds: 3, scale: 0.2, ..Settings::default() }
    }

    /// Checks the numbers.
    ///
    /// # Errors
    /// If one is out of its range.
    pub fn validate(&self) -> Result<()> {
        check_hyperparameter("trials", self.trials as f64, "at least 1", |v| v >= 1.0)?;
        check_hyperparameter("seeds", self.seeds as f64, "at least 1", |v| v >= 1.0)?;
        check_hyperparameter("scale", self.scale, "finite and > 0", |v| v.is_finite() && v > 0.0)?;
        Ok(())
    }

    /// A budget at this scale: whole evaluations, at least one.
    pub(super) fn scaled(&self, budget: f64) -> f64 {
        (budget * self.scale).round().max(1.0)
    }
}
