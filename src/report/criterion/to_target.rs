//! The times of the comparison's optimizers: Criterion's estimates next to the comparison's own counts.
//!
//! `benches/comparison.rs` times two groups: an `iteration` of each optimizer, and its `time_to_target` on
//! each problem.

mod captions;
mod chart;
mod estimates;
mod pairs;
mod summary;
mod tables;

pub use captions::{TABLES, caption};
pub use chart::{CAPTION, TITLE, figure};
pub use estimates::{GROUPS, NAME};
pub use tables::tables;

#[cfg(test)]
mod tests;
