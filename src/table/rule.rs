//! The rules by which `gradus verify` compares columns.

/// The rule by which a regenerated column is compared with the committed one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// The same text, the same integer, or the same number within a relative 1e-9.
    Exact,
    /// Equal within `rtol · |committed| + atol`.
    Within {
        /// The relative tolerance.
        rtol: f64,
        /// The absolute tolerance.
        atol: f64,
    },
    /// A statistic over seeds: the intervals from the column NAME_low to the column NAME_high of the
    /// committed table and of the new one overlap.
    Statistical,
    /// An end of such an interval, which has no rule of its own.
    Interval,
    /// A ratio of times within one run: neither value is more than this factor times the other.
    TimingRatio(f64),
    /// A wall-clock time, which differs from machine to machine. It is shown but not compared.
    Timing,
}
