//! RAdam: Adam that waits until its second moment can be trusted.

use super::adam::Adam;
use super::settings::NamedSetting;
use super::sweep::sweep;
use super::{Convention, EpsilonOn, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::optimizer::Properties;
use crate::real::Real;

/// RAdam (Liu et al. 2020): Adam times the rectification r, or momentum alone while the second moment is that
/// of too few gradients. With ρ∞ = 2/(1−β₂) − 1 and ρₜ = ρ∞ − 2tβ₂ᵗ/(1−β₂ᵗ),
/// x ← x − lr·r·m̂ / (√ŝ + ε) if ρₜ > 5, where r² = (ρₜ−4)(ρₜ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρₜ), and else x ← x −
/// lr·m̂.
///
/// With β₂ = .999 the first five steps are those of momentum alone, whose length depends on the gradient.
/// torch.optim adds ε to the uncorrected root, optax to the corrected one; Keras has no RAdam. It keeps 2
/// numbers per parameter, and a step reads or writes 7 (28 bytes in f32).
///
/// ```
/// use gradus::optimizer::first_order::RAdam;
/// use gradus::prelude::*;
/// let found = minimize(
///     problems::Quadratic::new(&[1.0, 9.0]),
///     &array![3.0, 1.0],
///     FirstOrder::new(RAdam::default(), 0.1)?,
///     Stop::grad(1e-6).max_iter(5000),
/// )?;
/// assert!(found.termination.converged());
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RAdam {
    /// β₁ (.9), β₂ (.999) and ε (1e-8) as in Adam; the moments are always corrected.
    pub adam: Adam,
}

impl Default for RAdam {
    fn default() -> Self {
        RAdam::following(Convention::Torch)
    }
}

impl RAdam {
    /// Returns the rule with the defaults and the arithmetic of a library; torch.optim's for those that have
    /// none.
    pub fn following(convention: Convention) -> Self {
        let eps_on = match convention {
            Convention::Optax => EpsilonOn::Corrected,
            Convention::Torch | Convention::Lecture | Convention::Keras => EpsilonOn::Uncorrected,
        };
        RAdam { adam: Adam { eps_on, ..Adam::following(Convention::Torch) } }
    }

    /// Returns r in step `t`; `None` while the second moment is not used.
    fn rectification(&self, t: u64) -> Option<f64> {
        let beta2 = self.adam.beta2;
        let most = 2.0 / (1.0 - beta2) - 1.0;
        let kept = beta2.powi(t.min(i32::MAX as u64) as i32);
        let length = most - 2.0 * t as f64 * kept / (1.0 - kept);
        let part = |length: f64| (length - 4.0) * (length - 2.0) / length;
        (length > 5.0).then(|| (part(length) / part(most)).sqrt())
    }
}

impl RuleInfo for RAdam {
    fn name(&self) -> &'static str {
        "radam"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: true, second_moment: true, leaky: true, bias_correction: true }
    }

    fn validate(&self) -> Result<()> {
        self.adam.check()
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        self.adam.numbers()
    }
}

impl<F: Real> UpdateRule<F> for RAdam {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        state.steps += 1;
        let mut step = Adam { bias_correction: true, ..self.adam }.at(state.steps, lr);
        let moments = [&mut state.first[..], &mut state.second];
        let Some(rectification) = self.rectification(state.steps) else {
            return sweep(x, moments, grad, |x, [m, s], g| {
                step.moments(m, s, g);
                *x -= step.rate * *m;
            });
        };
        step.rate = F::of(step.rate.wide() * rectification);
        sweep(x, moments, grad, |x, [m, s], g| {
            step.moments(m, s, g);
            *x -= step.update(*m, *s);
        });
    }
}
