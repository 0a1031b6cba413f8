//! Gradient descent, or with minibatches stochastic gradient descent.

use super::sweep::sweep;
use super::{RuleInfo, State, UpdateRule};
use crate::optimizer::Properties;
use crate::real::Real;

/// Gradient descent, x ← x − lr·g (slides "Gradient Descent" and "SGD"): stochastic if g is the gradient of a
/// batch. All libraries agree on it. A step reads or writes 3 numbers per parameter (12 bytes in f32).
///
/// ```
/// use gradus::prelude::*;
/// // f = x², from 10, ten steps at lr .2
/// let mut f = problems::Quadratic::new(&[2.0]);
/// let found = minimize(&mut f, &array![10.0], FirstOrder::new(Sgd, 0.2)?, Stop::iterations(10))?;
/// assert!((found.x[0] - 0.060466).abs() < 1e-6);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sgd;

impl RuleInfo for Sgd {
    fn name(&self) -> &'static str {
        "sgd"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: false, second_moment: false, leaky: false, bias_correction: false }
    }
}

impl<F: Real> UpdateRule<F> for Sgd {
    fn step(&self, _state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        sweep(x, [], grad, |x, [], g| *x -= lr * g);
    }
}
