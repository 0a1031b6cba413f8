//! Lion: the sign of a momentum.

use super::hyperparameters::{not_negative, share};
use super::settings::NamedSetting;
use super::settings::SettingMut::Number;
use super::sweep::sweep;
use super::{Convention, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::optimizer::Properties;
use crate::real::Real;

/// Lion (Chen et al. 2023): c = β₁m + (1−β₁)g, x ← x − lr·(sign c + λx), m ← β₂m + (1−β₂)g, with sign 0 = 0.
///
/// Each coordinate moves by lr or not at all, so a suitable learning rate is ten times smaller than Adam's.
/// The paper and Keras have no weight decay by default, optax has λ = 1e-3, and torch.optim has no Lion. A
/// step reads or writes 5 numbers per parameter (20 bytes in f32).
///
/// ```
/// use gradus::optimizer::first_order::Lion;
/// use gradus::prelude::*;
/// let found = minimize(
///     problems::Quadratic::new(&[1.0]),
///     &array![1.0],
///     FirstOrder::new(Lion::default(), 0.125)?,
///     Stop::iterations(4),
/// )?;
/// assert_eq!(found.x, array![0.5]);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lion {
    /// β₁, the weight of the momentum in the direction, 0 ≤ β₁ < 1, default .9.
    pub beta1: f64,
    /// β₂, the share of the momentum that is kept, 0 ≤ β₂ < 1, default .99.
    pub beta2: f64,
    /// λ, the rate of weight decay: finite and ≥ 0, default 0.
    pub weight_decay: f64,
}

impl Default for Lion {
    fn default() -> Self {
        Lion::following(Convention::Torch)
    }
}

impl Lion {
    /// Returns the rule with the defaults and the arithmetic of a library.
    pub fn following(convention: Convention) -> Self {
        Lion {
            beta1: 0.9,
            beta2: 0.99,
            weight_decay: if convention == Convention::Optax { 1e-3 } else { 0.0 },
        }
    }
}

impl RuleInfo for Lion {
    fn name(&self) -> &'static str {
        "lion"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: true, second_moment: false, leaky: false, bias_correction: false }
    }

    fn validate(&self) -> Result<()> {
        share("beta1", self.beta1)?;
        share("beta2", self.beta2)?;
        not_negative("weight-decay", self.weight_decay)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        vec![
            ("beta1", Number(&mut self.beta1)),
            ("beta2", Number(&mut self.beta2)),
            ("weight-decay", Number(&mut self.weight_decay)),
        ]
    }
}

impl<F: Real> UpdateRule<F> for Lion {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        let (beta1, rest1) = (F::of(self.beta1), F::of(1.0 - self.beta1));
        let (beta2, rest2) = (F::of(self.beta2), F::of(1.0 - self.beta2));
        let keep = F::of(1.0 - lr.wide() * self.weight_decay);
        sweep(x, [&mut state.first], grad, |x, [m], g| {
            let c = beta1 * *m + rest1 * g;
            // The sign of 0 is 0, and that of NaN is NaN.
            let sign = if c.abs() > F::zero() { F::one().copysign(c) } else { c };
            *x = *x * keep - lr * sign;
            *m = beta2 * *m + rest2 * g;
        });
    }
}
