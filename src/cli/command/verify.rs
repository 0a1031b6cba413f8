//! `gradus verify`: runs studies again, and compares with the committed results.

mod definition;
mod plan;
mod sample;
mod tally;
mod workers;

pub use definition::Verify;
