//! The loss and the accuracies at the end of a run.

use crate::compare::statistics::{self, Estimate};
use crate::real::Real;
use crate::train::Fit;

/// The loss and the accuracies at the end of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct FinalMetrics {
    pub loss: f64,
    pub train: f64,
    pub test: f64,
}

impl FinalMetrics {
    pub fn of<F: Real>(fit: &Fit<F>) -> Self {
        let last = |curve: &[f64]| curve.last().copied().unwrap_or(f64::NAN);
        if fit.finite() {
            FinalMetrics {
                loss: last(&fit.curve.train_loss),
                train: last(&fit.curve.train_accuracy),
                test: last(&fit.curve.test_accuracy),
            }
        } else {
            FinalMetrics { loss: f64::INFINITY, train: 0.0, test: 0.0 }
        }
    }
}

pub(super) fn each(ends: &[FinalMetrics], of: fn(&FinalMetrics) -> f64) -> Vec<f64> {
    ends.iter().map(of).collect()
}

pub(super) fn mean(ends: &[FinalMetrics], of: fn(&FinalMetrics) -> f64) -> Estimate {
    statistics::mean(&each(ends, of))
}
