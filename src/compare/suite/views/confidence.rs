//! The level of verdicts, and the random numbers of intervals.

/// The significance level of verdicts: the probability of even one wrong verdict among those of a problem, or
/// of a table.
pub const LEVEL: f64 = 0.05;

/// The seed of the bootstrap intervals, so that equal comparisons have equal tables.
pub(super) const BOOTSTRAP_SEED: u64 = 0;
