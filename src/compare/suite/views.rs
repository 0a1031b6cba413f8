//! What a comparison shows: tables and figures, as plain data.
//!
//! Everything is judged by one number, the [`score()`] of a run, in decades. Below 0 the run solved its
//! problem, and the number says how much of the budget it left. Above 0 it did not, and the number says how
//! much of the gap is missing.

mod by_area;
mod collection;
mod confidence;
mod convergence;
mod curves;
mod machines;
mod outcomes;
mod pairwise;
mod profiles;
mod runs;
mod score;
mod sensitivity;
mod slug;
mod standings;
#[cfg(test)]
mod tests;
mod tuning;
mod verdicts;

pub use by_area::{AreaStanding, standings_by_area};
pub use collection::{figure, figures, overview, table, tables};
pub use confidence::LEVEL;
pub use convergence::{looks, sum_over_data};
pub use curves::{Band, accuracy, band, thinned};
pub use machines::{comparable, timed};
pub use profiles::ratios;
pub use runs::runs;
pub use score::score;
pub use slug::slug;
pub use standings::{Standing, standings};
