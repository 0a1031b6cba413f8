//! Objectives from closures, for a notebook cell or a quick experiment.
//!
//! The closure is in a box, so that the type of an objective can be written down: a cell of a notebook keeps
//! it for the next cell, a struct has it as a field, and a closure and a named function give the same type.

use super::traits::{Differentiable, Objective};
use crate::real::Real;
use ndarray::{Array1, ArrayRef1};

/// A closure that returns the value.
type Value<'f, F> = Box<dyn FnMut(&ArrayRef1<F>) -> F + 'f>;

/// A function without a gradient, given as a closure or by its name.
///
/// ```
/// use gradus::prelude::*;
/// let mut bowl = Function::new(2, |x| x[0] * x[0] + 3.0 * x[1] * x[1]);
/// assert_eq!(bowl.value(&array![1.0, 2.0]), 13.0);
/// ```
pub struct Function<'f, F: Real = f64> {
    dim: usize,
    value: Value<'f, F>,
}

impl<'f> Function<'f> {
    /// Wraps `value`, a function of `dim` parameters in `f64`.
    pub fn new(dim: usize, value: impl FnMut(&ArrayRef1<f64>) -> f64 + 'f) -> Self {
        Function::typed(dim, value)
    }
}

impl<'f, F: Real> Function<'f, F> {
    /// Wraps `value`, a function of `dim` parameters in `f32` or `f64`. The type of its argument must be
    /// written.
    pub fn typed(dim: usize, value: impl FnMut(&ArrayRef1<F>) -> F + 'f) -> Self {
        Function { dim, value: Box::new(value) }
    }
}

impl<F: Real> Objective<F> for Function<'_, F> {
    fn dim(&self) -> usize {
        self.dim
    }

    fn value(&mut self, x: &ArrayRef1<F>) -> F {
        (self.value)(x)
    }
}

/// A closure that writes the gradient and returns the value.
type ValueGrad<'f, F> = Box<dyn FnMut(&ArrayRef1<F>, &mut ArrayRef1<F>) -> F + 'f>;

/// A function with its gradient, given as one closure that writes the gradient and returns the value.
///
/// ```
/// use gradus::objective::FunctionWithGradient;
/// use gradus::prelude::*;
/// let mut bowl = FunctionWithGradient::new(2, |x, grad| {
///     grad[0] = 2.0 * x[0];
///     grad[1] = 6.0 * x[1];
///     x[0] * x[0] + 3.0 * x[1] * x[1]
/// });
/// let mut grad = Array1::zeros(2);
/// assert_eq!(bowl.value_grad(&array![1.0, 2.0], &mut grad), 13.0);
/// assert_eq!(grad, array![2.0, 12.0]);
/// ```
pub struct FunctionWithGradient<'f, F: Real = f64> {
    value_grad: ValueGrad<'f, F>,
    scratch: Array1<F>,
}

impl<'f> FunctionWithGradient<'f> {
    /// Wraps `value_grad`, a function of `dim` parameters in `f64`.
    pub fn new(dim: usize, value_grad: impl FnMut(&ArrayRef1<f64>, &mut ArrayRef1<f64>) -> f64 + 'f) -> Self {
        FunctionWithGradient::typed(dim, value_grad)
    }
}

impl<'f, F: Real> FunctionWithGradient<'f, F> {
    /// Wraps `value_grad`, a function of `dim` parameters in `f32` or `f64`. The types of its arguments must
    /// be written.
    pub fn typed(dim: usize, value_grad: impl FnMut(&ArrayRef1<F>, &mut ArrayRef1<F>) -> F + 'f) -> Self {
        FunctionWithGradient { value_grad: Box::new(value_grad), scratch: Array1::zeros(dim) }
    }
}

impl<F: Real> Objective<F> for FunctionWithGradient<'_, F> {
    fn dim(&self) -> usize {
        self.scratch.len()
    }

    fn value(&mut self, x: &ArrayRef1<F>) -> F {
        (self.value_grad)(x, &mut self.scratch)
    }
}

impl<F: Real> Differentiable<F> for FunctionWithGradient<'_, F> {
    fn value_grad(&mut self, x: &ArrayRef1<F>, grad: &mut ArrayRef1<F>) -> F {
        (self.value_grad)(x, grad)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// What a cell of a notebook does: it keeps the objective under a type that can be written down.
    #[test]
    fn a_closure_and_a_named_function_have_one_type_that_can_be_written_down() {
        fn named(x: &ArrayRef1<f64>) -> f64 {
            x[0] + 1.0
        }
        let both: [Function<'static>; 2] = [Function::new(1, |x| x[0] + 2.0), Function::new(1, named)];
        let kept: Box<dyn std::any::Any> = Box::new(both);
        let mut both = *kept.downcast::<[Function; 2]>().unwrap();
        assert_eq!([both[0].value(&array![1.0]), both[1].value(&array![1.0])], [3.0, 2.0]);
    }

    #[test]
    fn a_closure_may_borrow_and_may_count() {
        let (data, mut calls) = (array![3.0, 4.0], 0);
        let mut f = Function::new(2, |x| {
            calls += 1;
            data.dot(x)
        });
        assert_eq!(f.value(&array![1.0, 1.0]), 7.0);
        drop(f);
        assert_eq!((calls, data.len()), (1, 2));
    }

    #[test]
    fn single_precision_is_asked_for() {
        let mut f = FunctionWithGradient::typed(1, |x: &ArrayRef1<f32>, grad: &mut ArrayRef1<f32>| {
            grad[0] = 2.0;
            2.0 * x[0]
        });
        assert_eq!(f.value(&array![1.5f32]), 3.0f32);
    }
}
