//! AdamW: Adam with weight decay separate from the gradient.

use super::adam::Adam;
use super::hyperparameters::not_negative;
use super::settings::NamedSetting;
use super::settings::SettingMut::Number;
use super::sweep::sweep;
use super::{Convention, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::optimizer::Properties;
use crate::real::Real;

/// AdamW (Loshchilov & Hutter 2019): x ← (1 − lr·λ)x, then Adam's step.
///
/// This differs from an L2 penalty in the loss: Adam divides the gradient of a penalty by √ŝ, so a weight
/// with large gradients would decay less. A step reads or writes 7 numbers per parameter (28 bytes in f32).
///
/// ```
/// use gradus::prelude::*;
/// // Without a gradient only the decay is left.
/// let mut flat = problems::Quadratic::new(&[0.0]);
/// let found = minimize(
///     &mut flat,
///     &array![1.0],
///     FirstOrder::new(AdamW::new(0.5), 0.1)?,
///     Stop::iterations(2),
/// )?;
/// assert!((found.x[0] - 0.95 * 0.95).abs() < 1e-15);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamW {
    /// λ, the rate of decay: finite and ≥ 0, default 1e-2 (torch.optim; Keras 4e-3, optax 1e-4).
    pub weight_decay: f64,
    /// The hyperparameters of Adam.
    pub adam: Adam,
}

impl Default for AdamW {
    fn default() -> Self {
        AdamW::following(Convention::Torch)
    }
}

impl AdamW {
    /// Returns AdamW with weights that decay by `weight_decay` times the learning rate in each step.
    pub fn new(weight_decay: impl Into<f64>) -> Self {
        AdamW { weight_decay: weight_decay.into(), ..AdamW::default() }
    }

    /// Returns the rule with the defaults and the arithmetic of a library.
    pub fn following(convention: Convention) -> Self {
        let weight_decay = match convention {
            Convention::Torch | Convention::Lecture => 1e-2,
            Convention::Keras => 4e-3,
            Convention::Optax => 1e-4,
        };
        AdamW { weight_decay, adam: Adam::following(convention) }
    }
}

impl RuleInfo for AdamW {
    fn name(&self) -> &'static str {
        "adamw"
    }

    fn properties(&self) -> Properties {
        self.adam.properties()
    }

    fn validate(&self) -> Result<()> {
        not_negative("weight-decay", self.weight_decay)?;
        self.adam.check()
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        let mut numbers = self.adam.numbers();
        numbers.push(("weight-decay", Number(&mut self.weight_decay)));
        numbers
    }
}

impl<F: Real> UpdateRule<F> for AdamW {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        state.steps += 1;
        let step = self.adam.at(state.steps, lr);
        let keep = F::of(1.0 - lr.wide() * self.weight_decay);
        sweep(x, [&mut state.first, &mut state.second], grad, |x, [m, s], g| {
            step.moments(m, s, g);
            *x = *x * keep - step.update(*m, *s);
        });
    }
}
