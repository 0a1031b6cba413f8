//! The objective that optimizers of a comparison see, which counts evaluations.

use super::{PRODUCT, VALUE_ALONE};
use crate::data::Batches;
use crate::loss::{Likelihood, Loss};
use crate::model::{Mlp, Model};
use crate::objective::{
    BatchHessVec, BlockCurvature, CrossFactors, Differentiable, FiniteSum, HessVec, KroneckerBlock,
    KroneckerFactored, KroneckerFactors, Objective, ParamLayout, Residuals, TwiceDifferentiable,
};
use crate::problems::Problem;
use crate::risk::EmpiricalRisk;
use crate::rng::{self, Stream};
use ndarray::{Array2, ArrayRef1, ArrayRef2};
use std::ops::Range;

/// A mean over data, with the derivatives that a comparison needs.
pub(super) trait Sum: FiniteSum<f64> + HessVec<f64> + Send {
    /// Returns the objective with its layers, for K-FAC; `None` unless the loss is a likelihood.
    fn layers(&mut self) -> Option<&mut dyn KroneckerFactored> {
        None
    }

    /// Returns the places of the layers among the parameters.
    fn blocks(&self) -> Vec<KroneckerBlock> {
        Vec::new()
    }

    /// Returns the second derivative of the regularization.
    fn curvature_of_regularization(&self) -> f64 {
        0.0
    }
}

/// A risk with layers, which K-FAC can use.
pub(super) struct Layered<L>(pub EmpiricalRisk<f64, Mlp, L>);

/// Any other risk.
pub(super) struct Plain<M, L>(pub EmpiricalRisk<f64, M, L>);

macro_rules! through {
    ($type:ty, $($letters:tt)*) => {
        impl<$($letters)*> Objective for $type {
            fn dim(&self) -> usize {
                self.0.dim()
            }

            fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
                self.0.value(x)
            }

            fn param_layout(&self) -> Option<ParamLayout> {
                self.0.param_layout()
            }
        }

        impl<$($letters)*> Differentiable for $type {
            fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
                self.0.value_grad(x, grad)
            }
        }

        impl<$($letters)*> HessVec for $type {
            fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
                self.0.hess_vec(x, v, product);
            }
        }

        impl<$($letters)*> FiniteSum for $type {
            fn terms(&self) -> usize {
                self.0.terms()
            }

            fn batch_value_grad(
                &mut self,
                x: &ArrayRef1<f64>,
                batch: &[u32],
                grad: &mut ArrayRef1<f64>,
            ) -> f64 {
                self.0.batch_value_grad(x, batch, grad)
            }

            fn as_batch_products(&mut self) -> Option<&mut dyn BatchHessVec<f64>> {
                self.0.as_batch_products()
            }
        }
    };
}
through!(Layered<L>, L: Loss<f64>);
through!(Plain<M, L>, M: Model<f64>, L: Loss<f64>);

impl<L: Likelihood> Sum for Layered<L> {
    fn layers(&mut self) -> Option<&mut dyn KroneckerFactored> {
        Some(&mut self.0)
    }

    fn blocks(&self) -> Vec<KroneckerBlock> {
        self.0.kronecker_blocks()
    }

    fn curvature_of_regularization(&self) -> f64 {
        self.0.regularization_curvature()
    }
}

impl<M: Model<f64>, L: Loss<f64>> Sum for Plain<M, L> {}

pub(super) enum Body {
    /// A function without noise.
    Function(Box<dyn Problem>),
    /// A function with normal noise in its value and gradient.
    Noisy(Noisy),
    /// A mean over data, of which a gradient is that of one batch, or of all examples.
    Data { risk: Box<dyn Sum>, batches: Option<Batches> },
}

/// A function with normal noise of a deviation in its value and in each coordinate of its gradient.
pub(super) struct Noisy {
    function: Box<dyn Problem>,
    deviation: f64,
    stream: Stream,
    /// The stream before the noise of the last gradient was drawn.
    last: Box<Stream>,
}

