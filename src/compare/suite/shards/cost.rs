//! The expected cost of a pair, by which pairs are dealt to shards.

use crate::compare::suite::BuiltProblem;
use std::collections::HashMap;

/// Measured seconds of runs, by problem and optimizer, such as those of an earlier comparison.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Weights {
    /// The sum of the seconds, and the number of runs.
    sums: HashMap<(String, String), (f64, usize)>,
}

/// The seconds of a multiplication on one thread. It only sets the scale of the times that are shown; how
/// pairs are dealt does not depend on it, but for the overhead below.
const MULTIPLICATION: f64 = 2.5e-10;
/// The seconds that an evaluation takes besides its multiplications.
const OVERHEAD: f64 = 1e-6;
/// The checkpoints of a run per decade of its budget, and the decades before the first evaluation.
const CHECKPOINTS: (f64, f64) = (12.0, 0.6);

impl Weights {
    /// Adds the seconds of a run. A run without seconds, such as one that failed, says nothing.
    pub fn add(&mut self, problem: &str, optimizer: &str, seconds: f64) {
        if seconds.is_finite() && seconds >= 0.0 {
            let sum = self.sums.entry((problem.into(), optimizer.into())).or_default();
            *sum = (sum.0 + seconds, sum.1 + 1);
        }
    }

    /// Returns whether there are no seconds.
    pub fn is_empty(&self) -> bool {
        self.sums.is_empty()
    }

    /// Returns the mean seconds of a run of a pair.
    fn mean(&self, problem: &str, optimizer: &str) -> Option<f64> {
        let (sum, runs) = self.sums.get(&(problem.to_owned(), optimizer.to_owned()))?;
        Some(sum / *runs as f64)
    }
}

/// The expected seconds of a run: those that were measured, or else those that its evaluations need, in the
/// proportion of both over the pairs that were measured.
pub(super) struct Expected<'a> {
    weights: &'a Weights,
    /// The measured seconds over the computed ones.
    ratio: f64,
}

impl<'a> Expected<'a> {
    /// Compares what was measured with what is computed for all pairs, given by problem and optimizer.
    pub fn new<'p>(weights: &'a Weights, pairs: impl Iterator<Item = (&'p BuiltProblem, String)>) -> Self {
        let both = pairs.filter_map(|(problem, optimizer)| {
            Some((weights.mean(&problem.facts().name, &optimizer)?, computed(problem)))
        });
        let (measured, expected) = both.fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
        let ratio = if measured > 0.0 && expected > 0.0 { measured / expected } else { 1.0 };
        Expected { weights, ratio }
    }

    /// Returns the expected seconds of one run.
    pub fn of_a_run(&self, problem: &BuiltProblem, optimizer: &str) -> f64 {
        let measured = self.weights.mean(&problem.facts().name, optimizer);
        // What was too short to measure is not free.
        measured.unwrap_or_else(|| self.ratio * computed(problem)).max(OVERHEAD)
    }
}

/// Returns the seconds of the evaluations and of the checkpoints that a run makes if it spends its budget.
fn computed(problem: &BuiltProblem) -> f64 {
    let budget = problem.facts().budget;
    let (evaluation, look) = problem.multiplications();
    let checkpoints = CHECKPOINTS.0 * (budget.log10() + CHECKPOINTS.1).max(0.0) + 2.0;
    budget * (OVERHEAD + evaluation * MULTIPLICATION) + checkpoints * look * MULTIPLICATION
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::suite::{Settings, Suite};

    fn built(name: &str) -> BuiltProblem {
        Suite::standard().problems(&[name]).unwrap().specs[0].build(&Settings::quick()).unwrap()
    }

    #[test]
    fn what_was_measured_goes_before_what_is_computed_and_sets_its_scale() {
        let (bowl, digits) = (built("quadratic:10"), built("digits/softmax"));
        let pairs = || [(&bowl, "sgd".to_owned()), (&digits, "sgd".to_owned())].into_iter();
        let mut weights = Weights::default();
        let plain = Expected::new(&weights, pairs()).of_a_run(&digits, "sgd");
        assert!(plain > Expected::new(&weights, pairs()).of_a_run(&bowl, "sgd") && plain < 1.0, "{plain}");
        weights.add("digits/softmax", "sgd", 10.0 * plain);
        weights.add("digits/softmax", "sgd", 30.0 * plain);
        weights.add("digits/softmax", "sgd", f64::NAN);
        let measured = Expected::new(&weights, pairs());
        assert!((measured.of_a_run(&digits, "sgd") / plain - 20.0).abs() < 1e-9);
        // Adam was not measured: its time is computed, at the pace that was measured.
        assert!((measured.of_a_run(&digits, "adam") / plain - 20.0).abs() < 1e-9);
    }
}
