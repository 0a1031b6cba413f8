//! What an objective can compute: its value, gradient, Hessian, batches and residuals.

use super::layout::ParamLayout;
use crate::ranks::Ranks;
use crate::real::Real;
use ndarray::{ArrayRef1, ArrayRef2};
use std::sync::Arc;

/// A real function f of a vector of *n* parameters.
///
/// ```
/// use gradus::prelude::*;
///
/// struct Bowl;
///
/// impl Objective for Bowl {
///     fn dim(&self) -> usize { 2 }
///     fn value(&mut self, x: &ArrayRef1<f64>) -> f64 { x[0] * x[0] + 3.0 * x[1] * x[1] }
/// }
///
/// assert_eq!(Bowl.value(&array![1.0, 2.0]), 13.0);
/// ```
pub trait Objective<F: Real = f64> {
    /// Returns the number of parameters *n*.
    fn dim(&self) -> usize;

    /// Returns f(x), for `x` of length *n*.
    fn value(&mut self, x: &ArrayRef1<F>) -> F;

    /// Returns the names and shapes of the parameters, for optimizers that go by the layers of a model;
    /// `None` (the default) if the parameters are one vector without parts.
    fn param_layout(&self) -> Option<ParamLayout> {
        None
    }
}

/// A function with its gradient.
///
/// ```
/// use gradus::prelude::*;
/// let mut valley = problems::Rosenbrock::new(2);
/// let mut grad = Array1::zeros(2);
/// assert_eq!(valley.value_grad(&array![0.0, 0.0], &mut grad), 1.0);
/// assert_eq!(grad, array![-2.0, 0.0]);
/// ```
pub trait Differentiable<F: Real = f64>: Objective<F> {
    /// Returns f(x) and overwrites `grad` with ∇f(x). Both `x` and `grad` have length *n*.
    fn value_grad(&mut self, x: &ArrayRef1<F>, grad: &mut ArrayRef1<F>) -> F;
}

/// A function with its Hessian.
///
/// ```
/// use gradus::objective::TwiceDifferentiable;
/// use gradus::prelude::*;
/// use gradus::ndarray::Array2;
/// let mut bowl = problems::Quadratic::new(&[1.0, 3.0]);
/// let mut hessian = Array2::zeros((2, 2));
/// bowl.hessian(&array![5.0, 7.0], &mut hessian);
/// assert_eq!(hessian, array![[1.0, 0.0], [0.0, 3.0]]);
/// ```
pub trait TwiceDifferentiable<F: Real = f64>: Differentiable<F> {
    /// Overwrites `hessian` with ∇²f(x), a symmetric *n* × *n* matrix.
    fn hessian(&mut self, x: &ArrayRef1<F>, hessian: &mut ArrayRef2<F>);
}

/// A function with products of its Hessian and a vector, for which the Hessian need not be formed.
///
/// ```
/// use gradus::objective::HessVec;
/// use gradus::prelude::*;
/// let mut bowl = problems::Quadratic::new(&[1.0, 3.0]);
/// let mut product = Array1::zeros(2);
/// bowl.hess_vec(&array![5.0, 7.0], &array![1.0, 2.0], &mut product);
/// assert_eq!(product, array![1.0, 6.0]);
/// ```
pub trait HessVec<F: Real = f64>: Differentiable<F> {
    /// Overwrites `product` with ∇²f(x)·v. All three vectors have length *n*.
    fn hess_vec(&mut self, x: &ArrayRef1<F>, v: &ArrayRef1<F>, product: &mut ArrayRef1<F>);
}

