//! The runs of a comparison.

use super::{OptimizerFacts, Origins, Phase, ProblemFacts, Run};
use crate::compare::statistics::median;

/// All runs of a comparison, including those that diverged, with the facts of the problems and the
/// optimizers. The runs are sorted by problem, optimizer, phase, trial and seed, whatever the number of
/// threads.
///
/// ```
/// use gradus::compare::suite::Settings;
/// use gradus::compare::suite::{Comparison, Memory, Suite};
/// use gradus::prelude::*;
/// use gradus::progress::Silent;
/// let suite = Suite::standard().problems(&["quadratic:10"])?.optimizers(&["sgd", "lbfgs"])?;
/// let comparison: Comparison =
///     suite.compare(&Settings::quick(), &Silent, &Memory::default())?.comparison;
/// assert_eq!(comparison.ranking("quadratic:10")[0].0, "lbfgs");
/// assert_eq!(comparison.best("quadratic:10", "sgd").len(), 3);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Comparison {
    /// The problems, in the order of the suite.
    pub problems: Vec<ProblemFacts>,
    /// The optimizers, in the order of the suite.
    pub optimizers: Vec<OptimizerFacts>,
    /// The runs. An optimizer that cannot be run on a problem has no runs there.
    pub runs: Vec<Run>,
    /// The number of trials of a tuning, the same for each optimizer that has something to tune.
    pub trials: usize,
    /// The number of seeds at the best setting, and at the defaults.
    pub seeds: usize,
    /// Where the runs come from, if they were merged; empty if one process ran them all.
    pub origins: Origins,
}

impl Comparison {
    /// Returns the facts of a problem.
    pub fn problem(&self, name: &str) -> Option<&ProblemFacts> {
        self.problems.iter().find(|facts| facts.name == name)
    }

    /// Returns the facts of an optimizer.
    pub fn optimizer(&self, name: &str) -> Option<&OptimizerFacts> {
        self.optimizers.iter().find(|facts| facts.name == name)
    }

    /// Returns the runs of one phase, in their order.
    pub fn of(&self, problem: &str, optimizer: &str, phase: Phase) -> Vec<&Run> {
        self.runs
            .iter()
            .filter(|run| run.phase == phase && run.problem == problem && run.optimizer == optimizer)
            .collect()
    }

    /// Returns the runs at the best setting, by seed.
    pub fn best(&self, problem: &str, optimizer: &str) -> Vec<&Run> {
        self.of(problem, optimizer, Phase::Best)
    }

    /// Returns the runs of the tuning, by trial.
    pub fn tuning(&self, problem: &str, optimizer: &str) -> Vec<&Run> {
        self.of(problem, optimizer, Phase::Tuning)
    }

    /// Returns the runs at the untuned defaults, by seed.
    pub fn defaults(&self, problem: &str, optimizer: &str) -> Vec<&Run> {
        self.of(problem, optimizer, Phase::Defaults)
    }

    /// Returns the optimizers on a problem, the best first. Each comes with its [area](Run::area) under the
    /// curve, the median over the seeds at the best setting.
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
