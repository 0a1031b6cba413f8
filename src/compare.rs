//! Comparing runs: many seeds in parallel, intervals, and the training of classifiers with its curve.

pub mod bootstrap;
mod fastest;
pub mod paired;
pub mod profiles;
pub mod ranks;
mod replicates;
pub mod statistics;
pub mod suite;

pub use crate::model::ModelKind;
pub use fastest::{fastest, fastest_after};
pub use replicates::replicates;
