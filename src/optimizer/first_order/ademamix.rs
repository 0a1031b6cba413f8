//! AdEMAMix: Adam with a second, much slower mean of the gradients.

use super::adam::Adam;
use super::hyperparameters::{not_negative, share};
use super::settings::NamedSetting;
use super::settings::SettingMut::Number;
use super::sweep::sweep;
use super::{Buffers, Convention, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::optimizer::Properties;
use crate::real::Real;

/// AdEMAMix (Pagliardini, Ablin & Grangier 2024): Adam whose numerator also has a slow mean m₂ of the
/// gradients, m₂ ← β₃m₂ + (1−β₃)g, x ← x − lr·((m̂ + α·m₂) / (√ŝ + ε) + λx).
///
/// m₂ is not corrected for its start at 0: with β₃ = .9999 it takes 7,000 steps to come half of its way, so
/// that short runs need a smaller β₃. The paper warms up α and β₃; the rule keeps them constant, as
/// optax.contrib.ademamix does without schedules, whose defaults these are. pytorch-optimizer has the same
/// arithmetic; torch.optim and Keras have no AdEMAMix. It keeps 3 numbers per parameter, and a step reads or
/// writes 9 (36 bytes in f32).
///
/// ```
/// use gradus::optimizer::first_order::AdEmaMix;
/// use gradus::prelude::*;
/// let rule = AdEmaMix { beta3: 0.99, alpha: 2.0, ..AdEmaMix::default() };
/// let found = minimize(
///     problems::Quadratic::new(&[1.0, 9.0]),
///     &array![3.0, 1.0],
///     FirstOrder::new(rule, 0.02)?,
///     Stop::iterations(1000),
/// )?;
/// assert!(found.value < 1e-3);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdEmaMix {
    /// β₁ (.9), β₂ (.999) and ε (1e-8) as in Adam; both moments are always corrected.
    pub adam: Adam,
    /// β₃, the share of the slow mean that is kept, 0 ≤ β₃ < 1, default .9999.
    pub beta3: f64,
    /// α, the weight of the slow mean: finite and ≥ 0, default 5.
    pub alpha: f64,
    /// λ, the rate of weight decay: finite and ≥ 0, default 0.
    pub weight_decay: f64,
}

impl Default for AdEmaMix {
    fn default() -> Self {
        AdEmaMix { adam: Adam::default(), beta3: 0.9999, alpha: 5.0, weight_decay: 0.0 }
    }
}

impl AdEmaMix {
    /// Returns the rule, which is the same in every library that has it.
    pub fn following(_: Convention) -> Self {
        AdEmaMix::default()
    }
}

impl RuleInfo for AdEmaMix {
    fn name(&self) -> &'static str {
        "ademamix"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: true, second_moment: true, leaky: true, bias_correction: true }
    }

    fn buffers(&self) -> Buffers {
        Buffers::of(self.properties()).with_third(true)
    }

    fn validate(&self) -> Result<()> {
        self.adam.check()?;
        share("beta3", self.beta3)?;
        not_negative("alpha", self.alpha)?;
        not_negative("weight-decay", self.weight_decay)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        let mut numbers = self.adam.numbers();
        numbers.push(("beta3", Number(&mut self.beta3)));
        numbers.push(("alpha", Number(&mut self.alpha)));
        numbers.push(("weight-decay", Number(&mut self.weight_decay)));
        numbers
    }
}

impl<F: Real> UpdateRule<F> for AdEmaMix {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        state.steps += 1;
        let step = Adam { bias_correction: true, ..self.adam }.at(state.steps, lr);
        let (beta3, rest3) = (F::of(self.beta3), F::of(1.0 - self.beta3));
        let of_slow = F::of(lr.wide() * self.alpha);
        let keep = F::of(1.0 - lr.wide() * self.weight_decay);
        let buffers = [&mut state.first[..], &mut state.second, &mut state.third];
        sweep(x, buffers, grad, |x, [m, s, slow], g| {
            step.moments(m, s, g);
            *slow = beta3 * *slow + rest3 * g;
            *x = *x * keep - (step.rate * *m + of_slow * *slow) / (s.sqrt() * step.unroot + step.eps);
        });
    }
}
