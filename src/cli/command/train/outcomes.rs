//! The outcome of a training run.

use crate::stop::Termination;
use crate::train::Curve;

/// A finished run, in either precision.
pub(super) struct Outcomes {
    pub curve: Curve,
    pub termination: Termination,
    pub steps: usize,
    pub epochs: f64,
    pub seconds: f64,
    pub steps_per_second: f64,
    pub clipped: u64,
}
