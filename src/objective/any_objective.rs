//! An objective of which only the running program knows what it offers.

use super::{
    BlockCurvature, CrossFactors, Differentiable, FiniteSum, HessVec, KroneckerBlock, KroneckerFactored,
    KroneckerFactors, Objective, ParamLayout, Residuals, TwiceDifferentiable,
};
use crate::ranks::Ranks;
use crate::rng::Stream;
use ndarray::{Array2, ArrayRef1, ArrayRef2};
use std::ops::Range;
use std::sync::Arc;

/// A function with a gradient that says at run time what else it offers.
///
/// A test function has a Hessian, a risk has batches, a least-squares problem has residuals. Each method
/// returns the function in the role that its name says, or `None` (the default) if it cannot take it.
/// [`AnyObjective`] makes one type of all of them, so that an optimizer chosen by name can be tried on an
/// objective chosen by name.
pub trait DynamicObjective: Differentiable<f64> {
    /// Returns the function as one that multiplies its Hessian by a vector.
    fn as_products(&mut self) -> Option<&mut dyn HessVec> {
        None
    }

    /// Returns the function as one that forms its Hessian.
    fn as_hessian(&mut self) -> Option<&mut dyn TwiceDifferentiable> {
        None
    }

    /// Returns the function as a sum of squares.
    fn as_residuals(&mut self) -> Option<&mut dyn Residuals> {
        None
    }

    /// Returns the function as a mean over terms that can be drawn in batches.
    fn as_sum(&mut self) -> Option<&mut dyn FiniteSum> {
        None
    }

    /// Returns the function as one with cheap diagonal blocks of the Hessian.
    fn as_blocks(&mut self) -> Option<&mut dyn BlockCurvature> {
        None
    }

    /// Returns the function as the risk of a layered model.
    fn as_layers(&mut self) -> Option<&mut dyn KroneckerFactored> {
        None
    }
}

/// What an objective offers besides its value and gradient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// Products of the Hessian with a vector.
    pub products: bool,
    /// The Hessian.
    pub hessian: bool,
    /// Residuals and their Jacobian.
    pub residuals: bool,
    /// Batches of terms.
    pub batches: bool,
    /// Diagonal blocks of the Hessian.
    pub blocks: bool,
    /// The layers of a model under a loss with probabilities.
    pub layers: bool,
    /// The names and shapes of parameters in layers, whatever the loss.
    pub matrices: bool,
}

/// An objective with every trait of this module, whatever the function inside offers.
///
/// Asking for what the function does not offer is a mistake of the program: look at
/// [`capabilities`](AnyObjective::capabilities) first.
///
/// ```
/// use gradus::objective::Residuals;
/// use gradus::objective::AnyObjective;
/// use gradus::prelude::*;
/// let mut meyer = AnyObjective::new(problems::by_name("meyer")?);
/// assert!(meyer.capabilities().residuals && !meyer.capabilities().layers);
/// assert_eq!((meyer.dim(), meyer.residual_count()), (3, 16));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct AnyObjective<T> {
    inner: T,
    capabilities: Capabilities,
    /// What the traits return by shared reference is read once.
    constants: Constants,
}

/// What does not depend on the point.
#[derive(Debug, Clone, Default)]
struct Constants {
    terms: usize,
    ranks: Option<Arc<dyn Ranks>>,
    residuals: (usize, f64),
    blocks: Vec<Vec<Range<usize>>>,
    layers: (Vec<KroneckerBlock>, f64),
}

impl<T: DynamicObjective> AnyObjective<T> {
    /// Wraps a function.
    pub fn new(mut inner: T) -> Self {
        let capabilities = Capabilities {
            products: inner.as_products().is_some(),
            hessian: inner.as_hessian().is_some(),
            residuals: inner.as_residuals().is_some(),
            batches: inner.as_sum().is_some(),
            blocks: inner.as_blocks().is_some(),
            layers: inner.as_layers().is_some(),
            matrices: inner.param_layout().is_some(),
        };
        let constants = Constants {
            terms: inner.as_sum().map_or(1, |sum| sum.terms()),
            ranks: inner.as_sum().and_then(|sum| sum.ranks()),
            residuals: inner.as_residuals().map_or((0, 1.0), |r| (r.residual_count(), r.scale())),
            blocks: inner.as_blocks().map_or(Vec::new(), |blocks| blocks.curvature_blocks()),
            layers: inner.as_layers().map_or((Vec::new(), 0.0), |layers| {
                (layers.kronecker_blocks(), layers.regularization_curvature())
            }),
        };
        AnyObjective { inner, capabilities, constants }
    }
}

