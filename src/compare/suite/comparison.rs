//! All runs of a comparison.

use super::{OptimizerFacts, Phase, ProblemFacts, Run};
use crate::compare::statistics::median;

/// All runs of a comparison, diverged ones among them, with what is known of problems and optimizers. The
/// order is fixed: by problem, optimizer, phase, trial, seed, whatever the number of threads.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Comparison {
    /// The problems, in their order.
    pub problems: Vec<ProblemFacts>,
    /// The optimizers, in their order.
    pub optimizers: Vec<OptimizerFacts>,
    /// The runs. An optimizer that cannot be run on a problem has none there.
    pub runs: Vec<Run>,
    /// Trials of the tuning, the same number for each optimizer that has anything to tune.
    pub trials: usize,
    /// Seeds at the best setting, and at the defaults.
    pub seeds: usize,
}

impl Comparison {
    /// The facts of a problem.
    pub fn problem(&self, name: &str) -> Option<&ProblemFacts> {
        self.problems.iter().find(|facts| facts.name == name)
    }

    /// The facts of an optimizer.
    pub fn optimizer(&self, name: &str) -> Option<&OptimizerFacts> {
        self.optimizers.iter().find(|facts| facts.name == name)
    }

    /// The runs of one phase, in their order.
    pub fn of(&self, problem: &str, optimizer: &str, phase: Phase) -> Vec<&Run> {
        self.runs
            .iter()
            .filter(|run| run.phase == phase && run.problem == problem && run.optimizer == optimizer)
            .collect()
    }

    /// The seeds at the best setting, in their order.
    pub fn best(&self, problem: &str, optimizer: &str) -> Vec<&Run> {
        self.of(problem, optimizer, Phase::Best)
    }

    /// The trials of the tuning, in their order.
    pub fn tuning(&self, problem: &str, optimizer: &str) -> Vec<&Run> {
        self.of(problem, optimizer, Phase::Tuning)
    }

    /// The seeds at the untuned defaults, in their order.
    pub fn defaults(&self, problem: &str, optimizer: &str) -> Vec<&Run> {
        self.of(problem, optimizer, Phase::Defaults)
    }

    /// The optimizers of a problem, the best first, each with the median over its seeds at the best setting
    /// of the [area](Run::area) under the curve.
    pub fn ranking(&self, problem: &str) -> Vec<(&str, f64)> {
        let Some(facts) = self.problem(problem) else { return Vec::new() };
        let area = |name: &str| {
            median(&self.best(problem, name).iter().map(|run| run.area(facts)).collect::<Vec<_>>())
        };
        let mut ranking: Vec<(&str, f64)> =
            self.optimizers.iter().map(|o| (o.name.as_str(), area(&o.name))).collect();
        ranking.retain(|(_, area)| !area.is_nan());
        ranking.sort_by(|a, b| a.1.total_cmp(&b.1));
        ranking
    }
}

#[cfg(test)]
mod tests {
    use super::super::run::tests::{facts, run};
    use super::super::{Outcome, Run};
    use super::*;

    #[test]
    fn phases_are_kept_apart() {
        let tuning = run(&[1.0, 0.5], Outcome::Finished);
        let best = |seed| Run { phase: Phase::Best, seed, ..tuning.clone() };
        let runs = vec![tuning.clone(), best(0), best(1)];
        let all = Comparison { problems: vec![facts()], runs, ..Comparison::default() };
        assert_eq!(all.best("bowl", "sgd").iter().map(|run| run.seed).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(
            (
                all.tuning("bowl", "sgd").len(),
                all.defaults("bowl", "sgd").len(),
                all.best("bowl", "adam").len()
            ),
            (1, 0, 0)
        );
        assert_eq!(all.problem("bowl"), Some(&facts()));
    }
}
