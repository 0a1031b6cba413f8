//! What an objective can compute: its value, gradient, Hessian, batches and residuals.

use crate::real::Real;
use ndarray::{ArrayRef1, ArrayRef2};

/// A real function of a vector.
pub trait Objective<F: Real = f64> {
    /// The number of parameters *n*.
    fn dim(&self) -> usize;

    /// f(x), for `x` of length *n*.
    fn value(&mut self, x: &ArrayRef1<F>) -> F;
}

/// A function with its gradient.
pub trait Differentiable<F: Real = f64>: Objective<F> {
    /// f(x), with ∇f(x) written over `grad`; both have length *n*.
    fn value_grad(&mut self, x: &ArrayRef1<F>, grad: &mut ArrayRef1<F>) -> F;
}

/// A function with its Hessian.
pub trait TwiceDifferentiable<F: Real = f64>: Differentiable<F> {
    /// Writes ∇²f(x), *n* × *n* and symmetric, over `hessian`.
    fn hessian(&mut self, x: &ArrayRef1<F>, hessian: &mut ArrayRef2<F>);
}

/// A function whose Hessian can be multiplied by a vector without being formed.
pub trait HessVec<F: Real = f64>: Differentiable<F> {
    /// Writes ∇²f(x)·v over `product`; all have length *n*.
    fn hess_vec(&mut self, x: &ArrayRef1<F>, v: &ArrayRef1<F>, product: &mut ArrayRef1<F>);
}

/// A mean over *N* terms, of which a batch can be evaluated by itself.
pub trait FiniteSum<F: Real = f64>: Differentiable<F> {
    /// The number of terms *N*.
    fn terms(&self) -> usize;

    /// The mean over the terms named by `batch` (with whatever regularization the whole has), and its
    /// gradient written over `grad`. Always the mean, never the sum, so a learning rate keeps its meaning
    /// when the batch size changes.
    fn batch_value_grad(&mut self, x: &ArrayRef1<F>, batch: &[u32], grad: &mut ArrayRef1<F>) -> F;

    /// As [`FiniteSum::batch_value_grad`], with the hint which terms will be asked for next (empty if that is
    /// not known), so that their data can be fetched meanwhile. By default the hint is not heeded.
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
}

/// A nonlinear least-squares function f(x) = c·Σ rᵢ(x)², by its *m* residuals and their Jacobian: what
/// Gauss–Newton and Levenberg–Marquardt need. Object-safe, so a problem can hand it out.
///
/// Its [`Objective::value`] must be c·Σ rᵢ² and its gradient 2c·Jᵀr, with one constant c of the objective's
/// own: 1 where the literature defines the function as the plain sum of squares, ½ where it has the half.
pub trait Residuals<F: Real = f64>: Differentiable<F> {
    /// The number of residuals *m*.
    fn residual_count(&self) -> usize;

    /// The constant that f is of the sum of squares: 1 or ½.
    fn scale(&self) -> F;

    /// Writes r(x), of length *m*.
    fn residuals(&mut self, x: &ArrayRef1<F>, residuals: &mut ArrayRef1<F>);

    /// Writes the Jacobian ∂rᵢ/∂xⱼ, *m* × *n*.
    fn jacobian(&mut self, x: &ArrayRef1<F>, jacobian: &mut ArrayRef2<F>);
}
