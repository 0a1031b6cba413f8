//! Adamax: Adam with the largest gradient in place of the root of the mean square.

use super::hyperparameters::{not_negative, share};
use super::settings::NamedSetting;
use super::settings::SettingMut::Number;
use super::sweep::sweep;
use super::{Convention, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::optimizer::Properties;
use crate::real::Real;

/// Adamax (Kingma & Ba 2015, section 7.1):
/// m ← β₁m + (1−β₁)g, u ← max(β₂u, |g| + ε), x ← x − lr/(1−β₁ᵗ)·m/u.
///
/// This is the form of torch.optim and optax. Keras writes u ← max(β₂u, |g|) and divides by u + ε with ε =
/// 1e-7. u needs no correction, because a maximum that starts at zero has no bias. A step reads or writes 7
/// numbers per parameter (28 bytes in f32).
///
/// ```
/// use gradus::optimizer::first_order::Adamax;
/// use gradus::prelude::*;
/// let found = minimize(
///     problems::Quadratic::new(&[1.0, 9.0]),
///     &array![3.0, 1.0],
///     FirstOrder::new(Adamax::default(), 0.1)?,
///     Stop::iterations(300),
/// )?;
/// assert!(found.value < 1e-3);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adamax {
    /// β₁, the share of the first moment that is kept, 0 ≤ β₁ < 1, default .9.
    pub beta1: f64,
    /// β₂, the share of the largest gradient that is kept, 0 ≤ β₂ < 1, default .999.
    pub beta2: f64,
    /// ε, which keeps the division finite: finite and ≥ 0, default 1e-8. With 0 a coordinate whose gradients
    /// were all 0 becomes NaN.
    pub eps: f64,
    /// Whether ε is inside the maximum; yes by default.
    pub eps_in_maximum: bool,
}

impl Default for Adamax {
    fn default() -> Self {
        Adamax::following(Convention::Torch)
    }
}

impl Adamax {
    /// Returns the rule with the defaults and the arithmetic of a library.
    pub fn following(convention: Convention) -> Self {
        let torch = Adamax { beta1: 0.9, beta2: 0.999, eps: 1e-8, eps_in_maximum: true };
        match convention {
            Convention::Keras => Adamax { eps: 1e-7, eps_in_maximum: false, ..torch },
            _ => torch,
        }
    }
}

impl RuleInfo for Adamax {
    fn name(&self) -> &'static str {
        "adamax"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: true, second_moment: true, leaky: true, bias_correction: true }
    }

    fn validate(&self) -> Result<()> {
        share("beta1", self.beta1)?;
        share("beta2", self.beta2)?;
        not_negative("eps", self.eps)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        vec![
            ("beta1", Number(&mut self.beta1)),
            ("beta2", Number(&mut self.beta2)),
            ("eps", Number(&mut self.eps)),
        ]
    }
}

impl<F: Real> UpdateRule<F> for Adamax {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        state.steps += 1;
        let t = state.steps.min(i32::MAX as u64) as i32;
        let rate = F::of(lr.wide() / (1.0 - self.beta1.powi(t)));
        let (beta1, rest1, beta2, eps) =
            (F::of(self.beta1), F::of(1.0 - self.beta1), F::of(self.beta2), F::of(self.eps));
        let (inside, outside) = if self.eps_in_maximum { (eps, F::zero()) } else { (F::zero(), eps) };
        sweep(x, [&mut state.first, &mut state.second], grad, |x, [m, u], g| {
            *m = beta1 * *m + rest1 * g;
            let (faded, fresh) = (beta2 * *u, g.abs() + inside);
            *u = if faded > fresh { faded } else { fresh };
            *x -= rate * *m / (*u + outside);
        });
    }
}
