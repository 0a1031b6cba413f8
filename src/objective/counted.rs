//! Counts evaluations, so that optimizers can be compared at equal work.

use super::curvature::{BlockCurvature, CrossFactors, KroneckerBlock, KroneckerFactored, KroneckerFactors};
use super::layout::ParamLayout;
use super::traits::{Differentiable, FiniteSum, HessVec, Objective, Residuals, TwiceDifferentiable};
use crate::ranks::Ranks;
use crate::real::Real;
use crate::rng::Stream;
use ndarray::{Array2, ArrayRef1, ArrayRef2};
use std::ops::Range;
use std::sync::Arc;

/// The number of evaluations of each quantity.
///
/// ```
/// use gradus::prelude::*;
/// let x0 = array![3.0, -2.0];
/// let found = minimize(problems::Quadratic::new(&[1.0, 10.0]), &x0, Bfgs::new(), Stop::grad(1e-8))?;
/// assert_eq!((found.evaluations.value, found.evaluations.hess), (found.evaluations.grad, 0));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Evaluations {
    /// The number of values, including those computed together with a gradient.
    pub value: usize,
    /// The number of gradients.
    pub grad: usize,
    /// The number of Hessians and Hessian-vector products.
    pub hess: usize,
}

/// An objective that counts its evaluations.
///
/// ```
/// use gradus::objective::Counted;
/// use gradus::prelude::*;
/// let mut f = Counted::new(FiniteDifference::new(Function::new(2, |x| x[0] * x[1])));
/// let mut grad = Array1::zeros(2);
/// f.value_grad(&array![1.0, 2.0], &mut grad);
/// assert_eq!((f.evaluations().value, f.evaluations().grad), (1, 1));
/// ```
pub struct Counted<T> {
    inner: T,
    evaluations: Evaluations,
}

impl<T> Counted<T> {
    /// Wraps an objective, with all counts at zero.
    pub fn new(inner: T) -> Self {
        Counted { inner, evaluations: Evaluations::default() }
    }

    /// Replaces the counts, for example by those of a run that is resumed.
    pub fn set_evaluations(&mut self, evaluations: Evaluations) {
        self.evaluations = evaluations;
    }

    /// Returns the counts so far.
    pub fn evaluations(&self) -> Evaluations {
        self.evaluations
    }
}

impl<F: Real, T: Objective<F>> Objective<F> for Counted<T> {
    fn dim(&self) -> usize {
        self.inner.dim()
    }

    fn value(&mut self, x: &ArrayRef1<F>) -> F {
        self.evaluations.value += 1;
        self.inner.value(x)
    }

    fn param_layout(&self) -> Option<ParamLayout> {
        self.inner.param_layout()
    }
}

impl<F: Real, T: Differentiable<F>> Differentiable<F> for Counted<T> {
    fn value_grad(&mut self, x: &ArrayRef1<F>, grad: &mut ArrayRef1<F>) -> F {
        self.evaluations.value += 1;
        self.evaluations.grad += 1;
        self.inner.value_grad(x, grad)
    }
}

impl<F: Real, T: TwiceDifferentiable<F>> TwiceDifferentiable<F> for Counted<T> {
    fn hessian(&mut self, x: &ArrayRef1<F>, hessian: &mut ArrayRef2<F>) {
        self.evaluations.hess += 1;
        self.inner.hessian(x, hessian);
    }
}

impl<F: Real, T: HessVec<F>> HessVec<F> for Counted<T> {
    fn hess_vec(&mut self, x: &ArrayRef1<F>, v: &ArrayRef1<F>, product: &mut ArrayRef1<F>) {
        self.evaluations.hess += 1;
        self.inner.hess_vec(x, v, product);
    }
}

/// Counts residuals as a value and their Jacobian as a gradient.
impl<F: Real, T: Residuals<F>> Residuals<F> for Counted<T> {
    fn residual_count(&self) -> usize {
        self.inner.residual_count()
    }

    fn scale(&self) -> F {
        self.inner.scale()
    }

    fn residuals(&mut self, x: &ArrayRef1<F>, residuals: &mut ArrayRef1<F>) {
        self.evaluations.value += 1;
        self.inner.residuals(x, residuals);
    }

    fn jacobian(&mut self, x: &ArrayRef1<F>, jacobian: &mut ArrayRef2<F>) {
        self.evaluations.grad += 1;
        self.inner.jacobian(x, jacobian);
    }
}

/// Counts a batch like the whole objective; the caller weighs it by its size.
impl<F: Real, T: FiniteSum<F>> FiniteSum<F> for Counted<T> {
    fn terms(&self) -> usize {
        self.inner.terms()
    }

    fn ranks(&self) -> Option<Arc<dyn Ranks>> {
        self.inner.ranks()
    }

    fn batch_value_grad(&mut self, x: &ArrayRef1<F>, batch: &[u32], grad: &mut ArrayRef1<F>) -> F {
        self.evaluations.value += 1;
        self.evaluations.grad += 1;
        self.inner.batch_value_grad(x, batch, grad)
    }

    fn batch_value_grad_before(
        &mut self,
        x: &ArrayRef1<F>,
        batch: &[u32],
        upcoming: &[u32],
        grad: &mut ArrayRef1<F>,
    ) -> F {
        self.evaluations.value += 1;
        self.evaluations.grad += 1;
        self.inner.batch_value_grad_before(x, batch, upcoming, grad)
    }
}

/// Counts the blocks of a sample as one Hessian.
impl<T: BlockCurvature> BlockCurvature for Counted<T> {
    fn curvature_blocks(&self) -> Vec<Vec<Range<usize>>> {
        self.inner.curvature_blocks()
    }

    fn write_curvature_blocks(&mut self, x: &ArrayRef1<f64>, batch: &[u32], blocks: &mut [Array2<f64>]) {
        self.evaluations.hess += 1;
        self.inner.write_curvature_blocks(x, batch, blocks);
    }
}

/// Counts a set of factors, or of quadratic forms of the Fisher information, as one Hessian.
impl<T: KroneckerFactored> KroneckerFactored for Counted<T> {
    fn kronecker_blocks(&self) -> Vec<KroneckerBlock> {
        self.inner.kronecker_blocks()
    }

    fn write_factors_and_cross(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        stream: Option<&mut Stream>,
        factors: &mut [KroneckerFactors],
        cross: &mut [CrossFactors],
    ) {
        self.evaluations.hess += 1;
        self.inner.write_factors_and_cross(x, batch, stream, factors, cross);
    }

    fn fisher_forms(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        u: &ArrayRef1<f64>,
        v: &ArrayRef1<f64>,
    ) -> [f64; 3] {
        self.evaluations.hess += 1;
        self.inner.fisher_forms(x, batch, u, v)
    }

    fn regularization_curvature(&self) -> f64 {
        self.inner.regularization_curvature()
    }
}
