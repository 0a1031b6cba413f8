//! The block of the README that shows the measurement.

use super::{Row, rows};
use crate::error::Result;
use crate::report::numbers::{digits, time_within};
use crate::report::tables::pages::bare;
use crate::table::Table;
use std::fmt::Write;

/// The README's block for the table that [`read`](super::read) gives, or for none: of each workload ours, the
/// peer that comes nearest to us or nearest to undoing a target, the limits, and whether the target was
/// reached.
///
/// # Errors
///
/// [`Error::UnknownName`](crate::error::Error::UnknownName) if a column is missing.
pub fn block(table: Option<&Table>) -> Result<String> {
    let Some(table) = table else {
        return Ok("Not measured yet: `make peers` does it, in ten minutes.\n".into());
    };
    let rows = rows(table)?;
    let mut text = String::from(
        "| | work | ours, with its quartiles | nearest peer: its time over ours | target | | limit: share \
         reached |\n|:--|:--|--:|:--|--:|:--|:--|\n",
    );
    for ours in rows.iter().filter(|row| row.kind == "ours" && row.median.is_finite()) {
        let of = |kind: &str| {
            rows.iter()
                .filter(|row| row.workload == ours.workload && row.kind == kind && row.ratio.is_finite())
                .collect()
        };
        let (peers, limits, bounds): (Vec<&Row>, Vec<&Row>, Vec<&Row>) =
            (of("peer"), of("limit"), of("bound"));
        let least = peers.iter().chain(&bounds).min_by(|a, b| over_target(a).total_cmp(&over_target(b)));
        let cells = [
            ours.workload.clone(),
            ours.title.clone(),
            format!("{} per {}", time_within(ours.median, ours.quartiles), ours.unit),
            least.map_or_else(|| "–".into(), |row| format!("{} {}", row.peer, with_interval(row))),
            least.map_or_else(String::new, |row| aim(row)),
            least.map_or_else(String::new, |row| row.verdict.clone()),
            limits.iter().map(|row| share(row)).collect::<Vec<_>>().join("; "),
        ];
        let _ = writeln!(text, "| {} |", cells.map(|cell| bare(&cell)).join(" | "));
    }
    let missing: Vec<String> = rows
        .iter()
        .filter(|row| !row.median.is_finite())
        .map(|row| format!("{} {}", row.workload, row.peer))
        .collect();
    if !missing.is_empty() {
        let _ = write!(text, "\nNot measured (the reason is in the table): {}.\n", missing.join(", "));
    }
    Ok(text)
}

fn over_target(row: &Row) -> f64 {
    if row.target.is_finite() { row.ratio / row.target } else { row.ratio }
}

fn with_interval(row: &Row) -> String {
    format!("{} [{}, {}]", digits(row.ratio, 3), digits(row.low, 3), digits(row.high, 3))
}

fn aim(row: &Row) -> String {
    if row.target.is_finite() { format!("≥ {}", digits(row.target, 2)) } else { String::new() }
}

/// "dgemm 78 % (≥ 70 %: reached)".
fn share(row: &Row) -> String {
    let percent = |v: f64| format!("{} %", digits(100.0 * v, 2));
    let aim = if row.target.is_finite() {
        format!(" (≥ {}: {})", percent(row.target), row.verdict)
    } else {
        String::new()
    };
    format!("{} {}{aim}", row.peer, percent(row.ratio))
}
