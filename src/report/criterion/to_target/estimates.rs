//! Criterion's estimates for the comparison's optimizers.

use crate::error::Result;
use crate::table::Table;
use std::collections::HashMap;

/// The groups of benchmarks that have their own chart and tables.
pub const GROUPS: [&str; 2] = [ITERATION, NAME];
/// The group of single iterations.
pub(super) const ITERATION: &str = "iteration";
/// The group of times to the target, and the name of the table of pairs, of the chart, and of their files.
pub const NAME: &str = "time_to_target";

/// A time with its interval, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Time {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

/// The time of what was not timed.
pub(super) const NEVER: Time = Time { median: f64::NAN, low: f64::NAN, high: f64::NAN };

/// Criterion's estimate for one optimizer on one problem.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Timed {
    pub whole: Time,
    pub iterations: f64,
}

/// Returns the times of single iterations, by optimizer and problem.
pub(super) fn iterations(times: &Table) -> Result<HashMap<(String, String), Time>> {
    let single = |timed: Timed| {
        let each = |seconds: f64| seconds / timed.iterations;
        Time { median: each(timed.whole.median), low: each(timed.whole.low), high: each(timed.whole.high) }
    };
    Ok(estimates(times, ITERATION)?.into_iter().map(|(key, timed)| (key, single(timed))).collect())
}

/// Returns the times of one group, by optimizer and problem.
pub(super) fn estimates(times: &Table, group: &str) -> Result<HashMap<(String, String), Timed>> {
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

/// Returns a column as text.
pub(super) fn words(table: &Table, name: &str) -> Result<Vec<String>> {
    table.get(name).map(|column| (0..column.values.len()).map(|row| column.values.cell(row)).collect())
}
