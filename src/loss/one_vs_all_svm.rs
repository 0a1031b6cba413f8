//! The hinge loss of the one-vs-all support vector machine.

use super::rows::{hinge, nothing_curved, signed};
use super::traits::Loss;
use crate::real::Real;

/// The one-vs-all SVM loss L = Σⱼ max(0, 1 − tⱼ sⱼ), with the targets tⱼ = +1 for the true class and −1 for
/// all others. It is the sum of the losses of one binary SVM for each class (Stanford's linear-classifier web
/// demo; Rifkin & Klautau 2004).
///
/// The derivative of a hinge exactly at its kink is taken as 0. At scores of zero the loss is C. Unlike
/// [`MulticlassSvm`](super::MulticlassSvm), the loss changes when a constant is added to all scores.
///
/// ```
/// use gradus::loss;
/// use gradus::loss::OneVsAllSvm;
/// use gradus::prelude::*;
/// // max(0, 1 − 3) + max(0, 1 + 0.5)
/// assert_eq!(loss::of_scores(&OneVsAllSvm, &[3.0, 0.5], 0), 1.5);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct OneVsAllSvm;

impl<F: Real> Loss<F> for OneVsAllSvm {
    fn name(&self) -> &'static str {
        "one-vs-all"
    }

    fn value(&self, scores: &mut [F], labels: &[u8]) -> F {
        signed(scores, labels).map(|(score, sign)| hinge(F::one() - sign * *score)).sum()
    }

    fn value_errors(&self, scores: &mut [F], labels: &[u8]) -> F {
        let one = |(score, sign): (&mut F, F)| {
            let missing = F::one() - sign * *score;
            *score = if missing > F::zero() { -sign } else { F::zero() };
            hinge(missing)
        };
        signed(scores, labels).map(one).sum()
    }

    fn hess_vec(&self, _scores: &mut [F], _labels: &[u8], tangent: &mut [F]) {
        nothing_curved(tangent);
    }
}
