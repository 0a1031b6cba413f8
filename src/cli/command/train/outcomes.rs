//! The outcome of a training run.

use crate::error::Result;
use crate::stop::Termination;
use crate::table::Table;
use crate::train::Curve;

/// A finished run, in either precision.
pub(super) struct Outcomes {
    pub curve: Curve,
    /// The parameters with their names.
    pub parameters: Table,
    pub termination: Termination,
    pub steps: usize,
    pub epochs: f64,
    pub seconds: f64,
    pub steps_per_second: f64,
    pub clipped: u64,
    /// Whether the run could be kept in its file at the end.
    pub kept: Result<()>,
}
