//! A study that ran here, beside its committed results.

use super::claims::{Outcome, Pair};
use super::differences::Differences;
use crate::report::manifest::Provenance;
use crate::table::Table;

/// A study that ran here, beside its committed results.
#[derive(Debug, Clone, PartialEq)]
pub struct Reproduced {
    /// The name of the study.
    pub name: String,
    /// Where the committed results come from.
    pub committed: Provenance,
    /// Where the results of this machine come from.
    pub here: Provenance,
    /// Its claims.
    pub claims: Vec<Pair>,
    /// The differences of its tables.
    pub differences: Differences,
}

impl Reproduced {
    /// Returns the number of claims with this outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.claims.iter().filter(|pair| pair.outcome() == outcome).count()
    }
}

/// Returns a row for each study: its claims, how many are the same, moved or other, and the seconds here and
/// as committed.
pub fn table(studies: &[Reproduced]) -> Table {
    let count = |outcome| studies.iter().map(move |study| study.count(outcome) as i64);
    let seconds = |of: fn(&Reproduced) -> &Provenance| {
        studies.iter().map(move |study| of(study).seconds).collect::<Vec<f64>>()
    };
    Table::new("reproduction", "")
        .text("study", studies.iter().map(|study| study.name.clone()))
        .integer("claims", studies.iter().map(|study| study.claims.len() as i64))
        .integer("same", count(Outcome::Same))
        .integer("moved", count(Outcome::Moved))
        .integer("other", count(Outcome::Other))
        .timing("seconds_here", seconds(|study| &study.here))
        .timing("seconds_committed", seconds(|study| &study.committed))
}
