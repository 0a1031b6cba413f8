//! The area under the curve of each seed.

use crate::compare::suite::{Comparison, Phase, ProblemFacts};

/// Returns the area under the curve of each seed at the best setting, in the order of the seeds. Empty if the
/// optimizer does not apply to the problem.
pub(super) fn areas(comparison: &Comparison, facts: &ProblemFacts, optimizer: &str) -> Vec<f64> {
    areas_in(comparison, facts, optimizer, Phase::Best)
}

/// Returns the area under the curve of each seed in one phase.
pub(super) fn areas_in(
    comparison: &Comparison,
    facts: &ProblemFacts,
    optimizer: &str,
    phase: Phase,
) -> Vec<f64> {
    comparison.of(&facts.name, optimizer, phase).iter().map(|run| run.area(facts)).collect()
}
