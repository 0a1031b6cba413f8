//! Momentum: gradient descent with a velocity.

use super::hyperparameters::{share, zero_to_one};
use super::settings::SettingMut::{Choice, Number};
use super::settings::{NamedChoice, NamedSetting};
use super::sweep::sweep;
use super::{Convention, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::optimizer::Properties;
use crate::real::Real;

/// The place of the learning rate. Both forms give the same iterates at a constant learning rate. Under a
/// schedule they differ: in one form the velocity remembers earlier rates, in the other it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MomentumForm {
    /// v ← ρv + g, x ← x − lr·v (slide "SGD + Momentum", torch.optim, optax; the default).
    #[default]
    RateOutside,
    /// v ← ρv − lr·g, x ← x + v (the slides' other form, Keras; Sutskever et al. 2013).
    RateInside,
}

impl NamedChoice for MomentumForm {
    fn names(&self) -> &'static [&'static str] {
        &["rate-outside", "rate-inside"]
    }

    fn place(&self) -> usize {
        *self as usize
    }

    fn choose(&mut self, place: usize) {
        *self = [MomentumForm::RateOutside, MomentumForm::RateInside][place];
    }
}

/// SGD with momentum (Polyak 1964; Sutskever et al. 2013; slide "SGD + Momentum").
///
/// With dampening δ the gradient enters the velocity as (1−δ)g from the second step on; the first step sets v
/// = g, as in torch.optim. The lecture, Keras and optax have no dampening. A step reads or writes 5 numbers
/// per parameter (20 bytes in f32).
///
/// ```
/// use gradus::prelude::*;
/// // f = .1x² + 2y² from (−5, −2), 20 steps at lr .6 (Dive into Deep Learning, 12.6).
/// let mut ravine = problems::Quadratic::new(&[0.2, 4.0]);
/// let found = minimize(
///     &mut ravine,
///     &array![-5.0, -2.0],
///     FirstOrder::new(Momentum::new(0.5), 0.6)?,
///     Stop::iterations(20),
/// )?;
/// assert!((found.x[0] - 0.007188).abs() < 1e-6 && (found.x[1] - 0.002553).abs() < 1e-6);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Momentum {
    /// ρ, the share of velocity that is kept in each step, 0 ≤ ρ < 1. Default .9; the slide says ".9 or .99
    /// are typical".
    pub rho: f64,
    /// δ, the share of each gradient, except the first, that is left out of the velocity, 0 ≤ δ ≤ 1. Default
    /// 0.
    pub dampening: f64,
    /// The place of the learning rate.
    pub form: MomentumForm,
}

impl Default for Momentum {
    fn default() -> Self {
        Momentum { rho: 0.9, dampening: 0.0, form: MomentumForm::default() }
    }
}

impl Momentum {
    /// Returns momentum that keeps the fraction `rho` of the velocity each step, with the learning rate
    /// outside the velocity.
    pub fn new(rho: impl Into<f64>) -> Self {
        Momentum { rho: rho.into(), ..Momentum::default() }
    }

    /// Moves the learning rate inside the velocity.
    #[must_use]
    pub fn rate_inside(self) -> Self {
        Momentum { form: MomentumForm::RateInside, ..self }
    }

    /// Returns the rule as a library has it: Keras keeps the rate inside the velocity, the others outside.
    pub fn following(convention: Convention) -> Self {
        let keras = convention == Convention::Keras;
        Momentum {
            form: if keras { MomentumForm::RateInside } else { MomentumForm::RateOutside },
            ..Momentum::default()
        }
    }
}

impl RuleInfo for Momentum {
    fn name(&self) -> &'static str {
        "momentum"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: true, second_moment: false, leaky: false, bias_correction: false }
    }

    fn validate(&self) -> Result<()> {
        share("momentum", self.rho)?;
        zero_to_one("dampening", self.dampening)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        vec![
            ("momentum", Number(&mut self.rho)),
            ("dampening", Number(&mut self.dampening)),
            ("form", Choice(&mut self.form)),
        ]
    }
}

impl<F: Real> UpdateRule<F> for Momentum {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        let dampening = if state.steps == 0 { 0.0 } else { self.dampening };
        state.steps += 1;
        let (rho, fresh) = (F::of(self.rho), F::of(1.0 - dampening));
        let velocity = [&mut state.first[..]];
        match self.form {
            MomentumForm::RateOutside => sweep(x, velocity, grad, |x, [v], g| {
                *v = rho * *v + fresh * g;
                *x -= lr * *v;
            }),
            MomentumForm::RateInside => {
                let rate = lr * fresh;
                sweep(x, velocity, grad, |x, [v], g| {
                    *v = rho * *v - rate * g;
                    *x += *v;
                })
            }
        }
    }
}
