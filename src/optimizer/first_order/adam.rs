//! Adam: momentum and RMSProp together, corrected for the bias of moments that start at zero.

use super::hyperparameters::{not_negative, share};
use super::settings::NamedSetting;
use super::settings::SettingMut::{Flag, Number};
use super::sweep::sweep;
use super::{Convention, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::optimizer::Properties;
use crate::real::Real;

/// The root to which rules of Adam's family add ε.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EpsilonOn {
    /// √ŝ + ε, after the correction (the paper's algorithm, the slides, torch.optim, optax).
    #[default]
    Corrected,
    /// √s + ε, before the correction (the paper's efficient form, Keras). In the first step ε then has
    /// 1/√(1−β₂) = 32 times the effect.
    Uncorrected,
}

/// Adam (Kingma & Ba 2015; slide "Adam"):
/// m ← β₁m + (1−β₁)g, s ← β₂s + (1−β₂)g², x ← x − lr·m̂ / (√ŝ + ε),
/// with m̂ = m/(1−β₁ᵗ) and ŝ = s/(1−β₂ᵗ), t = 1, 2, …; or m̂ = m, ŝ = s without the correction
/// (slide "Adam (almost)").
///
/// m and s start at 0. ε stands outside the corrected root, as in torch.optim and optax; Keras adds it to the
/// uncorrected root. A step reads or writes 7 numbers per parameter (28 bytes in f32).
///
/// ```
/// use gradus::prelude::*;
/// // The first step is lr long, whatever the gradient, and 3.162 times that without the correction.
/// let first = |rule: Adam, lr: f64| -> Result<f64> {
///     let found = minimize(
///         problems::Quadratic::new(&[7.0]),
///         &array![5.0],
///         FirstOrder::new(rule, lr)?,
///         Stop::iterations(1),
///     )?;
///     Ok((5.0 - found.x[0]) / lr)
/// };
/// assert!((first(Adam::default(), 1e-3)? - 1.0).abs() < 1e-6);
/// assert!((first(Adam::without_bias_correction(), 1e-3)? - 3.162278).abs() < 1e-5);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adam {
    /// β₁, the share of the first moment that is kept, 0 ≤ β₁ < 1, default .9.
    pub beta1: f64,
    /// β₂, the share of the second moment that is kept, 0 ≤ β₂ < 1, default .999.
    pub beta2: f64,
    /// ε, which keeps the division finite: finite and ≥ 0, default 1e-8 (the slide and Keras have 1e-7). With
    /// 0 a coordinate whose gradients were all 0 becomes NaN.
    pub eps: f64,
    /// The root to which ε is added; by default the corrected one.
    pub eps_on: EpsilonOn,
    /// Whether the bias is corrected; yes by default.
    pub bias_correction: bool,
}

impl Default for Adam {
    fn default() -> Self {
        Adam::following(Convention::Torch)
    }
}

impl Adam {
    /// Returns the slides' first version, whose first step is 3.162 times too long.
    pub fn without_bias_correction() -> Self {
        Adam { bias_correction: false, ..Adam::default() }
    }

    /// Returns the rule with the defaults and the arithmetic of a library.
    pub fn following(convention: Convention) -> Self {
        let torch =
            Adam { beta1: 0.9, beta2: 0.999, eps: 1e-8, eps_on: EpsilonOn::Corrected, bias_correction: true };
        match convention {
            Convention::Torch | Convention::Optax => torch,
            Convention::Lecture => Adam { eps: 1e-7, ..torch },
            Convention::Keras => Adam { eps: 1e-7, eps_on: EpsilonOn::Uncorrected, ..torch },
        }
    }

    /// Returns β₁, β₂ and ε, which the variants of Adam share.
    pub(super) fn numbers(&mut self) -> Vec<NamedSetting<'_>> {
        numbers(&mut self.beta1, &mut self.beta2, &mut self.eps)
    }

    pub(super) fn check(&self) -> Result<()> {
        share("beta1", self.beta1)?;
        share("beta2", self.beta2)?;
        not_negative("eps", self.eps)
    }

    /// Returns 1 − βᵗ, or 1 without correction. It is computed in f64 even for parameters in f32, where half
    /// of the digits would be lost at t = 1.
    pub(super) fn correction(&self, beta: f64, t: u64) -> f64 {
        if self.bias_correction { 1.0 - beta.powi(t.min(i32::MAX as u64) as i32) } else { 1.0 }
    }

    /// Returns the numbers of step `t`.
    pub(super) fn at<F: Real>(&self, t: u64, lr: F) -> AdamStep<F> {
        let unroot = 1.0 / self.correction(self.beta2, t).sqrt();
        // √s/r + ε/r is √s + ε on the uncorrected root, with the same r in the numerator, as in Keras.
        let eps = match self.eps_on {
            EpsilonOn::Corrected => self.eps,
            EpsilonOn::Uncorrected => self.eps * unroot,
        };
        AdamStep {
            beta1: F::of(self.beta1),
            rest1: F::of(1.0 - self.beta1),
            beta2: F::of(self.beta2),
            rest2: F::of(1.0 - self.beta2),
            rate: F::of(lr.wide() / self.correction(self.beta1, t)),
            unroot: F::of(unroot),
            eps: F::of(eps),
        }
    }
}

fn numbers<'a>(beta1: &'a mut f64, beta2: &'a mut f64, eps: &'a mut f64) -> Vec<NamedSetting<'a>> {
    vec![("beta1", Number(beta1)), ("beta2", Number(beta2)), ("eps", Number(eps))]
}

/// The numbers of one step, with the corrections included.
#[derive(Clone, Copy)]
pub(super) struct AdamStep<F> {
    beta1: F,
    rest1: F,
    beta2: F,
    rest2: F,
    /// lr / (1 − β₁ᵗ)
    pub rate: F,
    /// 1 / √(1 − β₂ᵗ)
    pub unroot: F,
    pub eps: F,
}

impl<F: Real> AdamStep<F> {
    /// Adds the gradient to both moments.
    #[inline(always)]
    pub(super) fn moments(&self, m: &mut F, s: &mut F, g: F) {
        *m = self.beta1 * *m + self.rest1 * g;
        *s = self.beta2 * *s + self.rest2 * (g * g);
    }

    /// Adds the gradient to the second moment alone.
    #[inline(always)]
    pub(super) fn second_moment(&self, s: &mut F, g: F) {
        *s = self.beta2 * *s + self.rest2 * (g * g);
    }

    /// Returns lr·m̂ / (√ŝ + ε).
    #[inline(always)]
    pub(super) fn update(&self, m: F, s: F) -> F {
        self.rate * m / (s.sqrt() * self.unroot + self.eps)
    }
}

impl RuleInfo for Adam {
    fn name(&self) -> &'static str {
        "adam"
    }

    fn properties(&self) -> Properties {
        Properties {
            first_moment: true,
            second_moment: true,
            leaky: true,
            bias_correction: self.bias_correction,
        }
    }

    fn validate(&self) -> Result<()> {
        self.check()
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        let Adam { beta1, beta2, eps, bias_correction, .. } = self;
        let mut settings = numbers(beta1, beta2, eps);
        settings.push(("no-bias-correction", Flag { field: bias_correction, when_given: false }));
        settings
    }
}

impl<F: Real> UpdateRule<F> for Adam {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        state.steps += 1;
        let step = self.at(state.steps, lr);
        sweep(x, [&mut state.first, &mut state.second], grad, |x, [m, s], g| {
            step.moments(m, s, g);
            *x -= step.update(*m, *s);
        });
    }
}
