//! Huber's loss.

use super::rows::residuals;
use super::traits::Loss;
use crate::error::{Error, Result, check_hyperparameter};
use crate::real::Real;

/// Huber's loss L = Σⱼ h(sⱼ − tⱼ) with h(r) = ½r² for |r| ≤ δ and δ(|r| − ½δ) beyond (Huber 1964), and the
/// one-hot targets tⱼ = 1 for the own class and 0 for all others: [`Squared`](super::Squared) error that
/// grows only linearly for residuals beyond δ.
///
/// δ is finite and > 0, 1 by default. The derivative is the residual cut off at ±δ, the second derivative 1
/// where
/// |r| ≤ δ and 0 beyond. (PyTorch's `huber_loss`, summed over classes.)
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Huber {
    delta: f64,
}

impl Huber {
    /// Huber's loss with its δ (finite, > 0).
    ///
    /// # Errors
    /// If δ is out of its range.
    pub fn new(delta: f64) -> Result<Self> {
        let delta = check_hyperparameter("delta", delta, "finite and > 0", |v| v.is_finite() && v > 0.0)?;
        Ok(Huber { delta })
    }

    /// Reads δ from a text, as in `huber:0.5`.
    pub(super) fn parse(delta: &str) -> Result<Self> {
        let form = "huber or huber:DELTA with a number DELTA > 0, such as huber:0.5";
        let wrong = |_| Error::Syntax { what: "loss", text: format!("huber:{delta}"), form };
        Huber::new(delta.parse().map_err(wrong)?)
    }

    /// The residual beyond which the loss is linear.
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
        scores.iter_mut().map(one).sum()
    }

    fn hess_vec(&self, scores: &mut [F], labels: &[u8], tangent: &mut [F]) {
        residuals(scores, labels);
        let delta = F::of(self.delta);
        tangent.iter_mut().zip(scores).filter(|(_, r)| r.abs() > delta).for_each(|(t, _)| *t = F::zero());
    }
}
