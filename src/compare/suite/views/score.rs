//! The number by which runs are compared.

use crate::compare::statistics::median;
use crate::compare::suite::{Comparison, CostAxis, ProblemFacts, Run};

/// The smallest share of the budget in a score: a run whose start is at its target has spent nothing.
const LEAST: f64 = 1e-6;

/// Returns the score of a run in decades, of which smaller ones are better. A run that ends at or below the
/// target has the score log₁₀(evaluations to the target / budget) ≤ 0. A run that ends above it has the score
/// log₁₀(gap / gap of the target) > 0, and a run that diverged or failed +∞. For example, −1 means "solved in
/// a tenth of the budget", and 2 means "a gap a hundred times too large".
///
/// Scores have the same order as [`Run::better`], by which the tuning chooses.
pub fn score(run: &Run, facts: &ProblemFacts) -> f64 {
    let end = run.final_loss();
    if end <= facts.target {
        let spent = run.to_target(facts.target, CostAxis::Evaluations).unwrap_or(facts.budget);
        return (spent / facts.budget).max(LEAST).log10().min(0.0);
    }
    let missing = (facts.gap(end) / facts.gap(facts.target)).log10();
    // If the target is the lowest value itself, its gap is 0, and every run above it counts only as "not
    // solved".
    if missing.is_nan() { f64::INFINITY } else { missing.max(0.0) }
}

/// The scores of all seeds at the best settings.
pub(super) struct Scores {
    /// The scores by problem, optimizer and seed, in the order of the comparison.
    by_seed: Vec<Vec<Vec<f64>>>,
}

impl Scores {
    pub fn new(comparison: &Comparison) -> Self {
        let of = |facts: &ProblemFacts, optimizer: &str| -> Vec<f64> {
            comparison.best(&facts.name, optimizer).iter().map(|run| score(run, facts)).collect()
        };
        let problem =
            |facts| comparison.optimizers.iter().map(|optimizer| of(facts, &optimizer.name)).collect();
        Scores { by_seed: comparison.problems.iter().map(problem).collect() }
    }

    /// Returns the scores of the seeds; empty where the optimizer was not run.
    pub fn seeds(&self, problem: usize, optimizer: usize) -> &[f64] {
        &self.by_seed[problem][optimizer]
    }

    /// Returns the median over seeds; `None` where the optimizer was not run.
    pub fn median(&self, problem: usize, optimizer: usize) -> Option<f64> {
        let seeds = self.seeds(problem, optimizer);
        (!seeds.is_empty()).then(|| median(seeds))
    }

    /// Returns the optimizers that were run on a problem, the best median first, and equal ones in the order
    /// of the comparison.
    pub fn order(&self, problem: usize) -> Vec<usize> {
        let mut order: Vec<usize> =
            (0..self.by_seed[problem].len()).filter(|&o| !self.seeds(problem, o).is_empty()).collect();
        let median = |optimizer| self.median(problem, optimizer).unwrap_or(f64::INFINITY);
        order.sort_by(|&a, &b| median(a).total_cmp(&median(b)));
        order
    }
}

/// Returns the first minus the second number; 0 if both are the same infinity.
pub(super) fn difference(first: f64, second: f64) -> f64 {
    if first == second { 0.0 } else { first - second }
}
