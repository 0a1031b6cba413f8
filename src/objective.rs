//! What is minimized: the traits of an objective, and adapters that make one from another.
//!
//! All methods take `&mut self`, since an objective owns its scratch memory. Arguments are
//! [`ArrayRef1`], so owned arrays and views both pass.

mod closure;
mod complex_step;
mod counted;
mod finite_difference;
mod gradient_difference;
mod through_hessian;

pub use closure::{Function, FunctionWithGradient};
pub use complex_step::ComplexStep;
pub use counted::{Counted, Evaluations};
pub use finite_difference::{Difference, FiniteDifference, numeric_gradient};
pub use gradient_difference::GradientDifference;
pub use through_hessian::ThroughHessian;

use crate::real::Real;
use crate::rng::Stream;
use ndarray::{Array2, ArrayRef1, ArrayRef2};
use std::ops::Range;

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

/// A mean over *N* terms whose Hessian has blocks on its diagonal that are cheap to form for a sample of the
/// terms: what a preconditioner is made of.
pub trait BlockCurvature: FiniteSum<f64> {
    /// The parameters of each block, as ranges in their order; no parameter is in two.
    fn curvature_blocks(&self) -> Vec<Vec<Range<usize>>>;

    /// Writes the lower triangle of each block of the Hessian at `x` of the mean over the terms named by
    /// `batch` (with whatever regularization the whole has).
    fn write_curvature_blocks(&mut self, x: &ArrayRef1<f64>, batch: &[u32], blocks: &mut [Array2<f64>]);
}

/// One diagonal block of a Fisher information matrix that K-FAC takes for a Kronecker product: the parameters
/// of a layer, W (outputs × inputs) and its bias b.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KroneckerBlock {
    /// Where W lies in the parameters, row by row.
    pub weights: Range<usize>,
    /// Where b lies.
    pub bias: Range<usize>,
    /// Inputs of the layer, without the 1 that the bias multiplies.
    pub inputs: usize,
    /// Outputs of the layer.
    pub outputs: usize,
}

/// The two factors of a [`KroneckerBlock`]: its Fisher information is about A ⊗ G.
#[derive(Debug, Clone, PartialEq)]
pub struct KroneckerFactors {
    /// A = E[ā āᵀ] of the layer's inputs ā = (a, 1), (inputs + 1) × (inputs + 1).
    pub a: Array2<f64>,
    /// G = E[g gᵀ] of the derivatives g of the loss with respect to the layer's outputs, outputs × outputs.
    pub g: Array2<f64>,
}

impl KroneckerFactors {
    /// Factors of zeros for a block.
    pub fn zeros(block: &KroneckerBlock) -> Self {
        let square = |n: usize| Array2::zeros((n, n));
        KroneckerFactors { a: square(block.inputs + 1), g: square(block.outputs) }
    }
}

/// The risk of a layered model whose loss is the negative logarithm of a probability, as K-FAC sees it
/// (Martens & Grosse 2015).
pub trait KroneckerFactored: FiniteSum<f64> {
    /// The layers, in their order.
    fn kronecker_blocks(&self) -> Vec<KroneckerBlock>;

    /// Writes the factors of every layer at `x`, as means over `batch`. The labels in G are the model's own:
    /// their exact expectation over all classes, at the cost of a backward pass for each class, or one drawn
    /// for each example from `stream`.
    fn write_factors(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        stream: Option<&mut Stream>,
        factors: &mut [KroneckerFactors],
    );

    /// uᵀFu, uᵀFv and vᵀFv with the exact Fisher information F of the mean over `batch`, by two forward
    /// passes.
    fn fisher_forms(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        u: &ArrayRef1<f64>,
        v: &ArrayRef1<f64>,
    ) -> [f64; 3];

    /// The second derivative of the regularization in every weight; biases have none.
    fn regularization_curvature(&self) -> f64;
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

impl<F: Real, T: Objective<F> + ?Sized> Objective<F> for &mut T {
    fn dim(&self) -> usize {
        (**self).dim()
    }

