//! The measured table and its rows.

use crate::error::{DataProblem, Error, Result};
use crate::report::tables;
use crate::table::{Rule, Table, Values};
use std::path::Path;

/// The name of the table and of its files.
pub const NAME: &str = "peers";

const WORDS: [&str; 5] = ["workload", "title", "kind", "peer", "version"];
const NUMBERS: [&str; 3] = ["median_s", "q1_s", "q3_s"];
const RATIOS: [&str; 4] = ["ratio", "ratio_low", "ratio_high", "target"];

/// A row of the table: one program on one workload.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PeerRow {
    /// The workload with its size, such as "W7/bfgs/100".
    pub workload: String,
    pub title: String,
    /// "ours", "peer", "limit" or "bound".
    pub kind: String,
    pub peer: String,
    /// The median time of a unit of work in seconds; NaN if it was not measured.
    pub median: f64,
    pub quartiles: [f64; 2],
    pub unit: String,
    /// Its time divided by ours; the ends of the interval follow.
    pub ratio: f64,
    pub low: f64,
    pub high: f64,
    /// The ratio that must be reached; NaN without a target.
    pub target: f64,
    pub verdict: String,
    pub note: String,
}

/// Reads the measurements as the table `peers`: workload, title, kind (ours, peer, limit, bound), peer,
/// version, the median and the quartiles in seconds, unit, rounds, the ratio (its time divided by ours) with
/// its interval, target, verdict, note.
///
/// # Errors
///
/// [`Error::Io`] if the file cannot be read, [`Error::Data`] with the reason if it is not such a table.
pub fn read(path: &Path) -> Result<Table> {
    let read = tables::read_csv(path)?;
    let wrong = |reason: String| Error::Data {
        path: path.into(),
        format: "a table of ours beside its peers",
        problem: DataProblem::Line { line: 1, reason },
    };
    let mut table =
        Table::new(NAME, "Ours beside its peers: seconds of a unit of work, and each peer's time over ours");
    let columns =
        WORDS.iter().chain(&NUMBERS).chain(&["unit", "rounds"]).chain(&RATIOS).chain(&["verdict", "note"]);
    for name in columns {
        let column = read.get(name).map_err(|_| wrong(format!("the column {name} is missing")))?;
        let numeric = NUMBERS.contains(name) || RATIOS.contains(name) || *name == "rounds";
        let values = if numeric {
            numbers(&column.values).ok_or_else(|| wrong(format!("{name} is no number")))?
        } else {
            words(&column.values)
        };
        table = table.column(*name, values, Rule::Timing);
    }
    if table.rows() == 0 {
        return Err(wrong("it has no rows".into()));
    }
    Ok(table)
}

/// Converts a column to floats, with NaN for an empty cell; `None` if it holds text.
fn numbers(values: &Values) -> Option<Values> {
    match values {
        Values::Float(_) => Some(values.clone()),
        Values::Integer(v) => Some(Values::Float(v.iter().map(|&i| i as f64).collect())),
        Values::Text(v) if v.iter().all(String::is_empty) => Some(Values::Float(vec![f64::NAN; v.len()])),
        Values::Text(_) => None,
    }
}

fn words(values: &Values) -> Values {
    let cell = |row: usize| {
        if matches!(values, Values::Float(v) if v[row].is_nan()) { String::new() } else { values.cell(row) }
    };
    Values::Text((0..values.len()).map(cell).collect())
}

/// Returns the rows of a table that [`read`] returned.
pub(super) fn rows(table: &Table) -> Result<Vec<PeerRow>> {
    let word = |name: &str| -> Result<Vec<String>> {
        table.get(name).map(|c| (0..c.values.len()).map(|i| c.values.cell(i)).collect())
    };
    let (workload, title, kind, peer) = (word("workload")?, word("title")?, word("kind")?, word("peer")?);
    let (unit, verdict, note) = (word("unit")?, word("verdict")?, word("note")?);
    let [ratio, low, high, target] = RATIOS.map(|name| table.floats(name));
    let [median, q1, q3] = NUMBERS.map(|name| table.floats(name));
    let (median, q1, q3) = (median?, q1?, q3?);
    let (ratio, low, high, target) = (ratio?, low?, high?, target?);
    let row = |i: usize| PeerRow {
        workload: workload[i].clone(),
        title: title[i].clone(),
        kind: kind[i].clone(),
        peer: peer[i].clone(),
        median: median[i],
        quartiles: [q1[i], q3[i]],
        unit: unit[i].clone(),
        ratio: ratio[i],
        low: low[i],
        high: high[i],
        target: target[i],
        verdict: verdict[i].clone(),
        note: note[i].clone(),
    };
    Ok((0..table.rows()).map(row).collect())
}
