//! Checks of hyperparameters that several rules share. Each error names the range.

use crate::error::{Result, check_hyperparameter};
use crate::optimizer::count::{COUNT, is_count};

/// Checks a share that is kept from step to step: 0 ≤ value < 1.
pub(super) fn share(name: &'static str, value: f64) -> Result<()> {
    check_hyperparameter(name, value, "at least 0 and below 1", |v| (0.0..1.0).contains(&v)).map(drop)
}

/// Checks that 0 ≤ value ≤ 1.
pub(super) fn zero_to_one(name: &'static str, value: f64) -> Result<()> {
    check_hyperparameter(name, value, "from 0 to 1", |v| (0.0..=1.0).contains(&v)).map(drop)
}

/// Checks that 0 ≤ value < ∞.
pub(super) fn not_negative(name: &'static str, value: f64) -> Result<()> {
    check_hyperparameter(name, value, "finite and ≥ 0", |v| v.is_finite() && v >= 0.0).map(drop)
}

/// Checks that a value is a whole number in a range, which `words` describe.
pub(super) fn whole(
    name: &'static str,
    value: f64,
    words: &'static str,
    range: std::ops::RangeInclusive<f64>,
) -> Result<()> {
    check_hyperparameter(name, value, words, |v| v.fract() == 0.0 && range.contains(&v)).map(drop)
}

/// Checks a number of steps that is kept as an `f64`.
pub(super) fn count(name: &'static str, value: f64) -> Result<()> {
    check_hyperparameter(name, value, COUNT, is_count).map(drop)
}

/// Checks a number of steps that must not be 0.
pub(super) fn at_least_one(name: &'static str, value: u64) -> Result<()> {
    check_hyperparameter(name, value as f64, "at least 1", |v| v >= 1.0).map(drop)
}

/// Checks that 0 < value < ∞.
pub(super) fn positive(name: &'static str, value: f64) -> Result<()> {
    check_hyperparameter(name, value, "finite and > 0", |v| v.is_finite() && v > 0.0).map(drop)
}
