//! Criterion's estimates as a table and a chart.
//!
//! Criterion 0.8 leaves `target/criterion/**/new/benchmark.json` (the names) and `estimates.json`
//! (nanoseconds with a confidence interval) for each benchmark.

mod chart;
mod estimates;
pub mod to_target;
mod unit;

pub use chart::figure;
pub use estimates::{NAME, read};

#[cfg(test)]
mod tests;
