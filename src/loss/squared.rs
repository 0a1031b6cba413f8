//! Squared error.

use super::rows::{differences, residuals, weighted_forms};
use super::traits::{Likelihood, Loss, TargetLoss};
use crate::linalg::vector::dot;
use crate::real::Real;
use crate::rng::Stream;
use rand::RngExt;
use rand_distr::StandardNormal;

/// Squared error L = ½ Σⱼ (sⱼ − tⱼ)² (Legendre 1805). The targets t are real numbers, or one-hot: tⱼ is
/// then 1 for the true class and 0 for all others. Its derivative is the residual sⱼ − tⱼ, and its Hessian
/// the identity. It is −ln p, up to a constant, of targets with independent normal noise of variance 1.
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

    fn of_targets(&self) -> Option<&dyn TargetLoss<F>> {
        Some(self)
    }
}

impl<F: Real> TargetLoss<F> for Squared {
    fn target_errors(&self, outputs: &mut [F], targets: &[F]) -> F {
        differences(outputs, targets);
        F::of(0.5) * dot(outputs, outputs)
    }

    fn target_hess_vec(&self, _outputs: &mut [F], _targets: &[F], _tangent: &mut [F]) {
        // The Hessian is the identity.
    }
}

impl Likelihood for Squared {
    fn means(&self, _scores: &mut [f64], _classes: usize) {
        // The scores are the means.
    }

    fn draw_errors(&self, _means: &[f64], stream: &mut Stream, errors: &mut [f64]) {
        errors.fill_with(|| stream.sample(StandardNormal));
    }

    fn fisher_root(&self, _means: &[f64], k: usize, column: &mut [f64]) {
        column.fill(0.0);
        column[k] = 1.0;
    }

    fn fisher_forms(&self, means: &[f64], u: &[f64], v: &[f64]) -> [f64; 3] {
        weighted_forms(means.iter().map(|_| 1.0), u, v)
    }
}