impl Noisy {
    pub fn new(function: Box<dyn Problem>, deviation: f64, stream: Stream) -> Self {
        Noisy { function, deviation, last: Box::new(stream.clone()), stream }
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.function.value(x) + rng::normal::<f64>(&mut self.stream, 1, self.deviation)[0]
    }

    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        (*self.last).clone_from(&self.stream);
        let value = self.function.value_grad(x, grad);
        let noise = rng::normal::<f64>(&mut self.stream, x.len(), self.deviation);
        grad.iter_mut().zip(noise).for_each(|(g, noise)| *g += noise);
        value + rng::normal::<f64>(&mut self.stream, 1, self.deviation)[0]
    }
}

/// A problem of a comparison as an optimizer sees it: a function, a function with noise, or a mean over data
/// of which each gradient is that of the next minibatch. It counts evaluations as described at
/// [`RunCurve::evaluations`](super::RunCurve::evaluations).
///
/// Your own optimizer can take part if it is an [`Optimizer`](crate::optimizer::Optimizer) of this type, or
/// of any objective with the traits that it needs.
pub struct SuiteObjective {
    body: Body,
    evaluations: f64,
}

impl SuiteObjective {
    pub(super) fn new(body: Body) -> Self {
        SuiteObjective { body, evaluations: 0.0 }
    }

    /// Returns the cost so far, in gradient evaluations.
    pub fn evaluations(&self) -> f64 {
        self.evaluations
    }

    /// Returns whether this is a sum over data.
    pub(super) fn is_sum(&self) -> bool {
        matches!(self.body, Body::Data { .. })
    }

    /// Returns the value as the judge of the run sees it: without noise, and not counted.
    pub(super) fn judged_value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        match &mut self.body {
            Body::Function(function) | Body::Noisy(Noisy { function, .. }) => function.value(x),
            Body::Data { risk, .. } => risk.value(x),
        }
    }

    /// Writes the gradient at another point, of the examples and with the noise of the last gradient, and
    /// returns the value. It costs as much as that gradient.
    pub(super) fn value_grad_again(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        match &mut self.body {
            Body::Data { risk, batches: Some(batches) } => {
                let batch = batches.last();
                self.evaluations += batch.len() as f64 / risk.terms() as f64;
                return risk.batch_value_grad(x, batch, grad);
            }
            Body::Noisy(noisy) => noisy.stream.clone_from(&noisy.last),
            Body::Function(_) | Body::Data { batches: None, .. } => {}
        }
        self.value_grad(x, grad)
    }

    fn risk(&mut self) -> &mut dyn Sum {
        match &mut self.body {
            Body::Data { risk, .. } => &mut **risk,
            _ => panic!("only a sum over data has batches; the contender should have refused this problem"),
        }
    }

    fn layers(&mut self) -> &mut dyn KroneckerFactored {
        self.risk().layers().expect("only a layered model under a likelihood has Kronecker factors")
    }

    fn share(&mut self, batch: &[u32]) -> f64 {
        batch.len() as f64 / self.risk().terms() as f64
    }
}

impl Objective for SuiteObjective {
    fn dim(&self) -> usize {
        match &self.body {
            Body::Function(function) | Body::Noisy(Noisy { function, .. }) => function.dim(),
            Body::Data { risk, .. } => risk.dim(),
        }
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.evaluations += VALUE_ALONE;
        match &mut self.body {
            Body::Function(function) => function.value(x),
            Body::Noisy(noisy) => noisy.value(x),
            Body::Data { risk, .. } => risk.value(x),
        }
    }

    fn param_layout(&self) -> Option<ParamLayout> {
        match &self.body {
            Body::Function(_) | Body::Noisy(_) => None,
            Body::Data { risk, .. } => risk.param_layout(),
        }
    }
}

impl Differentiable for SuiteObjective {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        match &mut self.body {
            Body::Data { risk, batches: Some(batches) } => {
                let batch = batches.next();
                self.evaluations += batch.len() as f64 / risk.terms() as f64;
                return risk.batch_value_grad(x, batch, grad);
            }
            _ => self.evaluations += 1.0,
        }
        match &mut self.body {
            Body::Function(function) => function.value_grad(x, grad),
            Body::Noisy(noisy) => noisy.value_grad(x, grad),
            Body::Data { risk, .. } => risk.value_grad(x, grad),
        }
    }
}

