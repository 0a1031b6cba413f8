//! The area under the curve of each seed.

use crate::compare::suite::{Comparison, ProblemFacts};

/// Returns the area under the curve of each seed at the best setting, in the order of the seeds. Empty if the
/// optimizer does not apply to the problem.
pub(super) fn areas(comparison: &Comparison, facts: &ProblemFacts, optimizer: &str) -> Vec<f64> {
    comparison.best(&facts.name, optimizer).iter().map(|run| run.area(facts)).collect()
}
