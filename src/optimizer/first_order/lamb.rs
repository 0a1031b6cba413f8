//! LAMB: Adam whose step is as long as the weights of its layer say.

use super::hyperparameters::{not_negative, share};
use super::settings::NamedSetting;
use super::settings::SettingMut::Number;
use super::sweep::sweep;
use super::update_rule::step_by_parts;
use super::{Buffers, Convention, PartState, Room, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::linalg::vector;
use crate::objective::Part;
use crate::optimizer::Properties;
use crate::real::Real;

/// The largest norm of weights that pytorch-optimizer's LAMB goes by.
const LARGEST_NORM: f64 = 10.0;

/// LAMB (You et al. 2020): m ← β₁m + (1−β₁)g, s ← β₂s + (1−β₂)g², u = m/(√s + ε), and for each part of the
/// parameters x ← x − lr·τu with the trust ratio τ = φ(‖x‖)/(‖u‖ + ε), or 1 where one of the norms is 0.
///
/// The default follows pytorch-optimizer: the bias of m and s is not corrected, φ(‖x‖) = min(‖x‖, 10), and x
/// decays by 1 − lr·λ before the norms are taken. optax corrects the bias (m̂ and ŝ), adds λx to u, and has
/// φ(‖x‖) = ‖x‖ and τ = ‖x‖/‖u‖:
///
/// | | pytorch-optimizer (default; torch.optim has none) | optax |
/// |---|---|---|
/// | moments | as they are | corrected |
/// | decay | x ← (1 − lr·λ)x first, λ 0 | u ← u + λx, λ 0 |
/// | τ | min(‖x‖, 10)/(‖u‖ + ε) | ‖x‖/‖u‖ |
///
/// Each matrix and each vector of biases is a part. An objective without layers is one part, so that the rule
/// works everywhere. State: 2 numbers per parameter, besides scratch. A step makes two passes over them.
///
/// ```
/// use gradus::optimizer::first_order::Lamb;
/// use gradus::prelude::*;
/// // The first step: u has the entries ±(1−β₁)/√(1−β₂) = ±3.16, and is as long as x after the trust ratio.
/// let found = minimize(
///     problems::Quadratic::new(&[1.0, 1.0]),
///     &array![3.0, 4.0],
///     FirstOrder::new(Lamb::default(), 0.1)?,
///     Stop::iterations(1),
/// )?;
/// let moved = 5.0 * 0.1 / 2f64.sqrt();
/// assert!((found.x[0] - (3.0 - moved)).abs() < 1e-5 && (found.x[1] - (4.0 - moved)).abs() < 1e-5);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lamb {
    /// β₁, the share of the first moment that is kept, 0 ≤ β₁ < 1, default .9.
    pub beta1: f64,
    /// β₂, the share of the second moment that is kept, 0 ≤ β₂ < 1, default .999.
    pub beta2: f64,
    /// ε: finite and ≥ 0, default 1e-6. With 0 a coordinate whose gradients were all 0 becomes NaN.
    pub eps: f64,
    /// λ, the rate of decay: finite and ≥ 0, default 0.
    pub weight_decay: f64,
    /// Whether moments, decay and trust ratio are optax's; no by default.
    pub as_optax: bool,
}

impl Default for Lamb {
    fn default() -> Self {
        Lamb::following(Convention::Torch)
    }
}

impl Lamb {
    /// Returns the rule with the defaults and the arithmetic of a library; pytorch-optimizer's stand for all
    /// but optax.
    pub fn following(convention: Convention) -> Self {
        let as_optax = convention == Convention::Optax;
        Lamb { beta1: 0.9, beta2: 0.999, eps: 1e-6, weight_decay: 0.0, as_optax }
    }

    fn trust<F: Real>(&self, x: &[F], update: &[F]) -> F {
        let (norm, of_update) = (vector::dot(x, x).sqrt(), vector::dot(update, update).sqrt());
        if norm == F::zero() || of_update == F::zero() {
            return F::one();
        }
        if self.as_optax {
            norm / of_update
        } else {
            norm.min(F::of(LARGEST_NORM)) / (of_update + F::of(self.eps))
        }
    }
}

impl RuleInfo for Lamb {
    fn name(&self) -> &'static str {
        "lamb"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: true, second_moment: true, leaky: true, bias_correction: self.as_optax }
    }

    fn by_layers(&self) -> bool {
        true
    }

    fn room(&self, part: &Part) -> Room {
        Room { scratch: part.range.len(), ..Room::of(Buffers::of(self.properties())) }
    }

    fn validate(&self) -> Result<()> {
        share("beta1", self.beta1)?;
        share("beta2", self.beta2)?;
        not_negative("eps", self.eps)?;
        not_negative("weight-decay", self.weight_decay)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        vec![
            ("beta1", Number(&mut self.beta1)),
            ("beta2", Number(&mut self.beta2)),
            ("eps", Number(&mut self.eps)),
            ("weight-decay", Number(&mut self.weight_decay)),
        ]
    }
}

impl<F: Real> UpdateRule<F> for Lamb {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        step_by_parts(self, state, lr, grad, x);
    }

    fn step_part(&self, part: &mut PartState<F>, lr: F, grad: &[F], x: &mut [F]) {
        let PartState { state, scratch, .. } = part;
        state.steps += 1;
        let (beta1, rest1) = (F::of(self.beta1), F::of(1.0 - self.beta1));
        let (beta2, rest2) = (F::of(self.beta2), F::of(1.0 - self.beta2));
        let eps = F::of(self.eps);
        let t = i32::try_from(state.steps).unwrap_or(i32::MAX);
        let correction = |beta: f64| if self.as_optax { 1.0 / (1.0 - beta.powi(t)) } else { 1.0 };
        let (of_m, of_s) = (F::of(correction(self.beta1)), F::of(correction(self.beta2)));
        // optax adds the decay to the update; otherwise x decays by itself.
        let (keep, added) = match self.as_optax {
            true => (F::one(), F::of(self.weight_decay)),
            false => (F::of(1.0 - lr.wide() * self.weight_decay), F::zero()),
        };
        sweep(x, [&mut state.first, &mut state.second, scratch], grad, |x, [m, s, u], g| {
            *m = beta1 * *m + rest1 * g;
            *s = beta2 * *s + rest2 * g * g;
            *x *= keep;
            *u = of_m * *m / ((of_s * *s).sqrt() + eps) + added * *x;
        });
        let rate = lr * self.trust(x, scratch);
        sweep(x, [], scratch, |x, [], u| *x -= rate * u);
    }
}
