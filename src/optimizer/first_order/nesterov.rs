//! Nesterov's momentum.

use super::{State, UpdateRule};
use crate::error::{Result, check_hyperparameter};
use crate::linalg::vectorized;
use crate::optimizer::Properties;
use crate::real::Real;

/// Three ways of writing Nesterov's momentum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NesterovForm {
    /// v ← ρv + g, x ← x − lr(g + ρv) (torch.optim; the default). The change of variables, rate outside.
    #[default]
    RateOutside,
    /// v' = ρv − lr·g, x ← x + v' + ρ(v' − v) (the slides' change of variables, Keras).
    Shifted,
    /// v ← ρv − lr·∇f(x + ρv), x ← x + v (the slides' look-ahead): the gradient is wanted at x + ρv.
    LookAhead,
}

/// Nesterov momentum (Nesterov 1983; Sutskever et al. 2013; slide "Nesterov Momentum").
///
/// After the change of variables x̃ = x + ρv the look-ahead form becomes the shifted one: the same sequence,
/// seen at other points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nesterov {
    /// The share of velocity kept at each step, 0 ≤ ρ < 1, default .9.
    pub rho: f64,
    /// Which of the forms.
    pub form: NesterovForm,
}

impl Default for Nesterov {
    fn default() -> Self {
        Nesterov { rho: 0.9, form: NesterovForm::default() }
    }
}

impl Nesterov {
    /// Nesterov momentum with friction `rho` in torch.optim's form.
    pub fn new(rho: f64) -> Self {
        Nesterov { rho, ..Nesterov::default() }
    }

    /// The same in another form.
    #[must_use]
    pub fn form(self, form: NesterovForm) -> Self {
        Nesterov { form, ..self }
    }
}

impl<F: Real> UpdateRule<F> for Nesterov {
    fn name(&self) -> &'static str {
        "nesterov"
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
            NesterovForm::RateOutside => vectorized(|| {
                each.for_each(|((x, v), &g)| {
                    *v = rho * *v + g;
                    *x -= lr * (g + rho * *v);
                })
            }),
            NesterovForm::Shifted => vectorized(|| {
                each.for_each(|((x, v), &g)| {
                    let old = *v;
                    *v = rho * old - lr * g;
                    *x += *v + rho * (*v - old);
                })
            }),
            NesterovForm::LookAhead => vectorized(|| {
                each.for_each(|((x, v), &g)| {
                    *v = rho * *v - lr * g;
                    *x += *v;
                })
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
