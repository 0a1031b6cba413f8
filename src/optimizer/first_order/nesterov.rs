//! Nesterov's momentum.

use super::hyperparameters::share;
use super::settings::SettingMut::{Choice, Number};
use super::settings::{NamedChoice, NamedSetting};
use super::sweep::sweep;
use super::{Convention, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::optimizer::Properties;
use crate::real::Real;

/// Three ways of writing Nesterov's momentum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NesterovForm {
    /// v ← ρv + g, x ← x − lr(g + ρv) (torch.optim, optax; the default). The change of variables, rate
    /// outside.
    #[default]
    RateOutside,
    /// v' = ρv − lr·g, x ← x + v' + ρ(v' − v) (the slides' change of variables; Keras writes it x ← x + ρv' −
    /// lr·g).
    Shifted,
    /// v ← ρv − lr·∇f(x + ρv), x ← x + v (the slides' look-ahead): the gradient is taken at x + ρv.
    LookAhead,
}

impl NamedChoice for NesterovForm {
    fn names(&self) -> &'static [&'static str] {
        &["rate-outside", "shifted", "look-ahead"]
    }

    fn place(&self) -> usize {
        *self as usize
    }

    fn choose(&mut self, place: usize) {
        *self = [NesterovForm::RateOutside, NesterovForm::Shifted, NesterovForm::LookAhead][place];
    }
}

/// Nesterov momentum (Nesterov 1983; Sutskever et al. 2013; slide "Nesterov Momentum").
///
/// The change of variables x̃ = x + ρv turns the look-ahead form into the shifted one: both describe the same
/// sequence at different points. A step reads or writes 5 numbers per parameter (20 bytes in f32).
///
/// ```
/// use gradus::optimizer::first_order::Nesterov;
/// use gradus::prelude::*;
/// let mut bowl = problems::Quadratic::new(&[1.0, 25.0]);
/// let found = minimize(
///     &mut bowl,
///     &array![1.0, 1.0],
///     FirstOrder::new(Nesterov::new(0.7), 0.03)?,
///     Stop::grad(1e-8),
/// )?;
/// assert!(found.termination.converged());
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nesterov {
    /// ρ, the share of velocity that is kept in each step, 0 ≤ ρ < 1, default .9.
    pub rho: f64,
    /// The form.
    pub form: NesterovForm,
}

impl Default for Nesterov {
    fn default() -> Self {
        Nesterov { rho: 0.9, form: NesterovForm::default() }
    }
}

impl Nesterov {
    /// Returns Nesterov momentum that keeps the fraction `rho` of the velocity in torch.optim's form.
    pub fn new(rho: impl Into<f64>) -> Self {
        Nesterov { rho: rho.into(), ..Nesterov::default() }
    }

    /// Changes the form.
    #[must_use]
    pub fn form(self, form: NesterovForm) -> Self {
        Nesterov { form, ..self }
    }

    /// Returns the rule as a library has it: the lecture looks ahead, Keras shifts, torch.optim and optax
    /// keep the rate outside.
    pub fn following(convention: Convention) -> Self {
        Nesterov::default().form(match convention {
            Convention::Torch | Convention::Optax => NesterovForm::RateOutside,
            Convention::Keras => NesterovForm::Shifted,
            Convention::Lecture => NesterovForm::LookAhead,
        })
    }
}

impl RuleInfo for Nesterov {
    fn name(&self) -> &'static str {
        "nesterov"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: true, second_moment: false, leaky: false, bias_correction: false }
    }

    fn validate(&self) -> Result<()> {
        share("momentum", self.rho)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        vec![("momentum", Number(&mut self.rho)), ("form", Choice(&mut self.form))]
    }
}

impl<F: Real> UpdateRule<F> for Nesterov {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        let rho = F::of(self.rho);
        let velocity = [&mut state.first[..]];
        match self.form {
            NesterovForm::RateOutside => sweep(x, velocity, grad, |x, [v], g| {
                *v = rho * *v + g;
                *x -= lr * (g + rho * *v);
            }),
            NesterovForm::Shifted => sweep(x, velocity, grad, |x, [v], g| {
                let old = *v;
                *v = rho * old - lr * g;
                *x += *v + rho * (*v - old);
            }),
            NesterovForm::LookAhead => sweep(x, velocity, grad, |x, [v], g| {
                *v = rho * *v - lr * g;
                *x += *v;
            }),
        }
    }

    fn probe(&self, state: &State<F>, _lr: F, x: &[F], point: &mut [F]) -> bool {
        let rho = F::of(self.rho);
        let look_ahead = self.form == NesterovForm::LookAhead;
        if look_ahead {
            let each = point.iter_mut().zip(x).zip(&state.first);
            each.for_each(|((p, &x), &v)| *p = x + rho * v);
        }
        look_ahead
    }
}
