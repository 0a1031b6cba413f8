//! Momentum: gradient descent with a velocity.

use super::{State, UpdateRule};
use crate::error::{Result, check_hyperparameter};
use crate::linalg::vectorized;
use crate::optimizer::Properties;
use crate::real::Real;

/// Where the learning rate stands. Both give the same iterates at a constant learning rate, and part under
/// a schedule: the velocity remembers the old rate in one form and not in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MomentumForm {
    /// v ← ρv + g, x ← x − lr·v (slide "SGD + Momentum", torch.optim; the default).
    #[default]
    RateOutside,
    /// v ← ρv − lr·g, x ← x + v (the slides' other form, Keras; Sutskever et al. 2013).
    RateInside,
}

/// SGD with momentum (Polyak 1964; Sutskever et al. 2013; slide "SGD + Momentum").
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Momentum {
    /// The share of velocity kept at each step, 0 ≤ ρ < 1. Default .9; ".9 or .99 are typical".
    pub rho: f64,
    /// Where the learning rate stands.
    pub form: MomentumForm,
}

impl Default for Momentum {
    fn default() -> Self {
        Momentum { rho: 0.9, form: MomentumForm::default() }
    }
}

impl Momentum {
    /// Momentum with friction `rho`, the learning rate outside the velocity.
    pub fn new(rho: f64) -> Self {
        Momentum { rho, ..Momentum::default() }
    }

    /// The form with the learning rate inside the velocity.
    #[must_use]
    pub fn rate_inside(self) -> Self {
        Momentum { form: MomentumForm::RateInside, ..self }
    }
}

impl<F: Real> UpdateRule<F> for Momentum {
    fn name(&self) -> &'static str {
        "momentum"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: true, second_moment: false, leaky: false, bias_correction: false }
    }

    fn validate(&self) -> Result<()> {
        check_hyperparameter("momentum", self.rho, "0 ≤ momentum < 1", |v| (0.0..1.0).contains(&v)).map(drop)
    }

    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        let rho = F::of(self.rho);
        let each = x.iter_mut().zip(&mut state.first).zip(grad);
        match self.form {
            MomentumForm::RateOutside => vectorized(|| {
                each.for_each(|((x, v), &g)| {
                    *v = rho * *v + g;
                    *x -= lr * *v;
                })
            }),
            MomentumForm::RateInside => vectorized(|| {
                each.for_each(|((x, v), &g)| {
                    *v = rho * *v - lr * g;
                    *x += *v;
                })
            }),
        }
    }
}
