//! The measurements as Markdown: all of them for `results/PEERS.md`, and one row a workload for the README.

use super::chart::group;
use super::measured::{PeerRow, rows};
use crate::error::Result;
use crate::report::numbers::{digits, time_within};
use crate::report::tables::pages::bare;
use crate::table::Table;
use std::fmt::Write;

/// The file in `results/` that shows all measurements.
pub const PAGE: &str = "PEERS.md";

const HEAD: &str = "| | work | Gradus: median [quartiles] | closest peer: its time ÷ ours | target | verdict \
                    | share of the machine's limit |\n|:--|:--|--:|:--|--:|:--|:--|\n";

/// Returns the README's block: for each workload that has peers, the case that is least favourable to Gradus,
/// as one row of the [`long_table`]. Without a table, returns a sentence that says how to measure.
///
/// # Errors
///
/// [`Error::UnknownName`](crate::error::Error::UnknownName) if a column is missing.
pub fn block(table: Option<&Table>) -> Result<String> {
    let Some(table) = table else {
        return Ok("Not measured yet: run `make peers` (half an hour).\n".into());
    };
    Ok(markdown(&hardest(&rows(table)?)))
}

/// Returns the case of each workload that is least favourable to Gradus, of the workloads that have peers.
pub(super) fn hardest(rows: &[PeerRow]) -> Vec<Case<'_>> {
    let mut hardest: Vec<Case> = Vec::new();
    for case in cases(rows).into_iter().filter(|case| case.closest.is_none_or(|row| row.kind == "peer")) {
        match hardest.last_mut().filter(|last| group(&last.ours.workload) == group(&case.ours.workload)) {
            Some(last) if case.margin() < last.margin() => *last = case,
            Some(_) => {}
            None => hardest.push(case),
        }
    }
    hardest
}

/// Returns the number of a workload: 7 for "W7/bfgs/100". One without a number comes last.
pub(super) fn group_number(workload: &str) -> usize {
    let number = group(workload).strip_prefix('W').and_then(|number| number.parse().ok());
    number.unwrap_or(usize::MAX)
}

/// Returns the table of `results/PEERS.md`: for each case the time of Gradus, the closest peer (the one whose
/// ratio is the smallest relative to its target), the target, whether it was reached, and the share of the
/// machine's limits. A sentence below the table names what was not measured.
///
/// # Errors
///
/// [`Error::UnknownName`](crate::error::Error::UnknownName) if a column is missing.
pub fn long_table(table: &Table) -> Result<String> {
    let rows = rows(table)?;
    let mut text = markdown(&cases(&rows));
    let missing: Vec<String> = rows
        .iter()
        .filter(|row| !row.median.is_finite())
        .map(|row| format!("{} {}", row.workload, row.peer))
        .collect();
    if !missing.is_empty() {
        let _ = write!(text, "\nNot measured (the CSV file has the reason): {}.\n", missing.join(", "));
    }
    Ok(text)
}

/// Returns the page `results/PEERS.md`, given where and when it was measured as a sentence, and the
/// processors [side by side](super::side_by_side).
///
/// # Errors
///
/// [`Error::UnknownName`](crate::error::Error::UnknownName) if a column is missing.
pub fn page(table: &Table, origin: &str, processors: &str) -> Result<String> {
    Ok(format!(
        "# Gradus compared with other libraries\n\nWritten by `make peers`; {origin}\n\n\
         Every library does the same work, on the same data, to the same accuracy, with two threads. A \
         ratio is the other library's time divided by ours: above 1, Gradus is faster. Ratios have \
         confidence intervals. Targets were set before anything was measured, and a target counts as \
         reached only if the whole interval lies above it. The last column compares Gradus with the speed \
         of the machine: a product of matrices (sgemm, dgemm), a Cholesky factorization (dpotrf), or a copy \
         of the same number of bytes. The copy is not a strict limit, because an update writes where it has \
         just read. In W15 the limit is the time of the rule's own matrix products by sgemm. W9 and W10 are waiting times; their \"peer\" is the time that the project promises.\n\n\
         ![Each peer's time divided by ours](peers.svg)\n\n\
         [CSV](peers.csv), with every peer · [Parquet](peers.parquet)\n{processors}\n{}",
        long_table(table)?
    ))
}

