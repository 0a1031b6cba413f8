//! The chart: the time of an iteration of each optimizer, and its time to the targets relative to the
//! fastest.

use super::captions::TABLES;
use super::estimates::{ITERATION, NAME, Time, estimates, iterations, words};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::report::criterion::unit::unit;
use crate::table::Table;

/// The title of the chart.
pub const TITLE: &str = "An iteration of each optimizer, and its time to the target";
/// Its caption.
pub const CAPTION: &str = "Medians by Criterion with their confidence intervals, each optimizer at its best \
                           setting; right: how many times longer than \
                           the fastest it takes to the target, geometric mean over the problems that it \
                           solves, with its 95 % interval.";

/// Draws all times and the last of the [`tables`](super::tables()).
///
/// # Errors
///
/// [`Error::UnknownName`](crate::error::Error::UnknownName) if a column is missing,
/// [`Error::Syntax`](crate::error::Error::Syntax) if one holds no numbers.
pub fn figure(times: &Table, by_optimizer: &Table) -> Result<Figure> {
    debug_assert_eq!(by_optimizer.name, TABLES[2].0);
    let mut figure = Figure::new(NAME, TITLE, CAPTION).columns(3);
    let mut problems: Vec<String> =
        estimates(times, ITERATION)?.into_keys().map(|(_, problem)| problem).collect();
    problems.sort();
    problems.dedup();
    problems.sort_by_key(|problem| problem.contains('/'));
    for (place, problem) in problems.iter().enumerate() {
        let mut timed: Vec<(String, Time)> = iterations(times)?
            .into_iter()
            .filter(|((_, on), _)| on == problem)
            .map(|((optimizer, _), time)| (optimizer, time))
            .collect();
        timed.sort_by(|a, b| a.1.median.total_cmp(&b.1.median));
        let (name, scale) = unit(1e9 * timed.first().map_or(0.0, |(_, time)| time.median));
        let axis = Axis::log(format!("{name} an iteration")).lower_is_better();
        let panel = Panel::new(format!("An iteration on {problem}"), axis, Axis::linear(""));
        figure = figure.panel(panel.with(dots(timed, 1e9 / scale, place)));
    }
    let [ratio, low, high] = ["times_the_fastest", "low", "high"].map(|name| by_optimizer.floats(name));
    let (ratio, low, high) = (ratio?, low?, high?);
    let rows = words(by_optimizer, "optimizer")?.into_iter().enumerate();
    let known: Vec<(String, Time)> = rows
        .map(|(row, optimizer)| (optimizer, Time { median: ratio[row], low: low[row], high: high[row] }))
        .filter(|(_, ratio)| ratio.median.is_finite())
        .collect();
    let panel = Panel::new(
        "To the target",
        Axis::log("its time over the fastest's").lower_is_better(),
        Axis::linear(""),
    );
    Ok(figure.panel(panel.with(dots(known, 1.0, problems.len()))))
}

fn dots(timed: Vec<(String, Time)>, scale: f64, color: usize) -> Layer {
    let numbers =
        |number: fn(&Time) -> f64| timed.iter().map(|(_, time)| scale * number(time)).collect::<Vec<f64>>();
    Layer::Dots {
        values: numbers(|time| time.median),
        low: numbers(|time| time.low),
        high: numbers(|time| time.high),
        targets: vec![f64::NAN; timed.len()],
        labels: timed.into_iter().map(|(optimizer, _)| optimizer).collect(),
        color,
    }
}
