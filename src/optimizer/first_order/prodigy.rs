//! Prodigy: Adam that estimates its own learning rate.

use super::adam::Adam;
use super::hyperparameters::{not_negative, positive, share};
use super::settings::NamedSetting;
use super::settings::SettingMut::{Flag, Number};
use super::sweep::{sweep, sweep_with_sums};
use super::{Buffers, Convention, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::optimizer::Properties;
use crate::real::Real;

/// Prodigy (Mishchenko & Defazio 2023): Adam on gradients times *d*, a lower estimate of the distance from
/// the start x₀ to the solution, which grows with the gradients' agreement. With γ = lr·*d*·√(1−β₂ᵗ)/(1−β₁ᵗ)
/// and β₃ = √β₂,
///
/// - m ← β₁m + (1−β₁)*d*g, s ← β₂s + (1−β₂)(*d*g)², a ← β₃a + (γ/*d*₀)·*d*g
/// - r ← β₃r + (*d*γ/*d*₀)·g·(x₀ − x), *d*′ = max(*d*, κ·r/‖a‖₁)
/// - x ← x − γ·(m / (√s + *d*′ε) + λx), then *d* ← *d*′
///
/// The learning rate multiplies the estimate: leave it at 1, and use a schedule on top if one is wanted. The
/// defaults are those of optax.contrib.prodigy, which corrects both biases (the authors' code does so only if
/// asked). optax computes 0/0 if all gradients are 0; here *d* then stays. torch.optim and Keras have no
/// Prodigy. It keeps 4 numbers per parameter. The estimate needs sums over all parameters before any of them
/// can move, so that a step passes over memory twice: it reads or writes 13 (52 bytes in f32).
///
/// ```
/// use gradus::optimizer::first_order::Prodigy;
/// use gradus::prelude::*;
/// // The same setting, whatever the distance.
/// for far in [1.0, 1000.0] {
///     let found = minimize(
///         problems::Quadratic::new(&[1.0, 9.0]),
///         &array![3.0 * far, far],
///         FirstOrder::new(Prodigy::default(), 1.0)?,
///         Stop::iterations(1500),
///     )?;
///     assert!(found.value < 1e-6 * far * far, "{}", found.value);
/// }
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prodigy {
    /// β₁ (.9), β₂ (.999) and ε (1e-8) as in Adam; the moments are always corrected.
    pub adam: Adam,
    /// β₃, the share of the sums behind the estimate that is kept, 0 ≤ β₃ < 1; `None` (the default) for √β₂.
    pub beta3: Option<f64>,
    /// *d*₀, the first estimate: finite and > 0, default 1e-6. It should be too small rather than too large.
    pub d0: f64,
    /// κ, by which estimates are multiplied: finite and > 0, default 1.
    pub coefficient: f64,
    /// λ, the rate of weight decay: finite and ≥ 0, default 0.
    pub weight_decay: f64,
    /// Whether a ← β₃a + (*d*/*d*₀)·*d*g, without the learning rate, which helps if it warms up; no by
    /// default.
    pub safeguard_warmup: bool,
}

impl Default for Prodigy {
    fn default() -> Self {
        let adam = Adam::default();
        Prodigy { adam, beta3: None, d0: 1e-6, coefficient: 1.0, weight_decay: 0.0, safeguard_warmup: false }
    }
}

impl Prodigy {
    /// Returns the rule, which is optax's whatever the convention.
    pub fn following(_: Convention) -> Self {
        Prodigy::default()
    }
}

impl RuleInfo for Prodigy {
    fn name(&self) -> &'static str {
        "prodigy"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: true, second_moment: true, leaky: true, bias_correction: true }
    }

    fn buffers(&self) -> Buffers {
        Buffers { fourth: Some(0.0), ..Buffers::of(self.properties()).with_third(true) }
    }

    fn validate(&self) -> Result<()> {
        self.adam.check()?;
        self.beta3.map_or(Ok(()), |beta3| share("beta3", beta3))?;
        positive("d0", self.d0)?;
        positive("d-coefficient", self.coefficient)?;
        not_negative("weight-decay", self.weight_decay)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        let Prodigy { adam, d0, coefficient, weight_decay, safeguard_warmup, .. } = self;
        let mut numbers = adam.numbers();
        numbers.push(("d0", Number(d0)));
        numbers.push(("d-coefficient", Number(coefficient)));
        numbers.push(("weight-decay", Number(weight_decay)));
        numbers.push(("safeguard-warmup", Flag { field: safeguard_warmup, when_given: true }));
        numbers
    }
}

impl<F: Real> UpdateRule<F> for Prodigy {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        if state.steps == 0 {
            state.fourth.copy_from_slice(x);
            state.numbers = [self.d0, 0.0];
        }
        state.steps += 1;
        let corrected = Adam { bias_correction: true, ..self.adam };
        let correction = |beta: f64| corrected.correction(beta, state.steps);
        let [distance, numerator] = state.numbers;
        let unbiased = correction(self.adam.beta2).sqrt() / correction(self.adam.beta1);
        let rate = distance * lr.wide() * unbiased;
        let beta3 = self.beta3.unwrap_or(self.adam.beta2.sqrt());
        let of_sum = if self.safeguard_warmup { distance } else { rate } / self.d0;
        // All that the first pass needs of a gradient is its product with d.
        let (d, keep3, of_sum) = (F::of(distance), F::of(beta3), F::of(of_sum));
        let step = corrected.at(state.steps, lr);
        let buffers = [&mut state.first[..], &mut state.second, &mut state.third, &mut state.fourth];
        let [agreement, length] = sweep_with_sums(x, buffers, grad, |x, [m, s, sum, start], g| {
            let scaled = d * g;
            step.moments(m, s, scaled);
            *sum = keep3 * *sum + of_sum * scaled;
            [g * (*start - *x), sum.abs()]
        });
        let numerator = beta3 * numerator + distance / self.d0 * rate * agreement.wide();
        let estimate = self.coefficient * numerator / length.wide();
        // An estimate of 0/0 is no estimate.
        let next = if estimate > distance { estimate } else { distance };
        state.numbers = [next, numerator];
        let (rate, eps) = (F::of(rate), F::of(next * self.adam.eps));
        let keep = F::of(1.0 - rate.wide() * self.weight_decay);
        sweep(x, [&mut state.first, &mut state.second], grad, |x, [m, s], _| {
            *x = *x * keep - rate * *m / (s.sqrt() + eps);
        });
    }
}
