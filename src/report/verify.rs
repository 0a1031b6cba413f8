//! What differs between the committed results and fresh ones.

mod claims;
mod compare;
mod difference;
mod numbers;
mod study;

pub(crate) use claims::allowed_change;
pub(crate) use compare::tables as compare_tables;
pub use difference::{Difference, Drift, What};
pub use study::{Comparison, verify, verify_files};

#[cfg(test)]
mod tests;