/// Where gradients are those of batches, the product is with the Hessian of the batch of the last gradient,
/// and costs its share of the data.
impl HessVec for SuiteObjective {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        if let Body::Data { risk, batches: Some(batches) } = &mut self.body {
            let batch = batches.last();
            self.evaluations += PRODUCT * batch.len() as f64 / risk.terms() as f64;
            let products = risk.as_batch_products().expect("every risk has products of batches");
            return products.batch_hess_vec(x, batch, v, product);
        }
        self.evaluations += PRODUCT;
        match &mut self.body {
            Body::Function(function) | Body::Noisy(Noisy { function, .. }) => {
                function.hess_vec(x, v, product);
            }
            Body::Data { risk, .. } => risk.hess_vec(x, v, product),
        }
    }
}

impl TwiceDifferentiable for SuiteObjective {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        self.evaluations += PRODUCT * x.len() as f64;
        match &mut self.body {
            Body::Function(function) | Body::Noisy(Noisy { function, .. }) => function.hessian(x, hessian),
            Body::Data { .. } => panic!(
                "a sum over data has no full Hessian here; the contender should have refused this problem"
            ),
        }
    }
}

impl FiniteSum for SuiteObjective {
    fn terms(&self) -> usize {
        match &self.body {
            Body::Data { risk, .. } => risk.terms(),
            _ => 1,
        }
    }

    fn batch_value_grad(&mut self, x: &ArrayRef1<f64>, batch: &[u32], grad: &mut ArrayRef1<f64>) -> f64 {
        self.evaluations += self.share(batch);
        self.risk().batch_value_grad(x, batch, grad)
    }
}

/// The factors with drawn labels need a forward and a backward pass, as a gradient does. The Fisher forms
/// need two forward passes.
impl KroneckerFactored for SuiteObjective {
    fn kronecker_blocks(&self) -> Vec<KroneckerBlock> {
        match &self.body {
            Body::Data { risk, .. } => risk.blocks(),
            _ => Vec::new(),
        }
    }

    fn write_factors_and_cross(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        stream: Option<&mut Stream>,
        factors: &mut [KroneckerFactors],
        cross: &mut [CrossFactors],
    ) {
        self.evaluations += self.share(batch);
        self.layers().write_factors_and_cross(x, batch, stream, factors, cross);
    }

    fn fisher_forms(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        u: &ArrayRef1<f64>,
        v: &ArrayRef1<f64>,
    ) -> [f64; 3] {
        self.evaluations += 2.0 * VALUE_ALONE * self.share(batch);
        self.layers().fisher_forms(x, batch, u, v)
    }

    fn regularization_curvature(&self) -> f64 {
        match &self.body {
            Body::Data { risk, .. } => risk.curvature_of_regularization(),
            _ => 0.0,
        }
    }
}

/// No contender uses residuals or blocks of curvature yet.
impl Residuals for SuiteObjective {
    fn residual_count(&self) -> usize {
        0
    }

    fn scale(&self) -> f64 {
        1.0
    }

    fn residuals(&mut self, _: &ArrayRef1<f64>, _: &mut ArrayRef1<f64>) {
        panic!("this problem has no residuals; the contender should have refused it")
    }

    fn jacobian(&mut self, _: &ArrayRef1<f64>, _: &mut ArrayRef2<f64>) {
        panic!("this problem has no residuals; the contender should have refused it")
    }
}

impl BlockCurvature for SuiteObjective {
    fn curvature_blocks(&self) -> Vec<Vec<Range<usize>>> {
        Vec::new()
    }

    fn write_curvature_blocks(&mut self, _: &ArrayRef1<f64>, _: &[u32], _: &mut [Array2<f64>]) {
        panic!("this problem has no blocks of curvature; the contender should have refused it")
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BuiltProblem, DataAccess, Settings, Suite, TUNING_SEED};
    use super::*;
    use crate::minimize::LoopState;
    use crate::optimizer::first_order::{Sophia, WithProducts};
    use crate::stop::Termination;
    use ndarray::Array1;
    use std::ops::ControlFlow;

    fn built(name: &str) -> BuiltProblem {
        Suite::standard().problems(&[name]).unwrap().specs[0].build(&Settings::quick()).unwrap()
    }

