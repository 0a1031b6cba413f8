//! Adadelta: RMSProp with steps in the units of the parameters, which hardly need a learning rate.

use super::hyperparameters::{not_negative, share};
use super::settings::NamedSetting;
use super::settings::SettingMut::Number;
use super::sweep::sweep;
use super::{Buffers, Convention, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::optimizer::Properties;
use crate::real::Real;

/// Adadelta (Zeiler 2012): s ← γs + (1−γ)g², Δ = g·√(d + ε)/√(s + ε), d ← γd + (1−γ)Δ², x ← x − lr·Δ.
///
/// The usual learning rate is 1 (torch.optim's default). The first steps are short, because d starts at 0 and
/// only ε makes it grow. torch.optim and optax have γ = .9 and ε = 1e-6, Keras γ = .95 and ε = 1e-7. A step
/// reads or writes 7 numbers per parameter (28 bytes in f32).
///
/// ```
/// use gradus::optimizer::first_order::Adadelta;
/// use gradus::prelude::*;
/// let found = minimize(
///     problems::Quadratic::new(&[1.0, 9.0]),
///     &array![0.3, 0.1],
///     FirstOrder::new(Adadelta::default(), 1.0)?,
///     Stop::iterations(300),
/// )?;
/// assert!(found.value < 1e-3);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adadelta {
    /// γ, the share of the mean squares that is kept, 0 ≤ γ < 1, default .9.
    pub decay: f64,
    /// ε, which starts the steps and keeps the division finite: finite and ≥ 0, default 1e-6. With 0 nothing
    /// moves.
    pub eps: f64,
}

impl Default for Adadelta {
    fn default() -> Self {
        Adadelta::following(Convention::Torch)
    }
}

impl Adadelta {
    /// Returns the rule with the defaults and the arithmetic of a library.
    pub fn following(convention: Convention) -> Self {
        match convention {
            Convention::Keras => Adadelta { decay: 0.95, eps: 1e-7 },
            _ => Adadelta { decay: 0.9, eps: 1e-6 },
        }
    }
}

impl RuleInfo for Adadelta {
    fn name(&self) -> &'static str {
        "adadelta"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: false, second_moment: true, leaky: true, bias_correction: false }
    }

    fn buffers(&self) -> Buffers {
        Buffers::of(self.properties()).with_third(true)
    }

    fn validate(&self) -> Result<()> {
        share("decay", self.decay)?;
        not_negative("eps", self.eps)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        vec![("decay", Number(&mut self.decay)), ("eps", Number(&mut self.eps))]
    }
}

impl<F: Real> UpdateRule<F> for Adadelta {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        let (decay, rest, eps) = (F::of(self.decay), F::of(1.0 - self.decay), F::of(self.eps));
        sweep(x, [&mut state.second, &mut state.third], grad, |x, [s, d], g| {
            *s = decay * *s + rest * (g * g);
            let update = (*d + eps).sqrt() / (*s + eps).sqrt() * g;
            *d = decay * *d + rest * (update * update);
            *x -= lr * update;
        });
    }
}
