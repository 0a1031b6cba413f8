//! How long the comparison's optimizers take: Criterion's estimates beside what the comparison counted.
//!
//! `benches/comparison.rs` times two groups: an `iteration` of each optimizer, and its `time_to_target` on
//! each problem.

mod chart;
mod pairs;
mod summary;

pub use chart::{CAPTION, TITLE, figure};

use crate::error::Result;
use crate::table::Table;
use std::collections::HashMap;

/// The groups of benchmarks, which have a chart and tables of their own.
pub const GROUPS: [&str; 2] = [ITERATION, NAME];
/// The group of single iterations.
const ITERATION: &str = "iteration";
/// The group of times to the target; and the name of the table of pairs and of the chart, and so of their
/// files.
pub const NAME: &str = "time_to_target";
/// All tables with their captions.
pub const TABLES: [(&str, &str); 3] = [
    (
        NAME,
        "Seconds of each optimizer at its best setting to the target of each problem, by Criterion, on one \
         thread: medians with their confidence \
         intervals, of the run whose evaluations are the median of the seeds that reach it; empty where none \
         does. Evaluations are the median of \
         those seeds",
    ),
    (
        "time_to_target_by_problem",
        "Who reaches the target of each problem first by the clock, with the interval of its time, those \
         whose intervals overlap with it, and who needs \
         the fewest evaluations",
    ),
    (
        "time_to_target_by_optimizer",
        "Of each optimizer: problems that it solves, on how many of them it is the fastest, how many times \
         longer than the fastest it takes there \
         (geometric mean over these problems with its 95 % interval), and the time of an iteration",
    ),
];

/// A time with its interval, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Time {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

/// Where nothing was timed.
const NEVER: Time = Time { median: f64::NAN, low: f64::NAN, high: f64::NAN };

/// What Criterion says of one optimizer on one problem.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Timed {
    whole: Time,
    iterations: f64,
}

/// An optimizer on a problem, as the comparison has it, and its time to the target.
#[derive(Debug, Clone, PartialEq)]
struct Pair {
    problem: String,
    optimizer: String,
    setting: String,
    evaluations: f64,
    /// NaN where it was not timed, since it does not get there.
    iterations: f64,
    time: Time,
}

/// The [`TABLES`], from all times as [`read`](super::read) gives them and from the table `outcomes` of the
/// comparison; `None` if nothing of it was timed.
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

/// The times of single iterations, by optimizer and problem.
fn iterations(times: &Table) -> Result<HashMap<(String, String), Time>> {
    let single = |timed: Timed| {
        let each = |seconds: f64| seconds / timed.iterations;
        Time { median: each(timed.whole.median), low: each(timed.whole.low), high: each(timed.whole.high) }
    };
    Ok(estimates(times, ITERATION)?.into_iter().map(|(key, timed)| (key, single(timed))).collect())
}

/// The times of one group, by optimizer and problem.
fn estimates(times: &Table, group: &str) -> Result<HashMap<(String, String), Timed>> {
    let (groups, optimizers, problems) =
        (words(times, "group")?, words(times, "function")?, words(times, "parameter")?);
    let [iterations, median, low, high] =
        ["elements", "median_ns", "low_ns", "high_ns"].map(|name| times.floats(name));
    let (iterations, median, low, high) = (iterations?, median?, low?, high?);
    let of_group = (0..times.rows()).filter(|&row| groups[row] == group);
    let timed = |row: usize| {
        let seconds = |nanoseconds: &[f64]| nanoseconds[row] / 1e9;
        Timed {
            whole: Time { median: seconds(&median), low: seconds(&low), high: seconds(&high) },
            iterations: iterations[row],
        }
    };
    Ok(of_group.map(|row| ((optimizers[row].clone(), problems[row].clone()), timed(row))).collect())
}

/// A column as words.
fn words(table: &Table, name: &str) -> Result<Vec<String>> {
    table.get(name).map(|column| (0..column.values.len()).map(|row| column.values.cell(row)).collect())
}

/// The caption of a table.
pub fn caption(name: &str) -> &'static str {
    TABLES.iter().find(|(known, _)| *known == name).map_or("", |(_, caption)| caption)
}

#[cfg(test)]
mod tests;
