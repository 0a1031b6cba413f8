//! One run, and its measures.

use super::{CostAxis, ProblemFacts, RunCurve};
use crate::error::{Error, Result};
use std::cmp::Ordering;
use std::fmt;

/// The purpose of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// A trial of the tuning, which looks for the best setting.
    Tuning,
    /// A seed at the untuned defaults.
    Defaults,
    /// A seed at the best setting.
    Best,
}

/// How a run ended, in one word. [`Run::reason`] has the sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The run spent its budget, or the optimizer could not make another step.
    Finished,
    /// The gap to f* fell below what can be distinguished from rounding.
    ReachedOptimum,
    /// The loss or a gradient was no longer finite, or the loss became far larger than at the start.
    Diverged,
    /// The optimizer could not be run, because of an error or a panic. Such a run is tried again when the
    /// comparison goes on.
    Failed,
}

/// Defines a word for each variant, and the conversions.
macro_rules! words {
    ($type:ident, $what:literal: $($variant:ident = $word:literal),+) => {
        impl $type {
            /// All variants.
            pub const ALL: &[$type] = &[$($type::$variant),+];

            /// Returns the word in tables.
            pub fn word(self) -> &'static str {
                match self { $($type::$variant => $word),+ }
            }

            /// Returns the variant with this word.
            ///
            /// # Errors
            /// If there is no such word; the message lists the words.
            pub fn by_word(word: &str) -> Result<Self> {
                let found = Self::ALL.iter().copied().find(|one| one.word() == word);
                found.ok_or_else(|| Error::unknown($what, word, &[$($word),+]))
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.pad(self.word())
            }
        }
    };
}

words!(Phase, "phase": Tuning = "tuning", Defaults = "defaults", Best = "best");
words!(
    Outcome, "outcome":
    Finished = "finished", ReachedOptimum = "reached_optimum", Diverged = "diverged", Failed = "failed"
);

/// One run: an optimizer with one setting on one problem under one seed.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The name of the problem.
    pub problem: String,
    /// The name of the optimizer.
    pub optimizer: String,
    /// The purpose of the run.
    pub phase: Phase,
    /// The number of the trial. At the best setting, the number of the best trial; at the defaults, 0.
    pub trial: usize,
    /// The setting as text, such as "lr=1e-2 momentum=0.9".
    pub setting: String,
    /// The learning rate; NaN if the optimizer has none.
    pub lr: f64,
    /// The replicate, from which the start, the batches and the noise are drawn.
    pub seed: u64,
    /// How the run ended.
    pub outcome: Outcome,
    /// Why the run ended, as a sentence.
    pub reason: String,
    /// The place of the machine that ran it in [`Origins::machines`](super::Origins::machines); 0 if all ran
    /// on one.
    pub machine: usize,
    /// The [`area`](Run::area), if the curve lacks checkpoints, as in an [`Archive`](super::Archive).
    pub known_area: Option<f64>,
    /// The measurements along the run.
    pub curve: RunCurve,
}

impl Run {
    /// Returns the loss at the end; infinite if the run diverged or failed.
    pub fn final_loss(&self) -> f64 {
        match (self.outcome, self.curve.loss.last()) {
            (Outcome::Finished | Outcome::ReachedOptimum, Some(loss)) if !loss.is_nan() => *loss,
            _ => f64::INFINITY,
        }
    }

    /// Returns the accuracy on test examples at the end; NaN if there are none, or if the run diverged or
    /// failed.
    pub fn final_test_accuracy(&self) -> f64 {
        if self.final_loss().is_finite() {
            self.curve.test_accuracy.last().copied().unwrap_or(f64::NAN)
        } else {
            f64::NAN
        }
    }

    /// Returns the cost to the first checkpoint whose loss is at most `target`; `None` if there is no such
    /// checkpoint.
    pub fn to_target(&self, target: f64, axis: CostAxis) -> Option<f64> {
        let at = self.curve.loss.iter().position(|&loss| loss <= target)?;
        Some(match axis {
            CostAxis::Iterations => self.curve.iterations[at] as f64,
            CostAxis::Evaluations => self.curve.evaluations[at],
            CostAxis::Seconds => self.curve.seconds[at],
        })
    }

