//! AdaGrad: each coordinate's step is divided by the root of the sum of its squared gradients.

use super::hyperparameters::not_negative;
use super::settings::NamedSetting;
use super::settings::SettingMut::Number;
use super::sweep::sweep;
use super::{Buffers, Convention, Epsilon, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::optimizer::Properties;
use crate::real::Real;

/// AdaGrad, s ← s + g², x ← x − lr·g / (√s + ε) (Duchi et al. 2011; slide "AdaGrad").
///
/// ε stands outside the root and s starts at 0, as on the slide and in torch.optim. Keras and optax write √(s
/// + ε) with ε = 1e-7 and start s at .1. A step reads or writes 5 numbers per parameter (20 bytes in f32).
///
/// ```
/// use gradus::optimizer::first_order::{AdaGrad, Epsilon};
/// use gradus::prelude::*;
/// // f = .1x² + 2y² from (−5, −2), 20 steps at lr .4, ε 1e-6 inside the root
/// // (Dive into Deep Learning, 12.7).
/// let rule = AdaGrad { eps: 1e-6, eps_at: Epsilon::Inside, initial: 0.0 };
/// let found = minimize(
///     problems::Quadratic::new(&[0.2, 4.0]),
///     &array![-5.0, -2.0],
///     FirstOrder::new(rule, 0.4)?,
///     Stop::iterations(20),
/// )?;
/// assert!((found.x[0] + 2.382563).abs() < 1e-6 && (found.x[1] + 0.158591).abs() < 1e-6);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdaGrad {
    /// ε, which keeps the division finite: finite and ≥ 0, default 1e-10 (torch.optim; the slide has 1e-7).
    /// With 0 a coordinate whose gradients were all 0 becomes NaN.
    pub eps: f64,
    /// Where ε stands; outside the root by default.
    pub eps_at: Epsilon,
    /// The start of s: finite and ≥ 0, default 0.
    pub initial: f64,
}

impl Default for AdaGrad {
    fn default() -> Self {
        AdaGrad::following(Convention::Torch)
    }
}

impl AdaGrad {
    /// Returns the rule with the defaults and the arithmetic of a library.
    pub fn following(convention: Convention) -> Self {
        match convention {
            Convention::Torch => AdaGrad { eps: 1e-10, eps_at: Epsilon::Outside, initial: 0.0 },
            Convention::Lecture => AdaGrad { eps: 1e-7, eps_at: Epsilon::Outside, initial: 0.0 },
            Convention::Keras | Convention::Optax => {
                AdaGrad { eps: 1e-7, eps_at: Epsilon::Inside, initial: 0.1 }
            }
        }
    }
}

impl RuleInfo for AdaGrad {
    fn name(&self) -> &'static str {
        "adagrad"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: false, second_moment: true, leaky: false, bias_correction: false }
    }

    fn buffers(&self) -> Buffers {
        Buffers { second: Some(self.initial), ..Buffers::default() }
    }

    fn validate(&self) -> Result<()> {
        not_negative("eps", self.eps)?;
        not_negative("initial", self.initial)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        vec![("eps", Number(&mut self.eps))]
    }
}

impl<F: Real> UpdateRule<F> for AdaGrad {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        let eps = F::of(self.eps);
        let sum = [&mut state.second[..]];
        match self.eps_at {
            Epsilon::Outside => sweep(x, sum, grad, |x, [s], g| {
                *s += g * g;
                *x -= lr * g / (s.sqrt() + eps);
            }),
            Epsilon::Inside => sweep(x, sum, grad, |x, [s], g| {
                *s += g * g;
                *x -= lr * g / (*s + eps).sqrt();
            }),
        }
    }
}
