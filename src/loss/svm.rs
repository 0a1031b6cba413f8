//! The hinge loss of the multiclass support vector machine.

use super::rows::{examples, hinge, nothing_curved};
use super::traits::Loss;
use crate::real::Real;

/// The multiclass SVM loss L = Σ_{j≠y} max(0, sⱼ − s_y + 1), for scores s and the true class y (Weston &
/// Watkins 1999; slide "Loss Functions").
///
/// The margin is 1. The derivative of a hinge exactly at its kink is taken as 0. At equal scores the loss is
/// C − 1.
///
/// ```
/// use gradus::loss;
/// use gradus::prelude::*;
/// // max(0, 5.1 − 3.2 + 1) + max(0, −1.7 − 3.2 + 1)
/// let loss: f64 = loss::of_scores(&MulticlassSvm, &[3.2, 5.1, -1.7], 0);
/// assert!((loss - 2.9).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct MulticlassSvm;

impl<F: Real> Loss<F> for MulticlassSvm {
    fn name(&self) -> &'static str {
        "svm"
    }

    fn value(&self, scores: &mut [F], labels: &[u8]) -> F {
        let mut sum = F::zero();
        for (row, label) in examples(scores, labels) {
            let threshold = row[label] - F::one();
            // The term j = y is max(0, 1) = 1. Subtracting it afterwards keeps the loop free of a branch.
            sum += row.iter().map(|&s| hinge(s - threshold)).sum::<F>() - F::one();
        }
        sum
    }

    fn value_errors(&self, scores: &mut [F], labels: &[u8]) -> F {
        let mut sum = F::zero();
        for (row, label) in examples(scores, labels) {
            let threshold = row[label] - F::one();
            let mut violated = F::zero();
            for score in row.iter_mut() {
                let margin = *score - threshold;
                sum += hinge(margin);
                *score = if margin > F::zero() { F::one() } else { F::zero() };
                violated += *score;
            }
            sum -= F::one();
            row[label] -= violated;
        }
        sum
    }

    fn hess_vec(&self, _scores: &mut [F], _labels: &[u8], tangent: &mut [F]) {
        nothing_curved(tangent);
    }
}
