//! The hinge loss of the structured support vector machine.

use super::rows::{examples, hinge, nothing_curved};
use super::traits::Loss;
use crate::real::Real;

/// The structured SVM loss L = max(0, 1 + max_{j≠y} sⱼ − s_y), for scores s and the true class y. Only the
/// highest score among the other classes counts (Crammer & Singer 2001; Stanford's linear-classifier web
/// demo).
///
/// The derivative of the hinge exactly at its kink is taken as 0. Of equally high scores the first counts. At
/// equal scores the loss is 1. With two classes the loss equals [`MulticlassSvm`](super::MulticlassSvm). With
/// a single class it is 0.
///
/// ```
/// use gradus::loss;
/// use gradus::loss::StructuredSvm;
/// use gradus::prelude::*;
/// // Only the second class counts: 1 + 5.1 − 3.2.
/// let loss: f64 = loss::of_scores(&StructuredSvm, &[3.2, 5.1, -1.7], 0);
/// assert!((loss - 2.9).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct StructuredSvm;

/// Returns the class with the highest score among all classes but `label`, if there is another. A NaN counts
/// as highest, so that it is not lost.
fn runner_up<F: Real>(row: &[F], label: usize) -> Option<usize> {
    let higher = |best: usize, j: usize| if row[j] > row[best] || row[j].is_nan() { j } else { best };
    (0..row.len()).filter(|&j| j != label).reduce(higher)
}

impl<F: Real> Loss<F> for StructuredSvm {
    fn name(&self) -> &'static str {
        "structured"
    }

    fn value(&self, scores: &mut [F], labels: &[u8]) -> F {
        let of_one = |(row, label): (&mut [F], usize)| {
            runner_up(row, label).map_or(F::zero(), |best| hinge(row[best] - row[label] + F::one()))
        };
        examples(scores, labels).map(of_one).sum()
    }

    fn value_errors(&self, scores: &mut [F], labels: &[u8]) -> F {
        let mut sum = F::zero();
        for (row, label) in examples(scores, labels) {
            let best = runner_up(row, label);
            let margin = best.map_or(F::zero(), |best| row[best] - row[label] + F::one());
            row.fill(F::zero());
            if let (Some(best), true) = (best, margin > F::zero()) {
                (row[best], row[label]) = (F::one(), -F::one());
            }
            sum += hinge(margin);
        }
        sum
    }

    fn hess_vec(&self, _scores: &mut [F], _labels: &[u8], tangent: &mut [F]) {
        nothing_curved(tangent);
    }
}
