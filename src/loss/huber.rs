//! Huber's loss.

use super::rows::{differences, residuals};
use super::traits::{Loss, TargetLoss};
use crate::error::{Error, Result, check_hyperparameter};
use crate::real::{Real, check_fits};

/// Huber's loss L = Σⱼ h(sⱼ − tⱼ) with h(r) = ½r² for |r| ≤ δ and h(r) = δ(|r| − ½δ) for |r| > δ (Huber
/// 1964). The targets t are real numbers, or one-hot: tⱼ is then 1 for the true class and 0 for all others.
/// The loss is [`Squared`](super::Squared) error, except that it grows only linearly for residuals beyond
/// δ.
///
/// δ is finite and > 0; the default is 1. The derivative is the residual, clipped to ±δ. The second
/// derivative is 1 where |r| ≤ δ, and 0 elsewhere. PyTorch calls this loss `huber_loss`; ours is summed over
/// classes.
///
/// ```
/// use gradus::loss;
/// use gradus::loss::Huber;
/// use gradus::prelude::*;
/// // h(2 − 0) = 1·(2 − ½) = 1.5 for the wrong class, h(1 − 1) = 0 for the true one.
/// assert_eq!(loss::of_scores(&Huber::new(1.0)?, &[2.0, 1.0], 1), 1.5);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Huber {
    delta: f64,
}

impl Huber {
    /// Returns Huber's loss with the given δ, finite and > 0.
    ///
    /// # Errors
    /// If δ is out of range.
    pub fn new(delta: f64) -> Result<Self> {
        let delta = check_hyperparameter("delta", delta, "finite and > 0", |v| v.is_finite() && v > 0.0)?;
        Ok(Huber { delta })
    }

    /// Reads δ from a text, the `0.5` of `huber:0.5`.
    pub(super) fn parse<F: Real>(delta: &str) -> Result<Self> {
        let form = "huber or huber:DELTA with a number DELTA > 0, such as huber:0.5";
        let wrong = |_| Error::Syntax { what: "loss", text: format!("huber:{delta}"), form };
        let huber = Huber::new(delta.parse().map_err(wrong)?)?;
        check_fits::<F>("delta", huber.delta)?;
        Ok(huber)
    }

    /// Returns the sum of the losses of residuals, and replaces them by their derivatives.
    fn clip_all<F: Real>(&self, residuals: &mut [F]) -> F {
        let (delta, half) = (F::of(self.delta), F::of(0.5));
        let one = |residual: &mut F| {
            let size = residual.abs();
            if size > delta {
                *residual = delta * residual.signum();
                delta * (size - half * delta)
            } else {
                half * *residual * *residual
            }
        };
        residuals.iter_mut().map(one).sum()
    }

    /// Sets each of `tangent` to 0 whose residual is beyond δ.
    fn flatten<F: Real>(&self, residuals: &[F], tangent: &mut [F]) {
        let delta = F::of(self.delta);
        tangent.iter_mut().zip(residuals).filter(|(_, r)| r.abs() > delta).for_each(|(t, _)| *t = F::zero());
    }

    /// Returns δ, the residual beyond which the loss is linear.
    pub fn delta(&self) -> f64 {
        self.delta
    }
}

impl Default for Huber {
    fn default() -> Self {
        Huber { delta: 1.0 }
    }
}

impl<F: Real> Loss<F> for Huber {
    fn name(&self) -> &'static str {
        "huber"
    }

    fn value(&self, scores: &mut [F], labels: &[u8]) -> F {
        self.value_errors(scores, labels)
    }

    fn value_errors(&self, scores: &mut [F], labels: &[u8]) -> F {
        residuals(scores, labels);
        self.clip_all(scores)
    }

    fn hess_vec(&self, scores: &mut [F], labels: &[u8], tangent: &mut [F]) {
        residuals(scores, labels);
        self.flatten(scores, tangent);
    }

    fn of_targets(&self) -> Option<&dyn TargetLoss<F>> {
        Some(self)
    }
}

impl<F: Real> TargetLoss<F> for Huber {
    fn target_errors(&self, outputs: &mut [F], targets: &[F]) -> F {
        differences(outputs, targets);
        self.clip_all(outputs)
    }

    fn target_hess_vec(&self, outputs: &mut [F], targets: &[F], tangent: &mut [F]) {
        differences(outputs, targets);
        self.flatten(outputs, tangent);
    }
}
