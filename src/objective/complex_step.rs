//! The gradient by a complex step: differences without a difference, so without cancellation.

use super::traits::{Differentiable, Objective};
use ndarray::{Array1, ArrayRef1};
use num_complex::Complex64;

/// The step: so small that its square vanishes beside any number, and no difference is taken that could
/// cancel.
const H: f64 = 1e-100;

/// Gives an analytic function of complex numbers its gradient on the real axis, ∂f/∂xᵢ = Im f(x + i·h·eᵢ)/h,
/// to rounding (Squire and Trapp 1998): *n* complex values a gradient.
///
/// The function must be written in operations that are analytic: arithmetic, `exp`, `ln`, `sin`, `powi`,
/// `sqrt`, …; not `norm`, `conj`, or a branch on anything but a real part.
///
/// ```
/// use gradus::prelude::*;
/// let mut f = ComplexStep::new(2, |z: &ArrayRef1<Complex64>| (z[0] * z[1]).sin() + z[0].exp());
/// let mut grad = Array1::zeros(2);
/// f.value_grad(&array![0.5, 2.0], &mut grad);
/// assert!((grad[0] - (2.0 * 1f64.cos() + 0.5f64.exp())).abs() < 1e-15);
/// assert!((grad[1] - 0.5 * 1f64.cos()).abs() < 1e-15);
/// ```
pub struct ComplexStep<C> {
    function: C,
    point: Array1<Complex64>,
}

impl<C: FnMut(&ArrayRef1<Complex64>) -> Complex64> ComplexStep<C> {
    /// Wraps a function of `dim` complex parameters.
    pub fn new(dim: usize, function: C) -> Self {
        ComplexStep { function, point: Array1::zeros(dim) }
    }

    fn moved_to(&mut self, x: &ArrayRef1<f64>) {
        self.point.iter_mut().zip(x).for_each(|(z, &x)| *z = x.into());
    }
}

impl<C: FnMut(&ArrayRef1<Complex64>) -> Complex64> Objective for ComplexStep<C> {
    fn dim(&self) -> usize {
        self.point.len()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.moved_to(x);
        (self.function)(&self.point).re
    }
}

impl<C: FnMut(&ArrayRef1<Complex64>) -> Complex64> Differentiable for ComplexStep<C> {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let value = self.value(x);
        for i in 0..x.len() {
            self.point[i].im = H;
            grad[i] = (self.function)(&self.point).im / H;
            self.point[i].im = 0.0;
        }
        value
    }
}