/// A mean over *N* terms that can also be evaluated over a batch of the terms.
///
/// ```
/// use gradus::model::Linear;
/// use gradus::objective::FiniteSum;
/// use gradus::prelude::*;
/// use gradus::risk::EmpiricalRisk;
/// let x = array![[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
/// let mut risk = EmpiricalRisk::new(Linear::new(2, 3), Softmax, x, vec![0, 1, 2], Regularizer::default())?;
/// let mut grad = Array1::zeros(risk.dim());
/// // At zero every class is equally probable, in each batch as in the whole.
/// let loss: f64 = risk.batch_value_grad(&Array1::zeros(9), &[0, 2], &mut grad);
/// assert_eq!(risk.terms(), 3);
/// assert!((loss - 3f64.ln()).abs() < 1e-12);
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub trait FiniteSum<F: Real = f64>: Differentiable<F> {
    /// Returns the number of terms *N*.
    fn terms(&self) -> usize;

    /// Returns the mean over the terms with the indices `batch`, and overwrites `grad` with its gradient. The
    /// regularization is that of the whole objective. The result is the mean and not the sum, so that a
    /// learning rate keeps its meaning when the batch size changes.
    fn batch_value_grad(&mut self, x: &ArrayRef1<F>, batch: &[u32], grad: &mut ArrayRef1<F>) -> F;

    /// Does the same as [`FiniteSum::batch_value_grad`]. The indices `upcoming` are a hint which terms the
    /// next call asks for, so that their data can be fetched in advance; they are empty if the next batch is
    /// not known. The default implementation ignores the hint.
    fn batch_value_grad_before(
        &mut self,
        x: &ArrayRef1<F>,
        batch: &[u32],
        upcoming: &[u32],
        grad: &mut ArrayRef1<F>,
    ) -> F {
        let _ = upcoming;
        self.batch_value_grad(x, batch, grad)
    }

    /// Returns the function as one with products of the Hessian of a batch; `None` (the default) if it has
    /// none. [`Sophia`](crate::optimizer::first_order::Sophia) asks for it.
    fn as_batch_products(&mut self) -> Option<&mut dyn BatchHessVec<F>> {
        None
    }

    /// Returns the processes that share the passes over all terms; `None` (the default) if this one computes
    /// them itself.
    fn ranks(&self) -> Option<Arc<dyn Ranks>> {
        None
    }
}

/// A mean over terms with products of a vector and the Hessian of the mean over a batch.
pub trait BatchHessVec<F: Real = f64> {
    /// Overwrites `product` with the product of `v` and the Hessian at `x` of the mean over the terms with
    /// the indices `batch`, with the regularization of the whole objective.
    fn batch_hess_vec(
        &mut self,
        x: &ArrayRef1<F>,
        batch: &[u32],
        v: &ArrayRef1<F>,
        product: &mut ArrayRef1<F>,
    );
}

/// A nonlinear least-squares function f(x) = c·Σ rᵢ(x)², with its *m* residuals rᵢ and their Jacobian J.
/// Gauss–Newton and Levenberg–Marquardt need this trait. It is object-safe, so that a problem can return it.
///
/// [`Objective::value`] must be c·Σ rᵢ² and the gradient 2c·Jᵀr. The constant c belongs to the objective: it
/// is 1 where the literature defines the function as the plain sum of squares, and ½ where it takes half of
/// the sum.
///
/// ```
/// use gradus::objective::Residuals;
/// use gradus::prelude::*;
/// let mut valley = problems::Rosenbrock::new(2);
/// let mut r = Array1::zeros(valley.residual_count());
/// Residuals::residuals(&mut valley, &array![0.0, 0.0], &mut r);
/// assert_eq!(r, array![0.0, 1.0]);
/// assert_eq!(valley.scale() * r.dot(&r), valley.value(&array![0.0, 0.0]));
/// ```
pub trait Residuals<F: Real = f64>: Differentiable<F> {
    /// Returns the number of residuals *m*.
    fn residual_count(&self) -> usize;

    /// Returns the constant c, the factor of the sum of squares in f: 1 or ½.
    fn scale(&self) -> F;

    /// Overwrites `residuals` with r(x), of length *m*.
    fn residuals(&mut self, x: &ArrayRef1<F>, residuals: &mut ArrayRef1<F>);

    /// Overwrites `jacobian` with the *m* × *n* matrix ∂rᵢ/∂xⱼ.
    fn jacobian(&mut self, x: &ArrayRef1<F>, jacobian: &mut ArrayRef2<F>);
}
