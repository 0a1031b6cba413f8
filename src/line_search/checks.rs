//! Checks of parameters that several line searches have.

use crate::error::{Result, check_hyperparameter};

/// Checks the two constants of the Wolfe conditions, 0 < `decrease` < ½ and `decrease` < `curvature` < 1.
pub fn check_wolfe(decrease: f64, curvature: f64) -> Result<()> {
    check_hyperparameter("decrease", decrease, "above 0 and below ½", |c| c > 0.0 && c < 0.5)?;
    check_hyperparameter("curvature", curvature, "above decrease and below 1", |c| c > decrease && c < 1.0)?;
    Ok(())
}

/// Checks that at least one trial is allowed.
pub fn check_trials(max_trials: usize) -> Result<()> {
    check_hyperparameter("max_trials", max_trials as f64, "at least 1", |n| n >= 1.0).map(|_| ())
}
