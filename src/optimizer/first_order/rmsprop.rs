//! RMSProp: a leaky AdaGrad.

use super::{State, UpdateRule};
use crate::error::{Result, check_hyperparameter};
use crate::linalg::vectorized;
use crate::optimizer::Properties;
use crate::real::Real;

/// RMSProp, s ← γs + (1−γ)g², x ← x − lr·g / (√s + ε) (Tieleman & Hinton 2012; slide "RMSProp").
///
/// ε stands outside the root as on the slide and in torch.optim. (Keras and optax put it inside.)
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RmsProp {
    /// γ, the share of history kept, 0 ≤ γ < 1. Default .99 (torch.optim).
    pub decay: f64,
    /// Keeps the division finite: finite and ≥ 0, default 1e-8 (torch.optim; the slide has 1e-7).
    pub eps: f64,
}

impl Default for RmsProp {
    fn default() -> Self {
        RmsProp { decay: 0.99, eps: 1e-8 }
    }
}

impl<F: Real> UpdateRule<F> for RmsProp {
    fn name(&self) -> &'static str {
        "rmsprop"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: false, second_moment: true, leaky: true, bias_correction: false }
    }

    fn validate(&self) -> Result<()> {
        check_hyperparameter("decay", self.decay, "0 ≤ decay < 1", |v| (0.0..1.0).contains(&v))?;
        check_hyperparameter("eps", self.eps, "finite and ≥ 0", |v| v.is_finite() && v >= 0.0).map(drop)
    }

    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        let (decay, rest, eps) = (F::of(self.decay), F::of(1.0 - self.decay), F::of(self.eps));
        vectorized(|| {
            x.iter_mut().zip(&mut state.second).zip(grad).for_each(|((x, s), &g)| {
                *s = decay * *s + rest * g * g;
                *x -= lr * g / (s.sqrt() + eps);
            })
        });
    }
}
