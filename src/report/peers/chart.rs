//! The chart of ratios.

use super::measured::{NAME, PeerRow, rows};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::table::Table;

/// The panels and the workloads that each of them shows.
const PANELS: [(&str, &[&str]); 6] = [
    ("Training on minibatches", &["W1", "W2", "W3", "W8"]),
    ("Training of wide, deep and convolutional nets", &["W11", "W12"]),
    ("One update of the parameters", &["W5"]),
    ("One update by a newer rule", &["W15"]),
    ("All examples at once, and Newton steps", &["W4", "W6"]),
    ("Whole minimizations of Rosenbrock", &["W7"]),
];

/// Draws the table that [`read`](super::read) returns: each peer's time divided by ours with its interval,
/// and the target.
///
/// # Errors
///
/// [`Error::UnknownName`](crate::error::Error::UnknownName) if a column is missing.
pub fn figure(table: &Table) -> Result<Figure> {
    let rows = rows(table)?;
    let caption = "Each peer's time over ours, in one run on the same work, with its interval; beyond 1 ours \
                   is faster. \
                   The upright strokes are the targets.";
    let mut figure = Figure::new(NAME, "How many times faster than its peers", caption).columns(2);
    for (place, (title, groups)) in PANELS.into_iter().enumerate() {
        let shown: Vec<&PeerRow> =
            rows.iter().filter(|row| row.kind == "peer" && groups.contains(&group(&row.workload))).collect();
        if shown.is_empty() {
            continue;
        }
        let column = |value: fn(&PeerRow) -> f64| shown.iter().map(|row| value(row)).collect::<Vec<f64>>();
        let dots = Layer::Dots {
            labels: shown.iter().map(|row| format!("{} · {}", row.workload, row.peer)).collect(),
            values: column(|r| r.ratio),
            low: column(|r| r.low),
            high: column(|r| r.high),
            targets: column(|r| r.target),
            color: place,
        };
        let panel = Panel::new(title, Axis::log("their time over ours").higher_is_better(), Axis::linear(""));
        figure = figure.panel(panel.with(dots).with(Layer::VerticalMark { label: String::new(), x: 1.0 }));
    }
    Ok(figure)
}

/// Returns the workload without its size: "W7" for "W7/bfgs/100".
pub(super) fn group(workload: &str) -> &str {
    workload.split('/').next().unwrap_or(workload)
}
