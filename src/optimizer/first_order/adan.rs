//! Adan: adaptive Nesterov momentum from differences of gradients.

use super::hyperparameters::{not_negative, share};
use super::settings::NamedSetting;
use super::settings::SettingMut::Number;
use super::sweep::sweep;
use super::{Buffers, Convention, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::optimizer::Properties;
use crate::real::Real;

/// Adan (Xie et al. 2022). With the difference d = g − g′ of this gradient and the last one (0 in the first
/// step), m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)d, n ← β₃n + (1−β₃)(g + w·d)², and
/// x ← (x − lr·(m̂ + w·v̂) / (√n̂ + ε)) / (1 + lr·λ),
/// with every moment corrected as in Adam. The weight w of the differences is β₂.
///
/// The defaults are those of pytorch-optimizer, whose arithmetic is that of the authors' code. The paper
/// writes 1−β for our β (.02, .08, .01), and so w = 1−β₂. optax.adan (0.2.8) takes the shares that are kept
/// (.98, .92, .99) *and* the paper's w = 1−β₂ = .08, so that differences weigh a twelfth of theirs; it also
/// adds ε′ = 1e-8 inside the root, and decays by lr·λ·x. [`Convention::Optax`] does all of this. torch.optim
/// and Keras have no Adan. It keeps 4 numbers per parameter, and a step reads or writes 11 (44 bytes in f32).
///
/// ```
/// use gradus::optimizer::first_order::Adan;
/// use gradus::prelude::*;
/// let found = minimize(
///     problems::Quadratic::new(&[1.0, 9.0]),
///     &array![3.0, 1.0],
///     FirstOrder::new(Adan::default(), 0.1)?,
///     Stop::grad(1e-6).max_iter(5000),
/// )?;
/// assert!(found.termination.converged());
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adan {
    /// β₁, the share of the first moment that is kept, 0 ≤ β₁ < 1, default .98.
    pub beta1: f64,
    /// β₂, the share of the mean difference that is kept, 0 ≤ β₂ < 1, default .92.
    pub beta2: f64,
    /// β₃, the share of the second moment that is kept, 0 ≤ β₃ < 1, default .99.
    pub beta3: f64,
    /// ε, added to the root: finite and ≥ 0, default 1e-8.
    pub eps: f64,
    /// λ, the rate of weight decay: finite and ≥ 0, default 0.
    pub weight_decay: f64,
    /// Whether w and the decay are those of optax, with ε′ inside the root; no by default.
    pub like_optax: bool,
}

/// ε′ of optax, inside the root.
const OPTAX_EPS_ROOT: f64 = 1e-8;

impl Default for Adan {
    fn default() -> Self {
        Adan::following(Convention::Torch)
    }
}

impl Adan {
    /// Returns the rule with the arithmetic of optax, or that of pytorch-optimizer.
    pub fn following(convention: Convention) -> Self {
        let like_optax = convention == Convention::Optax;
        Adan { beta1: 0.98, beta2: 0.92, beta3: 0.99, eps: 1e-8, weight_decay: 0.0, like_optax }
    }
}

impl RuleInfo for Adan {
    fn name(&self) -> &'static str {
        "adan"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: true, second_moment: true, leaky: true, bias_correction: true }
    }

    fn buffers(&self) -> Buffers {
        Buffers { fourth: Some(0.0), ..Buffers::of(self.properties()).with_third(true) }
    }

    fn validate(&self) -> Result<()> {
        share("beta1", self.beta1)?;
        share("beta2", self.beta2)?;
        share("beta3", self.beta3)?;
        not_negative("eps", self.eps)?;
        not_negative("weight-decay", self.weight_decay)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        vec![
            ("beta1", Number(&mut self.beta1)),
            ("beta2", Number(&mut self.beta2)),
            ("beta3", Number(&mut self.beta3)),
            ("eps", Number(&mut self.eps)),
            ("weight-decay", Number(&mut self.weight_decay)),
        ]
    }
}

impl<F: Real> UpdateRule<F> for Adan {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        if state.steps == 0 && state.fourth.len() == grad.len() {
            state.fourth.copy_from_slice(grad);
        }
        state.steps += 1;
        let correction = |beta: f64| 1.0 - beta.powi(state.steps.min(i32::MAX as u64) as i32);
        let [(beta1, rest1), (beta2, rest2), (beta3, rest3)] =
            [self.beta1, self.beta2, self.beta3].map(|beta| (F::of(beta), F::of(1.0 - beta)));
        let weight = if self.like_optax { 1.0 - self.beta2 } else { self.beta2 };
        let of_gradient = F::of(lr.wide() / correction(self.beta1));
        let of_difference = F::of(lr.wide() * weight / correction(self.beta2));
        let unsquare = F::of(1.0 / correction(self.beta3));
        let (weight, eps) = (F::of(weight), F::of(self.eps));
        let inside = F::of(if self.like_optax { OPTAX_EPS_ROOT } else { 0.0 });
        let decay = lr.wide() * self.weight_decay;
        let (keep, shrink) = if self.like_optax { (1.0 - decay, 1.0) } else { (1.0, 1.0 / (1.0 + decay)) };
        let (keep, shrink) = (F::of(keep), F::of(shrink));
        let buffers = [&mut state.first[..], &mut state.second, &mut state.third, &mut state.fourth];
        sweep(x, buffers, grad, |x, [m, n, v, last], g| {
            let difference = g - *last;
            let ahead = g + weight * difference;
            *m = beta1 * *m + rest1 * g;
            *v = beta2 * *v + rest2 * difference;
            *n = beta3 * *n + rest3 * (ahead * ahead);
            *last = g;
            let root = (*n * unsquare + inside).sqrt() + eps;
            *x = (*x * keep - (of_gradient * *m + of_difference * *v) / root) * shrink;
        });
    }
}
