//! All tables and figures of a comparison, together and by name.

use super::score::Scores;
use super::{by_area, convergence, outcomes, pairwise, profiles, sensitivity, standings, tuning, verdicts};
use crate::compare::suite::Comparison;
use crate::compare::suite::origin_column::marked;
use crate::error::{Error, Result};
use crate::figure::Figure;
use crate::table::Table;

/// Returns all tables: `ranks`, `ranks_by_area`, `winners`, `verdicts`, `pairwise`, `outcomes`, `tuning`,
/// `sensitivity`, `profiles`, and two tables of times, `outcomes_seconds` and `profiles_seconds`. All tables
/// except these two are the same whenever a comparison is repeated. If runs come from an archive, tables of
/// optimizers have a column `origin`.
pub fn tables(comparison: &Comparison) -> Vec<Table> {
    let scores = Scores::new(comparison);
    let [profiles, profiles_seconds] = profiles::tables(comparison);
    let tables = vec![
        standings::table(comparison, &scores),
        by_area::table(comparison, &scores),
        verdicts::winners(comparison, &scores),
        verdicts::table(comparison, &scores),
        pairwise::table(comparison, &scores),
        outcomes::table(comparison, &scores),
        tuning::table(comparison),
        sensitivity::table(comparison),
        profiles,
        outcomes::seconds(comparison, &scores),
        profiles_seconds,
    ];
    marked(comparison, tables)
}

/// Returns all figures: winners, ranks (also by area), profiles and tuning over all problems. Then two
/// figures for each problem: the sensitivity to the learning rate next to the best curves, and the curves
/// over iterations, evaluations and seconds.
pub fn figures(comparison: &Comparison) -> Vec<Figure> {
    let mut figures = overview(comparison);
    for problem in &comparison.problems {
        figures.push(sensitivity::figure(comparison, problem));
        figures.push(convergence::figure(comparison, problem));
    }
    figures
}

/// Returns the figures over all problems: `winners`, `ranks`, `ranks_by_area` if an area has two problems,
/// `performance_profiles`, `data_profiles`, `tuning_gain`.
pub fn overview(comparison: &Comparison) -> Vec<Figure> {
    let scores = Scores::new(comparison);
    let by_area = by_area::figure(comparison, &scores);
    let mut figures = vec![verdicts::figure(comparison, &scores), standings::figure(comparison, &scores)];
    figures.extend(by_area);
    figures.extend([
        profiles::performance(comparison, &scores),
        profiles::data(comparison, &scores),
        tuning::figure(comparison, &scores),
    ]);
    figures
}

/// Returns one of the [`tables()`] by its name.
///
/// # Errors
/// If there is none of that name; the message lists the names.
pub fn table(comparison: &Comparison, name: &str) -> Result<Table> {
    let tables = tables(comparison);
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    tables
        .iter()
        .find(|table| table.name == name)
        .cloned()
        .ok_or_else(|| Error::unknown("table of a comparison", name, &names))
}

/// Returns one of the [`figures()`] by its name.
///
/// # Errors
/// If there is none of that name; the message lists the names.
pub fn figure(comparison: &Comparison, name: &str) -> Result<Figure> {
    let figures = figures(comparison);
    let names: Vec<&str> = figures.iter().map(|figure| figure.name.as_str()).collect();
    figures
        .iter()
        .find(|figure| figure.name == name)
        .cloned()
        .ok_or_else(|| Error::unknown("figure of a comparison", name, &names))
}
