//! The gradient by a complex step, which takes no difference and therefore has no cancellation.

use super::traits::{Differentiable, Objective};
use ndarray::{Array1, ArrayRef1};
use num_complex::Complex64;

/// The step. Its square is negligible compared with any number, and because no difference is taken, a step
/// this small loses no digits.
const H: f64 = 1e-100;

/// A closure that returns the value at a complex point.
type Analytic<'f> = Box<dyn FnMut(&ArrayRef1<Complex64>) -> Complex64 + 'f>;

/// Adds a gradient to an analytic function of complex numbers: on the real axis, ∂f/∂xᵢ = Im f(x + i·h·eᵢ)/h
/// with h = 1e-100 (Squire & Trapp 1998). The result is accurate to rounding. A gradient costs *n* + 1
/// complex values.
///
/// The function must consist of analytic operations, such as arithmetic, `exp`, `ln`, `sin`, `powi` and
/// `sqrt`. It must not use `norm` or `conj`, and may branch on real parts only.
///
/// ```
/// use gradus::objective::ComplexStep;
/// use gradus::prelude::*;
/// let mut f = ComplexStep::new(2, |z| (z[0] * z[1]).sin() + z[0].exp());
/// let mut grad = Array1::zeros(2);
/// f.value_grad(&array![0.5, 2.0], &mut grad);
/// assert!((grad[0] - (2.0 * 1f64.cos() + 0.5f64.exp())).abs() < 1e-15);
/// assert!((grad[1] - 0.5 * 1f64.cos()).abs() < 1e-15);
/// ```
pub struct ComplexStep<'f> {
    function: Analytic<'f>,
    point: Array1<Complex64>,
}

impl<'f> ComplexStep<'f> {
    /// Wraps a function of `dim` complex parameters.
    pub fn new(dim: usize, function: impl FnMut(&ArrayRef1<Complex64>) -> Complex64 + 'f) -> Self {
        ComplexStep { function: Box::new(function), point: Array1::zeros(dim) }
    }

    fn set_point(&mut self, x: &ArrayRef1<f64>) {
        self.point.iter_mut().zip(x).for_each(|(z, &x)| *z = x.into());
    }
}

impl Objective for ComplexStep<'_> {
    fn dim(&self) -> usize {
        self.point.len()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.set_point(x);
        (self.function)(&self.point).re
    }
}

impl Differentiable for ComplexStep<'_> {
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
