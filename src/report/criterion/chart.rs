//! The chart of all times except those of the comparison.

use super::estimates::NAME;
use super::to_target;
use super::unit::unit;
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::table::Table;

/// Draws the table that [`read`](super::read) returns: a panel for each group, bars with intervals, each
/// panel in its own unit. The groups of the comparison have their own chart, [`to_target::figure`].
///
/// # Errors
///
/// [`UnknownName`](crate::error::Error::UnknownName) if a column is missing,
/// [`Syntax`](crate::error::Error::Syntax) if one does not hold numbers.
pub fn figure(times: &Table) -> Result<Figure> {
    let word = |name: &str| -> Result<Vec<String>> {
        times.get(name).map(|c| (0..c.values.len()).map(|i| c.values.cell(i)).collect())
    };
    let (groups, functions, parameters) = (word("group")?, word("function")?, word("parameter")?);
    let (median, low, high) = (times.floats("median_ns")?, times.floats("low_ns")?, times.floats("high_ns")?);
    let mut names = groups.clone();
    names.dedup();
    names.retain(|name| !to_target::GROUPS.contains(&name.as_str()));
    let caption = "Median time of one call with its confidence interval, by Criterion; shorter is faster.";
    let mut figure = Figure::new(NAME, "Wall-clock times", caption).columns(2);
    for (place, name) in names.iter().enumerate() {
        let rows: Vec<usize> = (0..groups.len()).filter(|&i| groups[i] == *name).collect();
        let largest = rows.iter().map(|&i| median[i]).filter(|v| v.is_finite()).fold(0.0, f64::max);
        let (unit, scale) = unit(largest);
        let scaled = |values: &[f64]| rows.iter().map(|&i| values[i] / scale).collect::<Vec<f64>>();
        let label = |&i: &usize| {
            [functions[i].as_str(), parameters[i].as_str()]
                .iter()
                .filter(|t| !t.is_empty())
                .copied()
                .collect::<Vec<_>>()
                .join(" · ")
        };
        let labels = rows.iter().map(label).map(|l| if l.is_empty() { name.clone() } else { l }).collect();
        let bars = Layer::Bars {
            labels,
            values: scaled(&median),
            low: scaled(&low),
            high: scaled(&high),
            color: place,
        };
        figure =
            figure.panel(Panel::new(name, Axis::linear(unit).lower_is_better(), Axis::linear("")).with(bars));
    }
    Ok(figure)
}
