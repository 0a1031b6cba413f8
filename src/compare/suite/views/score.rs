//! The one number by which runs are compared.

use crate::compare::statistics::median;
use crate::compare::suite::{Comparison, CostAxis, ProblemFacts, Run};

/// Evaluations below which two runs count as equally fast: a start that is at its target has spent none.
const LEAST: f64 = 1e-6;

/// The score of a run in decades, smaller is better. A run that ends at or below the target has
/// log₁₀(evaluations to the target / budget) ≤ 0; one that ends above it log₁₀(gap / gap of the target) > 0;
/// one that diverged or failed +∞. So −1 is "solved in a tenth of the budget" and 2 is "a gap a hundred times
/// too large".
///
/// The order is that by which the tuning chooses ([`Run::better`]), put as a number.
pub fn score(run: &Run, facts: &ProblemFacts) -> f64 {
    let end = run.final_loss();
    if end <= facts.target {
        let spent = run.to_target(facts.target, CostAxis::Evaluations).unwrap_or(facts.budget);
        return (spent / facts.budget).max(LEAST).log10().min(0.0);
    }
    let missing = (facts.gap(end) / facts.gap(facts.target)).log10();
    // A target at the very floor has no gap to be measured in; what is above it is then only "not solved".
    if missing.is_nan() { f64::INFINITY } else { missing.max(0.0) }
}

/// The scores of all seeds at the best setting.
pub(super) struct Scores {
    /// By problem, then optimizer, then seed, in the comparison's orders.
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

    /// The seeds' scores; empty where the optimizer does not apply.
    pub fn seeds(&self, problem: usize, optimizer: usize) -> &[f64] {
        &self.by_seed[problem][optimizer]
    }

    /// The median over seeds; `None` where the optimizer does not apply.
    pub fn median(&self, problem: usize, optimizer: usize) -> Option<f64> {
        let seeds = self.seeds(problem, optimizer);
        (!seeds.is_empty()).then(|| median(seeds))
    }

    /// The optimizers that apply to a problem, the best median first; equal ones in the comparison's order.
    pub fn order(&self, problem: usize) -> Vec<usize> {
        let mut order: Vec<usize> =
            (0..self.by_seed[problem].len()).filter(|&o| !self.seeds(problem, o).is_empty()).collect();
        let median = |optimizer| self.median(problem, optimizer).unwrap_or(f64::INFINITY);
        order.sort_by(|&a, &b| median(a).total_cmp(&median(b)));
        order
    }
}

/// First minus second; nothing where both are the same infinity.
pub(super) fn difference(first: f64, second: f64) -> f64 {
    if first == second { 0.0 } else { first - second }
}
