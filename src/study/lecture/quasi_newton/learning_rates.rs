//! The learning rates over which update rules are tuned.

/// Returns the 36 learning rates over which every rule is tuned: from 100 down to 1e-5, evenly spaced in the
/// logarithm.
pub(super) fn learning_rates() -> Vec<f64> {
    (0..36).rev().map(|i| 10f64.powf(-5.0 + 7.0 * f64::from(i) / 35.0)).collect()
}
