//! Adam: momentum and RMSProp together, with the bias of their zero start corrected.

use super::{State, UpdateRule};
use crate::error::{Result, check_hyperparameter};
use crate::linalg::vectorized;
use crate::optimizer::Properties;
use crate::real::Real;

/// Adam (Kingma & Ba 2015; slide "Adam"):
/// m ← β₁m + (1−β₁)g, s ← β₂s + (1−β₂)g², x ← x − lr·m̂ / (√ŝ + ε),
/// with m̂ = m/(1−β₁ᵗ) and ŝ = s/(1−β₂ᵗ), t = 1, 2, …; or m̂ = m, ŝ = s without the correction
/// (slide "Adam (almost)").
///
/// ε stands outside the corrected root, as in torch.optim. (Keras adds it to the uncorrected one.)
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adam {
    /// β₁, the share of the first moment kept, 0 ≤ β₁ < 1, default .9.
    pub beta1: f64,
    /// β₂, the share of the second moment kept, 0 ≤ β₂ < 1, default .999.
    pub beta2: f64,
    /// Keeps the division finite: finite and ≥ 0, default 1e-8 (the slide has 1e-7).
    pub eps: f64,
    /// Whether the bias is corrected, default yes.
    pub bias_correction: bool,
}

impl Default for Adam {
    fn default() -> Self {
        Adam { beta1: 0.9, beta2: 0.999, eps: 1e-8, bias_correction: true }
    }
}

impl Adam {
    /// The slides' first version, whose first step is 3.162 times too long.
    pub fn without_bias_correction() -> Self {
        Adam { bias_correction: false, ..Adam::default() }
    }
}

impl<F: Real> UpdateRule<F> for Adam {
    fn name(&self) -> &'static str {
        "adam"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: true, second_moment: true, leaky: true, bias_correction: self.bias_correction }
    }

    fn validate(&self) -> Result<()> {
        check_hyperparameter("beta1", self.beta1, "0 ≤ beta1 < 1", |v| (0.0..1.0).contains(&v))?;
        check_hyperparameter("beta2", self.beta2, "0 ≤ beta2 < 1", |v| (0.0..1.0).contains(&v))?;
        check_hyperparameter("eps", self.eps, "finite and ≥ 0", |v| v.is_finite() && v >= 0.0).map(drop)
    }

    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        state.steps += 1;
        let t = state.steps.min(i32::MAX as u64) as i32;
        // In f64 whatever F is: 1 − β₂ᵗ loses half its digits in f32 at t = 1.
        let correction = |beta: f64| if self.bias_correction { 1.0 - beta.powi(t) } else { 1.0 };
        let (beta1, rest1) = (F::of(self.beta1), F::of(1.0 - self.beta1));
        let (beta2, rest2) = (F::of(self.beta2), F::of(1.0 - self.beta2));
        let root = F::of(correction(self.beta2).sqrt());
        let (step, eps) = (lr / F::of(correction(self.beta1)), F::of(self.eps));
        vectorized(|| {
            x.iter_mut().zip(&mut state.first).zip(&mut state.second).zip(grad).for_each(|(((x, m), s), &g)| {
                *m = beta1 * *m + rest1 * g;
                *s = beta2 * *s + rest2 * g * g;
                *x -= step * *m / (s.sqrt() / root + eps);
            })
        });
    }
}
