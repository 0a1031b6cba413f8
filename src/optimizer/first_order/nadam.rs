//! NAdam: Adam with Nesterov's look-ahead.

use super::adam::Adam;
use super::settings::NamedSetting;
use super::settings::SettingMut::Number;
use super::sweep::sweep;
use super::{Convention, EpsilonOn, RuleInfo, State, UpdateRule};
use crate::error::{Result, check_hyperparameter};
use crate::optimizer::Properties;
use crate::real::Real;

/// NAdam (Dozat 2016): Adam whose numerator already contains the next momentum. With μₜ = β₁(1 − ½·.96^(ψt))
/// and Πₜ = μ₁⋯μₜ, x ← x − lr·(μₜ₊₁·m/(1−Πₜ₊₁) + (1−μₜ)·g/(1−Πₜ)) / (√ŝ + ε).
///
/// torch.optim warms the momentum up with ψ = .004, Keras with ψ = 1; optax keeps μ = β₁, which is ψ = ∞. All
/// of them add ε to the corrected root. A step reads or writes 7 numbers per parameter (28 bytes in f32).
///
/// ```
/// use gradus::optimizer::first_order::NAdam;
/// use gradus::prelude::*;
/// let found = minimize(
///     problems::Quadratic::new(&[1.0, 9.0]),
///     &array![3.0, 1.0],
///     FirstOrder::new(NAdam::default(), 0.1)?,
///     Stop::grad(1e-6),
/// )?;
/// assert!(found.termination.converged());
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NAdam {
    /// ψ, the speed of the warm-up: ≥ 0, or ∞ for a constant momentum; default .004.
    pub momentum_decay: f64,
    /// β₁, β₂ and ε as in Adam; the moments are always corrected.
    pub adam: Adam,
}

impl Default for NAdam {
    fn default() -> Self {
        NAdam::following(Convention::Torch)
    }
}

impl NAdam {
    /// Returns the rule with the defaults and the arithmetic of a library.
    pub fn following(convention: Convention) -> Self {
        let momentum_decay = match convention {
            Convention::Torch | Convention::Lecture => 0.004,
            Convention::Keras => 1.0,
            Convention::Optax => f64::INFINITY,
        };
        let adam = Adam { eps_on: EpsilonOn::Corrected, ..Adam::following(convention) };
        NAdam { momentum_decay, adam }
    }

    /// Returns μₜ.
    fn momentum(&self, t: u64) -> f64 {
        self.adam.beta1 * (1.0 - 0.5 * 0.96f64.powf(t as f64 * self.momentum_decay))
    }
}

impl RuleInfo for NAdam {
    fn name(&self) -> &'static str {
        "nadam"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: true, second_moment: true, leaky: true, bias_correction: true }
    }

    fn validate(&self) -> Result<()> {
        check_hyperparameter(
            "momentum-decay",
            self.momentum_decay,
            "≥ 0, or inf for a constant momentum",
            |v| v >= 0.0,
        )?;
        self.adam.check()
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        let mut numbers = self.adam.numbers();
        numbers.push(("momentum-decay", Number(&mut self.momentum_decay)));
        numbers
    }
}

impl<F: Real> UpdateRule<F> for NAdam {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        state.steps += 1;
        let (now, next) = (self.momentum(state.steps), self.momentum(state.steps + 1));
        state.product *= now;
        let of_gradient = F::of(lr.wide() * (1.0 - now) / (1.0 - state.product));
        let of_moment = F::of(lr.wide() * next / (1.0 - state.product * next));
        let step = Adam { bias_correction: true, ..self.adam }.at(state.steps, lr);
        sweep(x, [&mut state.first, &mut state.second], grad, |x, [m, s], g| {
            step.moments(m, s, g);
            *x -= (of_gradient * g + of_moment * *m) / (s.sqrt() * step.unroot + step.eps);
        });
    }
}