impl<T> AnyObjective<T> {
    /// Returns what the function offers.
    pub fn capabilities(&self) -> Capabilities {
        self.capabilities
    }
}

/// Unwraps a role that the caller has checked.
fn offered<R>(role: Option<R>, what: &str) -> R {
    role.unwrap_or_else(|| panic!("this objective has no {what}: look at its capabilities first"))
}

impl<T: DynamicObjective> Objective for AnyObjective<T> {
    fn dim(&self) -> usize {
        self.inner.dim()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.inner.value(x)
    }

    fn param_layout(&self) -> Option<ParamLayout> {
        self.inner.param_layout()
    }
}

impl<T: DynamicObjective> Differentiable for AnyObjective<T> {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        self.inner.value_grad(x, grad)
    }
}

impl<T: DynamicObjective> HessVec for AnyObjective<T> {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        offered(self.inner.as_products(), "products with a Hessian").hess_vec(x, v, product);
    }
}

impl<T: DynamicObjective> TwiceDifferentiable for AnyObjective<T> {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        offered(self.inner.as_hessian(), "Hessian").hessian(x, hessian);
    }
}

impl<T: DynamicObjective> Residuals for AnyObjective<T> {
    fn residual_count(&self) -> usize {
        self.constants.residuals.0
    }

    fn scale(&self) -> f64 {
        self.constants.residuals.1
    }

    fn residuals(&mut self, x: &ArrayRef1<f64>, residuals: &mut ArrayRef1<f64>) {
        offered(self.inner.as_residuals(), "residuals").residuals(x, residuals);
    }

    fn jacobian(&mut self, x: &ArrayRef1<f64>, jacobian: &mut ArrayRef2<f64>) {
        offered(self.inner.as_residuals(), "residuals").jacobian(x, jacobian);
    }
}

impl<T: DynamicObjective> FiniteSum for AnyObjective<T> {
    fn terms(&self) -> usize {
        self.constants.terms
    }

    fn ranks(&self) -> Option<Arc<dyn Ranks>> {
        self.constants.ranks.clone()
    }

    fn batch_value_grad(&mut self, x: &ArrayRef1<f64>, batch: &[u32], grad: &mut ArrayRef1<f64>) -> f64 {
        offered(self.inner.as_sum(), "batches").batch_value_grad(x, batch, grad)
    }

    fn batch_value_grad_before(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        upcoming: &[u32],
        grad: &mut ArrayRef1<f64>,
    ) -> f64 {
        offered(self.inner.as_sum(), "batches").batch_value_grad_before(x, batch, upcoming, grad)
    }
}

impl<T: DynamicObjective> BlockCurvature for AnyObjective<T> {
    fn curvature_blocks(&self) -> Vec<Vec<Range<usize>>> {
        self.constants.blocks.clone()
    }

    fn write_curvature_blocks(&mut self, x: &ArrayRef1<f64>, batch: &[u32], blocks: &mut [Array2<f64>]) {
        offered(self.inner.as_blocks(), "blocks of curvature").write_curvature_blocks(x, batch, blocks);
    }
}

impl<T: DynamicObjective> KroneckerFactored for AnyObjective<T> {
    fn kronecker_blocks(&self) -> Vec<KroneckerBlock> {
        self.constants.layers.0.clone()
    }

    fn write_factors_and_cross(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        stream: Option<&mut Stream>,
        factors: &mut [KroneckerFactors],
        cross: &mut [CrossFactors],
    ) {
        offered(self.inner.as_layers(), "layers").write_factors_and_cross(x, batch, stream, factors, cross);
    }

    fn fisher_forms(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        u: &ArrayRef1<f64>,
        v: &ArrayRef1<f64>,
    ) -> [f64; 3] {
        offered(self.inner.as_layers(), "layers").fisher_forms(x, batch, u, v)
    }

    fn regularization_curvature(&self) -> f64 {
        self.constants.layers.1
    }
}

/// All traits of an objective in `f64` together: what an optimizer whose type is not known may ask for.
///
/// Implemented for everything that has them all, such as [`AnyObjective`] and a
/// [`Counted`](super::Counted) one.
pub trait FullObjective:
    TwiceDifferentiable<f64> + HessVec<f64> + Residuals<f64> + BlockCurvature + KroneckerFactored
{
}

impl<T> FullObjective for T where
    T: TwiceDifferentiable<f64> + HessVec<f64> + Residuals<f64> + BlockCurvature + KroneckerFactored + ?Sized
{
}