/// What was measured of one workload at one size.
pub(super) struct Case<'a> {
    ours: &'a PeerRow,
    /// The peer, or the promise, with the smallest margin.
    closest: Option<&'a PeerRow>,
    limits: Vec<&'a PeerRow>,
}

impl Case<'_> {
    pub(super) fn workload(&self) -> &str {
        &self.ours.workload
    }

    /// Returns the closest peer with its ratio, and the shares of the limits: "jax 4.8 [4.6, 5.1]; sgemm
    /// 50 %".
    pub(super) fn in_short(&self) -> String {
        let size = self.workload().strip_prefix(group(self.workload())).unwrap_or_default();
        let peer =
            self.closest.map_or_else(|| "–".into(), |row| format!("{} {}", row.peer, with_interval(row)));
        let limits =
            self.limits.iter().map(|row| format!("; {} {} %", row.peer, digits(100.0 * row.ratio, 2)));
        let of = if size.is_empty() { String::new() } else { format!(" ({})", &size[1..]) };
        format!("{peer}{of}{}", limits.collect::<String>())
    }

    /// The ratio of the closest peer relative to its target; ∞ without a peer.
    fn margin(&self) -> f64 {
        self.closest.map_or(f64::INFINITY, over_target)
    }
}

/// Groups the rows into the cases that Gradus finished.
fn cases(rows: &[PeerRow]) -> Vec<Case<'_>> {
    let ours = rows.iter().filter(|row| row.kind == "ours" && row.median.is_finite());
    ours.map(|ours| {
        let of = |kinds: &'static [&str]| {
            rows.iter().filter(move |row| {
                row.workload == ours.workload && kinds.contains(&row.kind.as_str()) && row.ratio.is_finite()
            })
        };
        let closest = of(&["peer", "bound"]).min_by(|a, b| over_target(a).total_cmp(&over_target(b)));
        Case { ours, closest, limits: of(&["limit"]).collect() }
    })
    .collect()
}

fn markdown(cases: &[Case]) -> String {
    let mut text = String::from(HEAD);
    for Case { ours, closest, limits } in cases {
        let cells = [
            ours.workload.clone(),
            ours.title.clone(),
            format!("{} per {}", time_within(ours.median, ours.quartiles), ours.unit),
            closest.map_or_else(|| "–".into(), |row| format!("{} {}", row.peer, with_interval(row))),
            closest.map_or_else(String::new, aim),
            closest.map_or_else(String::new, |row| row.verdict.clone()),
            limits.iter().map(|row| share(row)).collect::<Vec<_>>().join("; "),
        ];
        let _ = writeln!(text, "| {} |", cells.map(|cell| bare(&cell)).join(" | "));
    }
    text
}

/// The ratio relative to the target, or the ratio itself where no target was set.
fn over_target(row: &PeerRow) -> f64 {
    if row.target.is_finite() { row.ratio / row.target } else { row.ratio }
}

fn with_interval(row: &PeerRow) -> String {
    format!("{} [{}, {}]", digits(row.ratio, 3), digits(row.low, 3), digits(row.high, 3))
}

fn aim(row: &PeerRow) -> String {
    if row.target.is_finite() { format!("≥ {}", digits(row.target, 2)) } else { String::new() }
}

/// "dgemm 78 % (≥ 70 %: reached)".
fn share(row: &PeerRow) -> String {
    let percent = |v: f64| format!("{} %", digits(100.0 * v, 2));
    let aim = if row.target.is_finite() {
        format!(" (≥ {}: {})", percent(row.target), row.verdict)
    } else {
        String::new()
    };
    format!("{} {}{aim}", row.peer, percent(row.ratio))
}
