//! RMSProp: AdaGrad that forgets old gradients.

use super::hyperparameters::{not_negative, share};
use super::settings::NamedSetting;
use super::settings::SettingMut::{Choice, Flag, Number};
use super::sweep::sweep;
use super::{Buffers, Convention, Epsilon, MomentumForm, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::optimizer::Properties;
use crate::real::Real;

/// RMSProp, s ← γs + (1−γ)g², x ← x − lr·g / (√s + ε) (Tieleman & Hinton 2012; slide "RMSProp").
///
/// ε stands outside the root, as on the slide and in torch.optim; Keras and optax put it inside.
///
/// The *centred* form (Graves 2013) divides by the standard deviation: √(s − a²) replaces √s, with the mean
/// gradient a ← γa + (1−γ)g. *With momentum* ρ the scaled gradient u enters a velocity: v ← ρv + u, x ← x −
/// lr·v (torch.optim), or v ← ρv − lr·u, x ← x + v (Keras, optax). A step reads or writes 5 numbers per
/// parameter (20 bytes in f32), and 2 more each for centring and momentum.
///
/// ```
/// use gradus::optimizer::first_order::Epsilon;
/// use gradus::prelude::*;
/// // f = .1x² + 2y² from (−5, −2), 20 steps at lr .4, γ .9, ε 1e-6 inside the root
/// // (Dive into Deep Learning, 12.8).
/// let rule = RmsProp { decay: 0.9, eps: 1e-6, eps_at: Epsilon::Inside, ..RmsProp::default() };
/// let found = minimize(
///     problems::Quadratic::new(&[0.2, 4.0]),
///     &array![-5.0, -2.0],
///     FirstOrder::new(rule, 0.4)?,
///     Stop::iterations(20),
/// )?;
/// assert!((found.x[0] + 0.010599).abs() < 1e-6 && found.x[1].abs() < 1e-6);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RmsProp {
    /// γ, the share of the mean square that is kept, 0 ≤ γ < 1. Default .99 (torch.optim; Keras and optax
    /// have .9).
    pub decay: f64,
    /// ε, which keeps the division finite: finite and ≥ 0, default 1e-8 (torch.optim; the slide has 1e-7).
    /// With 0 a coordinate whose gradients were all 0 becomes NaN.
    pub eps: f64,
    /// Where ε stands; outside the root by default.
    pub eps_at: Epsilon,
    /// ρ, the share of velocity that is kept, 0 ≤ ρ < 1. Default 0: no velocity.
    pub rho: f64,
    /// The place of the learning rate if there is a velocity; outside by default.
    pub form: MomentumForm,
    /// Whether the squared mean gradient is subtracted from the mean square; no by default.
    pub centered: bool,
}

impl Default for RmsProp {
    fn default() -> Self {
        RmsProp::following(Convention::Torch)
    }
}

impl RmsProp {
    /// Returns the rule with the defaults and the arithmetic of a library.
    pub fn following(convention: Convention) -> Self {
        let torch = RmsProp {
            decay: 0.99,
            eps: 1e-8,
            eps_at: Epsilon::Outside,
            rho: 0.0,
            form: MomentumForm::RateOutside,
            centered: false,
        };
        let inside = RmsProp { decay: 0.9, eps_at: Epsilon::Inside, form: MomentumForm::RateInside, ..torch };
        match convention {
            Convention::Torch => torch,
            Convention::Lecture => RmsProp { eps: 1e-7, ..torch },
            Convention::Keras => RmsProp { eps: 1e-7, ..inside },
            Convention::Optax => inside,
        }
    }

    /// Makes the rule divide by the standard deviation of the gradient instead of the root of its mean
    /// square.
    #[must_use]
    pub fn centered(self) -> Self {
        RmsProp { centered: true, ..self }
    }

    /// Adds a velocity of which the share `rho` is kept.
    #[must_use]
    pub fn momentum(self, rho: f64) -> Self {
        RmsProp { rho, ..self }
    }

    /// Makes the pass, given the root of a mean square. Each combination of centring and momentum has its own
    /// loop.
    #[inline(always)]
    fn pass<F: Real>(
        &self,
        state: &mut State<F>,
        lr: F,
        grad: &[F],
        x: &mut [F],
        root: impl Fn(F) -> F + Copy + Send + Sync,
    ) {
        let (decay, rest, rho) = (F::of(self.decay), F::of(1.0 - self.decay), F::of(self.rho));
        let (first, second, third) = (&mut state.first[..], &mut state.second[..], &mut state.third[..]);
        let square = move |s: &mut F, g: F| {
            *s = decay * *s + rest * (g * g);
            *s
        };
        let spread = move |s: &mut F, a: &mut F, g: F| {
            *a = decay * *a + rest * g;
            let spread = square(s, g) - *a * *a;
            // Rounding can make the variance of a constant gradient negative. NaN stays NaN.
            if spread < F::zero() { F::zero() } else { spread }
        };
        // At a constant rate, the velocity with the rate inside is −lr times the one with the rate outside.
        let (in_velocity, in_step) = match self.form {
            MomentumForm::RateOutside => (F::one(), lr),
            MomentumForm::RateInside => (lr, F::one()),
        };
        let coast = move |x: &mut F, v: &mut F, u: F| {
            *v = rho * *v + in_velocity * u;
            *x -= in_step * *v;
        };
        match (self.centered, self.rho > 0.0) {
            (false, false) => sweep(x, [second], grad, |x, [s], g| *x -= lr * g / root(square(s, g))),
            (false, true) => {
                sweep(x, [first, second], grad, |x, [v, s], g| coast(x, v, g / root(square(s, g))))
            }
            (true, false) => {
                sweep(x, [second, third], grad, |x, [s, a], g| *x -= lr * g / root(spread(s, a, g)))
            }
            (true, true) => sweep(x, [first, second, third], grad, |x, [v, s, a], g| {
                coast(x, v, g / root(spread(s, a, g)))
            }),
        }
    }
}

impl RuleInfo for RmsProp {
    fn name(&self) -> &'static str {
        "rmsprop"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: self.rho > 0.0, second_moment: true, leaky: true, bias_correction: false }
    }

    fn buffers(&self) -> Buffers {
        Buffers::of(self.properties()).with_third(self.centered)
    }

    fn validate(&self) -> Result<()> {
        share("decay", self.decay)?;
        not_negative("eps", self.eps)?;
        share("momentum", self.rho)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        vec![
            ("decay", Number(&mut self.decay)),
            ("eps", Number(&mut self.eps)),
            ("momentum", Number(&mut self.rho)),
            ("form", Choice(&mut self.form)),
            ("centered", Flag { field: &mut self.centered, when_given: true }),
        ]
    }
}

impl<F: Real> UpdateRule<F> for RmsProp {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        let eps = F::of(self.eps);
        match self.eps_at {
            Epsilon::Outside => self.pass(state, lr, grad, x, move |s| s.sqrt() + eps),
            Epsilon::Inside => self.pass(state, lr, grad, x, move |s| (s + eps).sqrt()),
        }
    }
}
