//! Sophia-H: a clipped step by the diagonal of the Hessian, estimated now and then.

use super::hyperparameters::{count, not_negative, positive, share};
use super::settings::NamedSetting;
use super::settings::SettingMut::Number;
use super::sweep::sweep;
use super::{Buffers, Convention, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::optimizer::Properties;
use crate::real::Real;
use crate::rng;
use rand::Rng;

/// Sophia-H (Liu et al. 2023): momentum divided by a running mean h of the Hessian's diagonal, and each entry
/// of the step limited to ρ:
/// m ← β₁m + (1−β₁)g, x ← x − lr·(clip(m̂ / max(γh, ε), ±ρ) + λx).
/// In the steps 1, *k* + 1, 2*k* + 1, … also h ← β₂h + (1−β₂)·v ⊙ ∇²f·v, with random signs v (Hutchinson's
/// estimate, exact where the Hessian is diagonal). It enters from the next step on, so that the first step
/// goes by signs alone.
///
/// The Hessian is that of the step's own examples, and its product with v is exact. The defaults are those of
/// optax.contrib.sophia, which draws signs where the paper draws normal numbers; torch.optim and Keras have
/// no Sophia. Where the curvature is 0 or negative, the entry goes by its sign. A function that is linear
/// between its kinks, such as a hinge, has no curvature there. To run it, an objective must have products:
/// see [`WithProducts`](super::WithProducts). It keeps 2 numbers per parameter; a step reads or writes 6 (24
/// bytes in f32), every *k*-th one 5 more, and costs one product there, which is two gradients or less.
///
/// ```
/// use gradus::optimizer::first_order::{Sophia, WithProducts};
/// use gradus::prelude::*;
/// let found = minimize(
///     problems::Quadratic::new(&[1.0, 100.0]),
///     &array![1.0, 1.0],
///     WithProducts::new(Sophia { gamma: 1.0, ..Sophia::default() }, 0.02)?,
///     Stop::iterations(400),
/// )?;
/// assert!(found.value < 1e-3 && found.evaluations.hess == 40, "{found}");
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sophia {
    /// β₁, the share of the first moment that is kept, 0 ≤ β₁ < 1, default .965.
    pub beta1: f64,
    /// β₂, the share of the mean curvature that is kept, 0 ≤ β₂ < 1, default .99.
    pub beta2: f64,
    /// ε, the least divisor: finite and > 0, default 1e-8.
    pub eps: f64,
    /// γ, the factor of the curvature: finite and > 0, default .01.
    pub gamma: f64,
    /// ρ, the limit of each entry of a step before the learning rate: finite and > 0, default 1.
    pub threshold: f64,
    /// *k*, the number of steps from one estimate of the curvature to the next: a whole number from 1 to
    /// 10¹⁵, default 10.
    pub every: f64,
    /// λ, the rate of weight decay: finite and ≥ 0, default 1e-4.
    pub weight_decay: f64,
    /// The seed of the random signs, 0 by default.
    pub seed: u64,
}

impl Default for Sophia {
    fn default() -> Self {
        Sophia {
            beta1: 0.965,
            beta2: 0.99,
            eps: 1e-8,
            gamma: 0.01,
            threshold: 1.0,
            every: 10.0,
            weight_decay: 1e-4,
            seed: 0,
        }
    }
}

impl Sophia {
    /// Returns the rule, which is optax's whatever the convention.
    pub fn following(_: Convention) -> Self {
        Sophia::default()
    }
}

impl RuleInfo for Sophia {
    fn name(&self) -> &'static str {
        "sophia"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: true, second_moment: false, leaky: false, bias_correction: true }
    }

    fn buffers(&self) -> Buffers {
        Buffers::of(self.properties()).with_third(true)
    }

    fn validate(&self) -> Result<()> {
        share("beta1", self.beta1)?;
        share("beta2", self.beta2)?;
        positive("eps", self.eps)?;
        positive("gamma", self.gamma)?;
        positive("threshold", self.threshold)?;
        count("every", self.every)?;
        not_negative("weight-decay", self.weight_decay)
    }

    fn needs_products(&self) -> bool {
        true
    }

    fn set_seed(&mut self, seed: u64) {
        self.seed = seed;
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        vec![
            ("beta1", Number(&mut self.beta1)),
            ("beta2", Number(&mut self.beta2)),
            ("eps", Number(&mut self.eps)),
            ("gamma", Number(&mut self.gamma)),
            ("threshold", Number(&mut self.threshold)),
            ("every", Number(&mut self.every)),
            ("weight-decay", Number(&mut self.weight_decay)),
        ]
    }
}

impl<F: Real> UpdateRule<F> for Sophia {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        state.steps += 1;
        let (beta1, rest1) = (F::of(self.beta1), F::of(1.0 - self.beta1));
        let unbias = F::of(1.0 / (1.0 - self.beta1.powi(state.steps.min(i32::MAX as u64) as i32)));
        let (gamma, eps, most) = (F::of(self.gamma), F::of(self.eps), F::of(self.threshold));
        let keep = F::of(1.0 - lr.wide() * self.weight_decay);
        sweep(x, [&mut state.first, &mut state.third], grad, |x, [m, h], g| {
            *m = beta1 * *m + rest1 * g;
            let ratio = *m * unbias / (gamma * *h).max(eps);
            // NaN stays NaN, which min and max would hide.
            let limited = if ratio > most {
                most
            } else if ratio < -most {
                -most
            } else {
                ratio
            };
            *x = *x * keep - lr * limited;
        });
    }

    fn direction(&self, state: &State<F>, v: &mut [F]) -> bool {
        let wanted = state.steps.is_multiple_of(self.every as u64);
        if wanted {
            let mut stream = rng::stream(self.seed, "signs of Sophia", state.steps);
            for signs in v.chunks_mut(64) {
                let bits = stream.next_u64();
                let sign = |i: usize| if bits >> i & 1 == 1 { F::one() } else { -F::one() };
                signs.iter_mut().enumerate().for_each(|(i, v)| *v = sign(i));
            }
        }
        wanted
    }

    fn learn_curvature(&self, state: &mut State<F>, v: &[F], product: &[F]) {
        let (beta2, rest2) = (F::of(self.beta2), F::of(1.0 - self.beta2));
        let pairs = state.third.iter_mut().zip(v).zip(product);
        pairs.for_each(|((h, &v), &product)| *h = beta2 * *h + rest2 * (v * product));
    }
}