    fn value(&mut self, x: &ArrayRef1<F>) -> F {
        (**self).value(x)
    }
}

impl<F: Real, T: Differentiable<F> + ?Sized> Differentiable<F> for &mut T {
    fn value_grad(&mut self, x: &ArrayRef1<F>, grad: &mut ArrayRef1<F>) -> F {
        (**self).value_grad(x, grad)
    }
}

impl<F: Real, T: Objective<F> + ?Sized> Objective<F> for Box<T> {
    fn dim(&self) -> usize {
        (**self).dim()
    }

    fn value(&mut self, x: &ArrayRef1<F>) -> F {
        (**self).value(x)
    }
}

impl<F: Real, T: Differentiable<F> + ?Sized> Differentiable<F> for Box<T> {
    fn value_grad(&mut self, x: &ArrayRef1<F>, grad: &mut ArrayRef1<F>) -> F {
        (**self).value_grad(x, grad)
    }
}

impl<F: Real, T: TwiceDifferentiable<F> + ?Sized> TwiceDifferentiable<F> for &mut T {
    fn hessian(&mut self, x: &ArrayRef1<F>, hessian: &mut ArrayRef2<F>) {
        (**self).hessian(x, hessian);
    }
}

impl<F: Real, T: TwiceDifferentiable<F> + ?Sized> TwiceDifferentiable<F> for Box<T> {
    fn hessian(&mut self, x: &ArrayRef1<F>, hessian: &mut ArrayRef2<F>) {
        (**self).hessian(x, hessian);
    }
}

impl<F: Real, T: HessVec<F> + ?Sized> HessVec<F> for &mut T {
    fn hess_vec(&mut self, x: &ArrayRef1<F>, v: &ArrayRef1<F>, product: &mut ArrayRef1<F>) {
        (**self).hess_vec(x, v, product);
    }
}

impl<F: Real, T: Residuals<F> + ?Sized> Residuals<F> for &mut T {
    fn residual_count(&self) -> usize {
        (**self).residual_count()
    }

    fn scale(&self) -> F {
        (**self).scale()
    }

    fn residuals(&mut self, x: &ArrayRef1<F>, residuals: &mut ArrayRef1<F>) {
        (**self).residuals(x, residuals);
    }

    fn jacobian(&mut self, x: &ArrayRef1<F>, jacobian: &mut ArrayRef2<F>) {
        (**self).jacobian(x, jacobian);
    }
}

impl<F: Real, T: HessVec<F> + ?Sized> HessVec<F> for Box<T> {
    fn hess_vec(&mut self, x: &ArrayRef1<F>, v: &ArrayRef1<F>, product: &mut ArrayRef1<F>) {
        (**self).hess_vec(x, v, product);
    }
}

impl<F: Real, T: FiniteSum<F> + ?Sized> FiniteSum<F> for &mut T {
    fn terms(&self) -> usize {
        (**self).terms()
    }

    fn batch_value_grad(&mut self, x: &ArrayRef1<F>, batch: &[u32], grad: &mut ArrayRef1<F>) -> F {
        (**self).batch_value_grad(x, batch, grad)
    }

    fn batch_value_grad_before(
        &mut self,
        x: &ArrayRef1<F>,
        batch: &[u32],
        upcoming: &[u32],
        grad: &mut ArrayRef1<F>,
    ) -> F {
        (**self).batch_value_grad_before(x, batch, upcoming, grad)
    }
}

impl<T: BlockCurvature + ?Sized> BlockCurvature for &mut T {
    fn curvature_blocks(&self) -> Vec<Vec<Range<usize>>> {
        (**self).curvature_blocks()
    }

    fn write_curvature_blocks(&mut self, x: &ArrayRef1<f64>, batch: &[u32], blocks: &mut [Array2<f64>]) {
        (**self).write_curvature_blocks(x, batch, blocks);
    }
}

impl<F: Real, T: Residuals<F> + ?Sized> Residuals<F> for Box<T> {
    fn residual_count(&self) -> usize {
        (**self).residual_count()
    }

    fn scale(&self) -> F {
        (**self).scale()
    }

    fn residuals(&mut self, x: &ArrayRef1<F>, residuals: &mut ArrayRef1<F>) {
        (**self).residuals(x, residuals);
    }

    fn jacobian(&mut self, x: &ArrayRef1<F>, jacobian: &mut ArrayRef2<F>) {
        (**self).jacobian(x, jacobian);
    }
}
