//! Second derivatives by differences of the gradient.

use super::layout::ParamLayout;
use super::traits::{Differentiable, HessVec, Objective, TwiceDifferentiable};
use crate::real::Real;
use ndarray::{Array1, ArrayRef1, ArrayRef2};

/// Adds a Hessian and Hessian-vector products to any differentiable function, by differences of its gradient:
/// ∇²f(x)·v ≈ (∇f(x + hv) − ∇f(x − hv)) / 2h, with h = ∛ε·max(1, ‖x‖₂)/‖v‖₂ (Nocedal & Wright 2006, section
/// 8.1).
///
/// A product costs two gradients. A Hessian costs 2*n* gradients and is made symmetric. The error is of order
/// h². A numeric gradient ([`FiniteDifference`](super::FiniteDifference)) has only two thirds of the digits
/// of an exact one; for such a function use [`GradientDifference::with_step`] and a longer step, such as
/// 1e-3.
///
/// ```
/// use gradus::objective::{FunctionWithGradient, GradientDifference, HessVec};
/// use gradus::prelude::*;
/// let gradient = |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
///     grad[0] = x[0].powi(3);
///     x[0].powi(4) / 4.0
/// };
/// let mut quartic = GradientDifference::new(FunctionWithGradient::new(1, gradient));
/// let mut product = array![0.0];
/// quartic.hess_vec(&array![2.0], &array![5.0], &mut product);
/// assert!((product[0] - 60.0).abs() < 1e-6);
/// ```
pub struct GradientDifference<F, T> {
    inner: T,
    h: F,
    direction: Array1<F>,
    point: Array1<F>,
    above: Array1<F>,
    below: Array1<F>,
}

impl<F: Real, T: Differentiable<F>> GradientDifference<F, T> {
    /// Uses the relative step ∛ε, which balances truncation against the rounding of an exact gradient.
    pub fn new(inner: T) -> Self {
        GradientDifference::with_step(inner, F::epsilon().cbrt())
    }

    /// Uses the relative step `h` (> 0).
    pub fn with_step(inner: T, h: F) -> Self {
        let zeros = Array1::zeros(inner.dim());
        GradientDifference {
            inner,
            h,
            direction: zeros.clone(),
            point: zeros.clone(),
            above: zeros.clone(),
            below: zeros,
        }
    }

    /// Computes ∇²f(x)·v for the vector v in `self.direction`, and leaves it in `self.above`.
    fn difference(&mut self, x: &ArrayRef1<F>) {
        let length = self.direction.dot(&self.direction).sqrt();
        if length == F::zero() {
            return self.above.fill(F::zero());
        }
        let h = self.h * x.dot(x).sqrt().max(F::one()) / length;
        self.point.assign(x);
        self.point.scaled_add(h, &self.direction);
        self.inner.value_grad(&self.point, &mut self.above);
        self.point.assign(x);
        self.point.scaled_add(-h, &self.direction);
        self.inner.value_grad(&self.point, &mut self.below);
        self.above.zip_mut_with(&self.below, |above, &below| *above = (*above - below) / (h + h));
    }
}

impl<F: Real, T: Differentiable<F>> Objective<F> for GradientDifference<F, T> {
    fn dim(&self) -> usize {
        self.inner.dim()
    }

    fn value(&mut self, x: &ArrayRef1<F>) -> F {
        self.inner.value(x)
    }

    fn param_layout(&self) -> Option<ParamLayout> {
        self.inner.param_layout()
    }
}

impl<F: Real, T: Differentiable<F>> Differentiable<F> for GradientDifference<F, T> {
    fn value_grad(&mut self, x: &ArrayRef1<F>, grad: &mut ArrayRef1<F>) -> F {
        self.inner.value_grad(x, grad)
    }
}

impl<F: Real, T: Differentiable<F>> HessVec<F> for GradientDifference<F, T> {
    fn hess_vec(&mut self, x: &ArrayRef1<F>, v: &ArrayRef1<F>, product: &mut ArrayRef1<F>) {
        self.direction.assign(v);
        self.difference(x);
        product.assign(&self.above);
    }
}

impl<F: Real, T: Differentiable<F>> TwiceDifferentiable<F> for GradientDifference<F, T> {
    fn hessian(&mut self, x: &ArrayRef1<F>, hessian: &mut ArrayRef2<F>) {
        let n = x.len();
        for j in 0..n {
            self.direction.fill(F::zero());
            self.direction[j] = F::one();
            self.difference(x);
            hessian.row_mut(j).assign(&self.above);
        }
        let half = F::of(0.5);
        for i in 0..n {
            for j in 0..i {
                let mean = half * (hessian[[i, j]] + hessian[[j, i]]);
                (hessian[[i, j]], hessian[[j, i]]) = (mean, mean);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::max_norm;
    use crate::objective::{FiniteDifference, Function, FunctionWithGradient};
    use ndarray::{Array2, array};

    /// f = x₀²x₁ + sin x₁.
    fn value(x: &ArrayRef1<f64>) -> f64 {
        x[0] * x[0] * x[1] + x[1].sin()
    }

    fn hessian(x: &ArrayRef1<f64>) -> Array2<f64> {
        array![[2.0 * x[1], 2.0 * x[0]], [2.0 * x[0], -x[1].sin()]]
    }

    #[test]
    fn products_and_hessians_agree_with_the_formula() {
        let gradient = |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
            (grad[0], grad[1]) = (2.0 * x[0] * x[1], x[0] * x[0] + x[1].cos());
            value(x)
        };
        let mut f = GradientDifference::new(FunctionWithGradient::new(2, gradient));
        let (x, v) = (array![1.5, -0.7], array![1e3, -2e3]);
        let (mut product, mut numeric) = (array![f64::NAN, f64::NAN], Array2::from_elem((2, 2), f64::NAN));
        f.hess_vec(&x, &v, &mut product);
        let exact = hessian(&x).dot(&v);
        assert!(max_norm(&(&product - &exact)) < 1e-8 * max_norm(&exact), "{product} is not {exact}");
        f.hessian(&x, &mut numeric);
        assert!((&numeric - &hessian(&x)).iter().all(|e| e.abs() < 1e-8), "{numeric}");
        f.hess_vec(&x, &array![0.0, 0.0], &mut product);
        assert_eq!(product, array![0.0, 0.0]);
    }

    #[test]
    fn values_alone_are_enough_for_a_hessian() {
        let mut f = GradientDifference::with_step(FiniteDifference::new(Function::new(2, value)), 1e-3);
        let (x, mut numeric) = (array![1.5, -0.7], Array2::zeros((2, 2)));
        f.hessian(&x, &mut numeric);
        assert!((&numeric - &hessian(&x)).iter().all(|e| e.abs() < 1e-5), "{numeric}");
    }
}
