//! The mistake of the course's web demo, which a gradient check finds in two studies.

use crate::model::ParamLayout;
use crate::objective::{Differentiable, Objective};
use ndarray::ArrayRef1;

/// Where the mistake occurs.
pub(super) const DEMO: &str = "the course's web demo (linear classifier)";

/// A gradient of λΣW² with ½λW instead of 2λW.
pub(super) struct HalfLambda<T> {
    pub right: T,
    pub layout: ParamLayout,
    pub lambda: f64,
}

impl<T: Objective> Objective for HalfLambda<T> {
    fn dim(&self) -> usize {
        self.right.dim()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.right.value(x)
    }
}

impl<T: Differentiable> Differentiable for HalfLambda<T> {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let value = self.right.value_grad(x, grad);
        for part in self.layout.parts().iter().filter(|part| part.regularized) {
            part.range.clone().for_each(|i| grad[i] -= (2.0 - 0.5) * self.lambda * x[i]);
        }
        value
    }
}