    #[test]
    fn nets_of_other_layers_have_products_and_matrices_but_no_factors() {
        for name in ["digits/conv", "alice/ngram"] {
            let problem = built(name);
            assert!(problem.smooth() && problem.has_matrices() && !problem.layered(), "{name}");
            let mut objective = problem.objective(DataAccess::Batches, 0).unwrap();
            let x = problem.start(0);
            let (mut grad, mut product) = (x.clone(), x.clone());
            let value = objective.value_grad(&x, &mut grad);
            objective.hess_vec(&x, &grad, &mut product);
            assert!(value > 0.0 && product.iter().any(|p| *p != 0.0), "{name}");
        }
        assert!(built("digits/mlp").layered());
    }

    #[test]
    fn a_product_is_with_the_hessian_of_the_batch_of_the_last_gradient_and_costs_as_much() {
        let problem = built("digits/softmax");
        let x = problem.start(0);
        let v = rng::normal::<f64>(&mut rng::stream(5, "direction", 0), x.len(), 1.0);
        // The gradients of the same batch a little ahead and a little behind.
        let grad = |at: &Array1<f64>| {
            let mut grad = x.clone();
            problem.objective(DataAccess::Batches, 3).unwrap().value_grad(at, &mut grad);
            grad
        };
        let h = 1e-6;
        let expected = (grad(&(&x + h * &v)) - grad(&(&x - h * &v))) / (2.0 * h);

        let mut objective = problem.objective(DataAccess::Batches, 3).unwrap();
        let (mut at, mut product) = (x.clone(), x.clone());
        objective.value_grad(&x, &mut at);
        let batch = objective.evaluations();
        objective.hess_vec(&x, &v, &mut product);
        assert_eq!(objective.evaluations(), 2.0 * batch);
        let off = (&product - &expected).iter().map(|d| d * d).sum::<f64>().sqrt();
        let size = expected.iter().map(|d| d * d).sum::<f64>().sqrt();
        assert!(off < 1e-5 * size, "{off} of {size}");
    }

    #[test]
    fn a_gradient_again_is_of_the_same_batch_and_noise_and_costs_as_much() {
        for name in ["digits/softmax", "noisy-quadratic", "beale"] {
            let problem = built(name);
            let start = problem.start(0);
            let (x, other) = (&start, &start * 1.5);
            let objective = || problem.objective(DataAccess::Batches, 3).unwrap();
            let (mut grad, mut expected, mut next) = (x.clone(), x.clone(), x.clone());
            let [mut one, mut alone] = [objective(), objective()];
            one.value_grad(x, &mut grad);
            let unit = one.evaluations();
            let value = one.value_grad_again(&other, &mut grad);
            assert_eq!((value, one.evaluations()), (alone.value_grad(&other, &mut expected), 2.0 * unit));
            assert_eq!(grad, expected, "{name}");
            // What follows is what would have followed.
            assert_eq!(one.value_grad(x, &mut grad), alone.value_grad(x, &mut next), "{name}");
            assert_eq!(grad, next, "{name}");
        }
    }

    #[test]
    fn sophia_pays_a_gradient_a_step_and_a_product_every_tenth() {
        // On a function each costs 1; on data, in batches of one size, their share.
        for (name, unit) in [("quadratic:100", 1.0), ("digits/softmax", f64::NAN)] {
            let problem = built(name);
            let objective = problem.objective(DataAccess::Batches, 0).unwrap();
            let mut run = LoopState::new(objective, &problem.start(TUNING_SEED)).unwrap();
            let mut sophia = WithProducts::new(Sophia::default(), 1e-3).unwrap();
            run.start(&mut sophia);
            let unit = if unit.is_nan() { run.moment().objective.evaluations() } else { unit };
            let _: Termination = run.run(&mut sophia, |moment| match moment.iterate.k {
                12 => ControlFlow::Break(Termination::OutOfIterations { iterations: 12, bound: 12 }),
                _ => ControlFlow::Continue(()),
            });
            // The gradient of the start, 12 others, and products in the steps 1 and 11.
            let spent = run.moment().objective.evaluations();
            assert!((spent - unit * (1.0 + 12.0 + 2.0)).abs() < 1e-12, "{name}: {spent}");
        }
    }
}
