//! Tables: named columns of equal length, each with the rule by which `gradus verify` compares it.
//!
//! A table is plain data. Only `report` turns it into a polars frame, a CSV or Parquet file, or HTML.

mod columns;
mod gradcheck;
mod rule;
mod values;

pub use columns::{Column, Table};
pub use rule::Rule;
pub use values::Values;
