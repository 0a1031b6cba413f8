//! Squared error.

use super::rows::residuals;
use super::traits::Loss;
use crate::real::Real;

/// Squared error L = ½ Σⱼ (sⱼ − tⱼ)² with the one-hot targets tⱼ = 1 for the own class and 0 for all others;
/// its derivative is the residual sⱼ − tⱼ and its Hessian the identity.
///
/// With the linear classifier this is least squares, whose minimum is known in closed form. At scores of zero
/// the loss is ½. (PyTorch's `mse_loss` has no half and divides by C.)
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
