//! Hessian-vector products by forming the Hessian.

use super::layout::ParamLayout;
use super::traits::{Differentiable, HessVec, Objective, TwiceDifferentiable};
use crate::real::Real;
use ndarray::linalg::general_mat_vec_mul;
use ndarray::{Array1, Array2, ArrayRef1, ArrayRef2};

/// Adds the product ∇²f(x)·v to any function with a Hessian, by forming ∇²f(x). The Hessian is formed once
/// for each point, and serves all products at that point. It takes the memory of n² numbers from the first
/// product on.
///
/// ```
/// use gradus::objective::{HessVec, ThroughHessian};
/// use gradus::prelude::*;
/// let mut valley = ThroughHessian::new(problems::Rosenbrock::new(2));
/// let mut product = array![0.0, 0.0];
/// valley.hess_vec(&array![1.0, 1.0], &array![1.0, 2.0], &mut product);
/// assert_eq!(product, array![2.0, 0.0]);
/// ```
pub struct ThroughHessian<F, T> {
    inner: T,
    hessian: Array2<F>,
    at: Array1<F>,
}

impl<F: Real, T: TwiceDifferentiable<F>> ThroughHessian<F, T> {
    /// Wraps an objective.
    pub fn new(inner: T) -> Self {
        ThroughHessian { inner, hessian: Array2::default((0, 0)), at: Array1::default(0) }
    }
}

impl<F: Real, T: TwiceDifferentiable<F>> Objective<F> for ThroughHessian<F, T> {
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

impl<F: Real, T: TwiceDifferentiable<F>> Differentiable<F> for ThroughHessian<F, T> {
    fn value_grad(&mut self, x: &ArrayRef1<F>, grad: &mut ArrayRef1<F>) -> F {
        self.inner.value_grad(x, grad)
    }
}

impl<F: Real, T: TwiceDifferentiable<F>> TwiceDifferentiable<F> for ThroughHessian<F, T> {
    fn hessian(&mut self, x: &ArrayRef1<F>, hessian: &mut ArrayRef2<F>) {
        self.inner.hessian(x, hessian);
    }
}

impl<F: Real, T: TwiceDifferentiable<F>> HessVec<F> for ThroughHessian<F, T> {
    fn hess_vec(&mut self, x: &ArrayRef1<F>, v: &ArrayRef1<F>, product: &mut ArrayRef1<F>) {
        if self.at.len() != x.len() {
            let n = x.len();
            (self.hessian, self.at) = (Array2::zeros((n, n)), Array1::from_elem(n, F::nan()));
        }
        // NaN equals nothing, so that the first point always counts as new.
        if *self.at != *x {
            self.inner.hessian(x, &mut self.hessian);
            self.at.assign(x);
        }
        general_mat_vec_mul(F::one(), &self.hessian, v, F::zero(), product);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objective::Counted;
    use crate::objective::FunctionWithGradient;
    use ndarray::array;

    struct Bowl(FunctionWithGradient<'static>);

    impl Objective for Bowl {
        fn dim(&self) -> usize {
            2
        }

        fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
            self.0.value(x)
        }
    }

    impl Differentiable for Bowl {
        fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
            self.0.value_grad(x, grad)
        }
    }

    impl TwiceDifferentiable for Bowl {
        fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
            hessian.assign(&array![[2.0 * x[0], 1.0], [1.0, 4.0]]);
        }
    }

    #[test]
    fn the_hessian_is_formed_once_a_point() {
        let mut counted = Counted::new(Bowl(FunctionWithGradient::new(2, |x, _| x[0])));
        let mut product = array![0.0, 0.0];
        let mut f = ThroughHessian::new(&mut counted);
        for _ in 0..3 {
            f.hess_vec(&array![3.0, 1.0], &array![1.0, 10.0], &mut product);
            assert_eq!(product, array![16.0, 41.0]);
        }
        f.hess_vec(&array![4.0, 1.0], &array![1.0, 10.0], &mut product);
        assert_eq!(product, array![18.0, 41.0]);
        assert_eq!(counted.evaluations().hess, 2);
    }
}