    /// Returns the area under the curve: the mean over the budget of log₁₀ of the relative gap (f − f*) /
    /// (f(x₀) − f*), each clamped to [10⁻¹², 1], by trapezoids over evaluations. A run that makes no progress
    /// has area 0, and a run that reaches f* at once has area −12. A run that ends early keeps its last gap;
    /// a run that diverges has gap 1 from there on.
    pub fn area(&self, facts: &ProblemFacts) -> f64 {
        if let Some(area) = self.known_area {
            return area;
        }
        let height = |loss: f64| facts.gap(loss).clamp(1e-12, 1.0).log10();
        let points = self
            .curve
            .evaluations
            .iter()
            .map(|e| e.min(facts.budget))
            .zip(self.curve.loss.iter().map(|&loss| height(loss)));
        let Some(mut last) = points.clone().next() else { return 0.0 };
        let mut sum = 0.0;
        for point in points.skip(1) {
            sum += (point.0 - last.0) * (point.1 + last.1) / 2.0;
            last = point;
        }
        let rest = if self.final_loss().is_finite() { last.1 } else { 0.0 };
        (sum + (facts.budget - last.0) * rest) / facts.budget
    }

    /// Compares two runs on one problem, of which the better is the smaller. The tuning chooses by this
    /// order. If both runs end at or below the target, the run with fewer evaluations to the target is
    /// better; otherwise the run with the lower final loss.
    pub fn better(&self, other: &Run, target: f64) -> Ordering {
        let solved = |run: &Run| run.final_loss() <= target;
        let steps = |run: &Run| run.to_target(target, CostAxis::Evaluations).unwrap_or(f64::INFINITY);
        let by_loss = self.final_loss().total_cmp(&other.final_loss());
        if solved(self) && solved(other) {
            steps(self).total_cmp(&steps(other)).then(by_loss)
        } else {
            by_loss
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn facts() -> ProblemFacts {
        ProblemFacts {
            name: "bowl".into(),
            title: "A bowl".into(),
            group: "quadratic".into(),
            stochastic: false,
            dim: 2,
            f_start: 1.0,
            f_star: 0.0,
            certificate: "exact".into(),
            target: 1e-3,
            budget: 10.0,
        }
    }

    pub fn run(loss: &[f64], outcome: Outcome) -> Run {
        let mut curve = RunCurve::default();
        loss.iter()
            .enumerate()
            .for_each(|(k, &loss)| curve.push(k as u64, 2.0 * k as f64, 0.5 * k as f64, loss, f64::NAN));
        Run {
            problem: "bowl".into(),
            optimizer: "sgd".into(),
            phase: Phase::Tuning,
            trial: 0,
            setting: "lr=1e-1".into(),
            lr: 0.1,
            seed: 0,
            outcome,
            reason: "out of evaluations".into(),
            machine: 0,
            known_area: None,
            curve,
        }
    }

    #[test]
    fn the_target_is_found_along_every_axis() {
        let run = run(&[1.0, 0.1, 1e-3, 1e-4], Outcome::Finished);
        let to = |axis| run.to_target(1e-3, axis);
        assert_eq!(
            (to(CostAxis::Iterations), to(CostAxis::Evaluations), to(CostAxis::Seconds)),
            (Some(2.0), Some(4.0), Some(1.0))
        );
        assert_eq!(run.to_target(1e-5, CostAxis::Iterations), None);
        assert_eq!(run.final_loss(), 1e-4);
    }

    #[test]
    fn the_area_holds_the_last_gap_and_punishes_divergence() {
        // From log 0 to −1 in 2 evaluations, and −1 for the other 8: −(1 + 8) / 10.
        let ended = run(&[1.0, 0.1], Outcome::ReachedOptimum);
        assert!((ended.area(&facts()) + 0.9).abs() < 1e-12, "{}", ended.area(&facts()));
        let diverged = run(&[1.0, 0.1], Outcome::Diverged);
        assert!((diverged.area(&facts()) + 0.1).abs() < 1e-12, "{}", diverged.area(&facts()));
        assert_eq!(run(&[1.0, 7.0, f64::NAN], Outcome::Diverged).area(&facts()), 0.0);
    }

    #[test]
    fn the_better_run_solves_sooner_or_ends_lower() {
        let (soon, late) = (run(&[1.0, 9e-4], Outcome::Finished), run(&[1.0, 0.5, 1e-9], Outcome::Finished));
        assert_eq!(soon.better(&late, 1e-3), Ordering::Less);
        // One that was below the target and is no longer has not solved the problem.
        let left = run(&[1.0, 1e-9, 0.1], Outcome::Finished);
        assert_eq!(late.better(&left, 1e-3), Ordering::Less);
        let diverged = run(&[1.0, 1e-9], Outcome::Diverged);
        assert_eq!(left.better(&diverged, 1e-3), Ordering::Less);
    }

    #[test]
    fn words_come_back() {
        Phase::ALL.iter().for_each(|&phase| assert_eq!(Phase::by_word(phase.word()).unwrap(), phase));
        Outcome::ALL
            .iter()
            .for_each(|&outcome| assert_eq!(Outcome::by_word(outcome.word()).unwrap(), outcome));
        assert!(Outcome::by_word("diverge").unwrap_err().to_string().contains("diverged"));
    }
}
