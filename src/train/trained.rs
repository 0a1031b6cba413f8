//! The outcome of a training run.

use crate::stop::Termination;
use ndarray::Array1;

/// The outcome of a training run.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained<F = f64> {
    /// The last parameters, or their average if one was asked for. If the run diverged, those of the last
    /// checkpoint.
    pub params: Array1<F>,
    /// The number of steps done.
    pub steps: usize,
    /// The number of epochs done, with fractions.
    pub epochs: f64,
    /// The number of gradients of single examples evaluated.
    pub example_grads: u64,
    /// The number of steps whose gradient was clipped; 0 too if nothing is clipped.
    pub clipped: u64,
    /// The time spent in steps, in seconds.
    pub seconds: f64,
    /// Why the run ended.
    pub termination: Termination,
}
