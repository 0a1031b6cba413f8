//! The metrics at the end of a run, and the differences between runs of the same seeds.

use crate::compare::statistics::{self, Estimate};

/// The training loss and the test accuracy at the end of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct FinalMetrics {
    pub loss: f64,
    pub accuracy: f64,
}

pub(super) fn mean_accuracy(ends: &[FinalMetrics]) -> f64 {
    ends.iter().map(|e| e.accuracy).sum::<f64>() / ends.len() as f64
}

/// Returns the mean difference in test accuracy between runs of the same seeds.
pub(super) fn lead(ends: &[FinalMetrics], over: &[FinalMetrics]) -> Estimate {
    statistics::mean(&ends.iter().zip(over).map(|(a, b)| a.accuracy - b.accuracy).collect::<Vec<_>>())
}

/// Returns the geometric mean of the ratios of the training losses of runs of the same seeds.
pub(super) fn loss_ratio(ends: &[FinalMetrics], over: &[FinalMetrics]) -> Estimate {
    let logs =
        statistics::mean(&ends.iter().zip(over).map(|(a, b)| (a.loss / b.loss).ln()).collect::<Vec<_>>());
    Estimate { value: logs.value.exp(), interval: (logs.interval.0.exp(), logs.interval.1.exp()) }
}
