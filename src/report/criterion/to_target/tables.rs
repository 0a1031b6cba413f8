//! The tables of times to the target.

use super::estimates::{NAME, estimates, iterations};
use super::{pairs, summary};
use crate::error::Result;
use crate::table::Table;

/// Computes the [`TABLES`](super::TABLES) from all times as [`read`](crate::report::criterion::read) gives
/// them and from the table `outcomes` of the comparison; `None` if nothing of it was timed.
///
/// # Errors
///
/// [`Error::UnknownName`](crate::error::Error::UnknownName) if a column is missing,
/// [`Error::Syntax`](crate::error::Error::Syntax) if one holds no numbers.
pub fn tables(times: &Table, outcomes: &Table) -> Result<Option<[Table; 3]>> {
    if estimates(times, NAME)?.is_empty() {
        return Ok(None);
    }
    let pairs = pairs::joined(&estimates(times, NAME)?, outcomes)?;
    Ok(Some([
        pairs::table(&pairs),
        summary::by_problem(&pairs),
        summary::by_optimizer(&pairs, &iterations(times)?),
    ]))
}
