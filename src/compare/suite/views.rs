//! What a comparison shows: tables and figures, as plain data.
//!
//! Everything is judged by one number, the [`score()`] of a run, in decades: below 0 the run solved its
//! problem, and the number says how much of the budget it left; above 0 it did not, and the number says how
//! much of the gap is missing.

mod convergence;
mod curves;
mod outcomes;
mod pairwise;
mod profiles;
mod runs;
mod score;
mod sensitivity;
mod standings;
mod tuning;
mod verdicts;

pub use convergence::sum_over_data;
pub use curves::{Band, accuracy, band, thinned};
pub use profiles::ratios;
pub use runs::runs;
pub use score::score;
pub use standings::Standing;

use super::Comparison;
use crate::error::{Error, Result};
use crate::figure::Figure;
use crate::table::Table;
use score::Scores;

/// The level at which verdicts are reached: the probability of even one wrong one among those of a problem,
/// or of a table.
pub const LEVEL: f64 = 0.05;

/// The seed of the bootstrap intervals: equal comparisons have equal tables.
const BOOTSTRAP_SEED: u64 = 0;

/// All tables: `ranks`, `winners`, `verdicts`, `pairwise`, `outcomes`, `tuning`, `sensitivity`, `profiles`,
/// and those in which there are times, `outcomes_seconds` and `profiles_seconds`. All but those two are the
/// same from run to run.
pub fn tables(comparison: &Comparison) -> Vec<Table> {
    let scores = Scores::new(comparison);
    let [profiles, profiles_seconds] = profiles::tables(comparison);
    vec![
        standings::table(comparison, &scores),
        verdicts::winners(comparison, &scores),
        verdicts::table(comparison, &scores),
        pairwise::table(comparison, &scores),
        outcomes::table(comparison, &scores),
        tuning::table(comparison),
        sensitivity::table(comparison),
        profiles,
        outcomes::seconds(comparison, &scores),
        profiles_seconds,
    ]
}

/// All figures: ranks, profiles and tuning over all problems; then for each problem its sensitivity beside
/// the best curves, and the curves over iterations, evaluations and seconds.
pub fn figures(comparison: &Comparison) -> Vec<Figure> {
    let mut figures = overview(comparison);
    for problem in &comparison.problems {
        figures.push(sensitivity::figure(comparison, problem));
        figures.push(convergence::figure(comparison, problem));
    }
    figures
}

/// The figures over all problems alone: `ranks`, `performance_profiles`, `data_profiles`, `tuning_gain`.
pub fn overview(comparison: &Comparison) -> Vec<Figure> {
    let scores = Scores::new(comparison);
    vec![
        standings::figure(comparison, &scores),
        profiles::performance(comparison, &scores),
        profiles::data(comparison, &scores),
        tuning::figure(comparison),
    ]
}

/// One of the [`tables()`], by name.
///
/// # Errors
/// If there is none of that name, with those that there are.
pub fn table(comparison: &Comparison, name: &str) -> Result<Table> {
    let tables = tables(comparison);
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    tables
        .iter()
        .find(|table| table.name == name)
        .cloned()
        .ok_or_else(|| Error::unknown("table of a comparison", name, &names))
}

/// One of the [`figures()`], by name.
///
/// # Errors
/// If there is none of that name, with those that there are.
pub fn figure(comparison: &Comparison, name: &str) -> Result<Figure> {
    let figures = figures(comparison);
    let names: Vec<&str> = figures.iter().map(|figure| figure.name.as_str()).collect();
    figures
        .iter()
        .find(|figure| figure.name == name)
        .cloned()
        .ok_or_else(|| Error::unknown("figure of a comparison", name, &names))
}

/// The optimizers in the order of their mean ranks, the best first.
pub fn standings(comparison: &Comparison) -> Vec<Standing> {
    standings::standings(comparison, &Scores::new(comparison))
}

/// A name as part of a file name: "digits/softmax" is "digits-softmax".
pub fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}

#[cfg(test)]
mod tests;
