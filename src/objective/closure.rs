//! Objectives from closures, for a notebook cell or a quick experiment.

use super::traits::{Differentiable, Objective};
use crate::real::Real;
use ndarray::ArrayRef1;

/// A function without a gradient, given as a closure.
///
/// ```
/// use gradus::prelude::*;
/// let mut bowl = Function::new(2, |x: &ArrayRef1<f64>| x[0] * x[0] + 3.0 * x[1] * x[1]);
/// assert_eq!(bowl.value(&array![1.0, 2.0]), 13.0);
/// ```
pub struct Function<C> {
    dim: usize,
    value: C,
}

impl<C> Function<C> {
    /// Wraps `value`, a function of `dim` parameters.
    pub fn new(dim: usize, value: C) -> Self {
        Function { dim, value }
    }
}

impl<F: Real, C: FnMut(&ArrayRef1<F>) -> F> Objective<F> for Function<C> {
    fn dim(&self) -> usize {
        self.dim
    }

    fn value(&mut self, x: &ArrayRef1<F>) -> F {
        (self.value)(x)
    }
}

/// A function with its gradient, given as one closure that writes the gradient and returns the value.
///
/// ```
/// use gradus::objective::FunctionWithGradient;
/// use gradus::prelude::*;
/// let mut bowl = FunctionWithGradient::new(2, |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
///     grad[0] = 2.0 * x[0];
///     grad[1] = 6.0 * x[1];
///     x[0] * x[0] + 3.0 * x[1] * x[1]
/// });
/// let mut grad = Array1::zeros(2);
/// assert_eq!(bowl.value_grad(&array![1.0, 2.0], &mut grad), 13.0);
/// assert_eq!(grad, array![2.0, 12.0]);
/// ```
pub struct FunctionWithGradient<F, C> {
    value_grad: C,
    scratch: ndarray::Array1<F>,
}

impl<F: Real, C> FunctionWithGradient<F, C> {
    /// Wraps `value_grad`, a function of `dim` parameters.
    pub fn new(dim: usize, value_grad: C) -> Self {
        FunctionWithGradient { value_grad, scratch: ndarray::Array1::zeros(dim) }
    }
}

impl<F: Real, C: FnMut(&ArrayRef1<F>, &mut ArrayRef1<F>) -> F> Objective<F> for FunctionWithGradient<F, C> {
    fn dim(&self) -> usize {
        self.scratch.len()
    }

    fn value(&mut self, x: &ArrayRef1<F>) -> F {
        (self.value_grad)(x, &mut self.scratch)
    }
}

impl<F: Real, C: FnMut(&ArrayRef1<F>, &mut ArrayRef1<F>) -> F> Differentiable<F>
    for FunctionWithGradient<F, C>
{
    fn value_grad(&mut self, x: &ArrayRef1<F>, grad: &mut ArrayRef1<F>) -> F {
        (self.value_grad)(x, grad)
    }
}
