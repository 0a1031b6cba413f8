//! Rprop: a step length for each parameter, from the signs of its gradients.

use super::hyperparameters::{not_negative, positive};
use super::settings::NamedSetting;
use super::settings::SettingMut::Number;
use super::sweep::sweep;
use super::{Buffers, Convention, RuleInfo, State, UpdateRule};
use crate::error::{Error, Result, check_hyperparameter};
use crate::real::Real;

/// Rprop (Riedmiller & Braun 1993; without weight backtracking): each parameter has a step length Δ, which
/// grows while its gradient keeps its sign and shrinks when the sign changes. With the last gradient g′,
///
/// - g·g′ > 0: Δ ← min(η₊Δ, Δmax), x ← x − Δ·sign g
/// - g·g′ < 0: Δ ← max(η₋Δ, Δmin), x stays, and the next step counts as the first (g ← 0)
/// - g·g′ = 0: x ← x − Δ·sign g
///
/// It is a rule for whole gradients: the sign of the gradient of a minibatch changes by chance. The learning
/// rate is the first Δ of every parameter; later ones come from the signs, so that a schedule changes
/// nothing. torch.optim brings Δ into [Δmin, Δmax] in the first step already, optax only when it changes.
/// optax 0.2.8 also returns the step of the *last* call in each call (the first moves nothing), unless the
/// sign has changed since; [`Convention::Optax`] does the same. Keras has no Rprop. It keeps 2 numbers per
/// parameter, and a step reads or writes 7 (28 bytes in f32).
///
/// ```
/// use gradus::optimizer::first_order::Rprop;
/// use gradus::prelude::*;
/// // The steepness of a coordinate does not matter.
/// let found = minimize(
///     problems::Quadratic::new(&[1.0, 1e6]),
///     &array![3.0, 3.0],
///     FirstOrder::new(Rprop::default(), 0.01)?,
///     Stop::iterations(60),
/// )?;
/// assert_eq!(found.x[0], found.x[1]);
/// assert!(found.x[0].abs() < 1e-2);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rprop {
    /// η₋, by which a step length shrinks: above 0 and below 1, default .5.
    pub eta_minus: f64,
    /// η₊, by which it grows: finite and > 1, default 1.2.
    pub eta_plus: f64,
    /// Δmin, the smallest step length: finite and ≥ 0, default 1e-6.
    pub min_step: f64,
    /// Δmax, the largest step length: finite and > 0, not below Δmin, default 50.
    pub max_step: f64,
    /// Whether steps are those of optax: one call late, and of any first length; no by default.
    pub like_optax: bool,
}

impl Default for Rprop {
    fn default() -> Self {
        Rprop::following(Convention::Torch)
    }
}

impl Rprop {
    /// Returns the rule with the arithmetic of a library.
    pub fn following(convention: Convention) -> Self {
        Rprop {
            eta_minus: 0.5,
            eta_plus: 1.2,
            min_step: 1e-6,
            max_step: 50.0,
            like_optax: convention == Convention::Optax,
        }
    }
}

impl RuleInfo for Rprop {
    fn name(&self) -> &'static str {
        "rprop"
    }

    fn buffers(&self) -> Buffers {
        Buffers { third: Some(0.0), fourth: Some(0.0), ..Buffers::default() }
    }

    fn validate(&self) -> Result<()> {
        check_hyperparameter("eta-minus", self.eta_minus, "above 0 and below 1", |v| v > 0.0 && v < 1.0)?;
        check_hyperparameter("eta-plus", self.eta_plus, "finite and > 1", |v| v > 1.0 && v.is_finite())?;
        not_negative("min-step", self.min_step)?;
        positive("max-step", self.max_step)?;
        if self.min_step > self.max_step {
            let range = "not below min-step";
            return Err(Error::Hyperparameter { name: "max-step", value: self.max_step, range });
        }
        Ok(())
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        vec![
            ("eta-minus", Number(&mut self.eta_minus)),
            ("eta-plus", Number(&mut self.eta_plus)),
            ("min-step", Number(&mut self.min_step)),
            ("max-step", Number(&mut self.max_step)),
        ]
    }
}

impl<F: Real> UpdateRule<F> for Rprop {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        if state.steps == 0 {
            state.third.fill(lr);
        }
        state.steps += 1;
        let (down, up) = (F::of(self.eta_minus), F::of(self.eta_plus));
        let (least, most) = (F::of(self.min_step), F::of(self.max_step));
        let (zero, late) = (F::zero(), self.like_optax);
        sweep(x, [&mut state.third, &mut state.fourth], grad, |x, [length, last], g| {
            let agreement = g * *last;
            let turned = agreement < zero;
            let factor = if turned {
                down
            } else if agreement > zero {
                up
            } else {
                F::one()
            };
            if !late || agreement != zero {
                *length = (*length * factor).max(least).min(most);
            }
            let g = if turned { zero } else { g };
            // The sign of 0 is 0, and that of NaN is NaN.
            let step = *length * if g.abs() > zero { F::one().copysign(g) } else { g };
            // What is kept has the sign of the gradient: the gradient itself, or the step that is late.
            *x -= if !late {
                step
            } else if turned {
                zero
            } else {
                *last
            };
            *last = if late { step } else { g };
        });
    }
}
