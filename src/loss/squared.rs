//! Squared error.

use super::rows::residuals;
use super::traits::Loss;
use crate::real::Real;

/// Squared error L = ½ Σⱼ (sⱼ − tⱼ)² with one-hot targets: tⱼ is 1 for the true class and 0 for all others
/// (Legendre 1805). Its derivative is the residual sⱼ − tⱼ, and its Hessian the identity.
///
/// With the linear classifier this is linear least squares, whose minimum is known in closed form. At scores
/// of zero the loss is ½. PyTorch's `mse_loss` has no factor ½ and divides by C.
///
/// ```
/// use gradus::loss;
/// use gradus::loss::Squared;
/// use gradus::prelude::*;
/// assert_eq!(loss::of_scores(&Squared, &[1.0, 2.0], 0), 2.0);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Squared;

impl<F: Real> Loss<F> for Squared {
    fn name(&self) -> &'static str {
        "squared"
    }

    fn value(&self, scores: &mut [F], labels: &[u8]) -> F {
        self.value_errors(scores, labels)
    }

    fn value_errors(&self, scores: &mut [F], labels: &[u8]) -> F {
        residuals(scores, labels);
        F::of(0.5) * scores.iter().map(|&r| r * r).sum::<F>()
    }

    fn hess_vec(&self, _scores: &mut [F], _labels: &[u8], _tangent: &mut [F]) {
        // The Hessian is the identity.
    }
}
