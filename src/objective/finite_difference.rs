//! The numeric gradient: slow and approximate, but easy to write.

use super::{Differentiable, Objective};
use crate::real::Real;
use ndarray::{Array1, ArrayRef1};

/// Which difference quotient approximates a derivative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Difference {
    /// (f(x+h) − f(x)) / h: *n* + 1 values a gradient, error O(h).
    Forward,
    /// (f(x+h) − f(x−h)) / 2h: 2*n* values a gradient, error O(h²).
    #[default]
    Central,
}

impl Difference {
    /// The step that balances truncation against rounding for a function of size and curvature one:
    /// √ε (forward) or ∛ε (central), with ε the machine precision of `F`.
    pub fn best_step<F: Real>(self) -> F {
        match self {
            Difference::Forward => F::epsilon().sqrt(),
            Difference::Central => F::epsilon().cbrt(),
        }
    }
}

/// Gives any objective a gradient by differences (slides 24–31).
///
/// The step along coordinate *i* is `h · max(1, |xᵢ|)`.
///
/// ```
/// use gradus::prelude::*;
/// let mut f = FiniteDifference::new(Function::new(1, |x: &ArrayRef1<f64>| x[0].sin()));
/// let mut grad = Array1::zeros(1);
/// f.value_grad(&array![0.5], &mut grad);
/// assert!((grad[0] - 0.5f64.cos()).abs() < 1e-9);
/// ```
pub struct FiniteDifference<F, T> {
    inner: T,
    difference: Difference,
    h: F,
    point: Array1<F>,
}

impl<F: Real, T: Objective<F>> FiniteDifference<F, T> {
    /// Central differences with their best step.
    pub fn new(inner: T) -> Self {
        FiniteDifference::with(inner, Difference::Central, Difference::Central.best_step())
    }

    /// A difference quotient and a step `h` (> 0) of one's own.
    pub fn with(inner: T, difference: Difference, h: F) -> Self {
        let point = Array1::zeros(inner.dim());
        FiniteDifference { inner, difference, h, point }
    }
}

impl<F: Real, T: Objective<F>> Objective<F> for FiniteDifference<F, T> {
    fn dim(&self) -> usize {
        self.inner.dim()
    }

    fn value(&mut self, x: &ArrayRef1<F>) -> F {
        self.inner.value(x)
    }
}

impl<F: Real, T: Objective<F>> Differentiable<F> for FiniteDifference<F, T> {
    fn value_grad(&mut self, x: &ArrayRef1<F>, grad: &mut ArrayRef1<F>) -> F {
        let value = self.inner.value(x);
        self.point.assign(x);
        for i in 0..x.len() {
            let h = self.h * x[i].abs().max(F::one());
            self.point[i] = x[i] + h;
            let above = self.inner.value(&self.point);
            let (below, width) = match self.difference {
                Difference::Forward => (value, self.point[i] - x[i]),
                Difference::Central => {
                    self.point[i] = x[i] - h;
                    (self.inner.value(&self.point), h + h)
                }
            };
            self.point[i] = x[i];
            grad[i] = (above - below) / width;
        }
        value
    }
}
