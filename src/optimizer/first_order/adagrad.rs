//! AdaGrad: each coordinate's step divided by the root of the sum of its squared gradients.

use super::{State, UpdateRule};
use crate::error::{Result, check_hyperparameter};
use crate::linalg::vectorized;
use crate::optimizer::Properties;
use crate::real::Real;

/// AdaGrad, s ← s + g², x ← x − lr·g / (√s + ε) (Duchi et al. 2011; slide "AdaGrad").
///
/// ε stands outside the root, and s starts at 0, as on the slide and in torch.optim. (Keras and optax put ε
/// inside and start at .1.)
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdaGrad {
    /// Keeps the division finite: finite and ≥ 0, default 1e-10 (torch.optim; the slide has 1e-7).
    pub eps: f64,
}

impl Default for AdaGrad {
    fn default() -> Self {
        AdaGrad { eps: 1e-10 }
    }
}

impl<F: Real> UpdateRule<F> for AdaGrad {
    fn name(&self) -> &'static str {
        "adagrad"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: false, second_moment: true, leaky: false, bias_correction: false }
    }

    fn validate(&self) -> Result<()> {
        check_hyperparameter("eps", self.eps, "finite and ≥ 0", |v| v.is_finite() && v >= 0.0).map(drop)
    }

    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        let eps = F::of(self.eps);
        vectorized(|| {
            x.iter_mut().zip(&mut state.second).zip(grad).for_each(|((x, s), &g)| {
                *s += g * g;
                *x -= lr * g / (s.sqrt() + eps);
            })
        });
    }
}
