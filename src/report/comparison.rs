//! The files of a comparison.

use super::{files, tables};
use crate::compare::suite::Comparison;
use crate::error::Result;
use std::path::Path;

/// Writes the tables of a comparison into a folder, as CSV and as Parquet: `problems`, `optimizers`, `runs`, `curves` and `seconds`.
/// All but `seconds` are the same to the last byte whatever the number of threads, and whether the comparison was interrupted or not.
///
/// # Errors
/// If a file cannot be written.
pub fn write(comparison: &Comparison, folder: &Path) -> Result<()> {
    files::create_folder(folder)?;
    comparison.tables().iter().try_for_each(|table| tables::write(table, folder))
}
