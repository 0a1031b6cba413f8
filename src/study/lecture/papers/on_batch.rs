//! The risk of one minibatch, as a function to minimize.

use crate::objective::{Differentiable, FiniteSum, Objective};
use ndarray::{Array1, ArrayRef1};

/// The mean loss over one minibatch, which stays the same for all evaluations.
pub(super) struct OnBatch<'a, R> {
    risk: &'a mut R,
    batch: Vec<u32>,
    gradient: Array1<f64>,
    /// The number of evaluations, of values or gradients: both cost a pass over the batch.
    pub evaluations: usize,
}

impl<'a, R: FiniteSum> OnBatch<'a, R> {
    pub fn new(risk: &'a mut R, batch: Vec<u32>) -> Self {
        let gradient = Array1::zeros(risk.dim());
        OnBatch { risk, batch, gradient, evaluations: 0 }
    }
}

impl<R: FiniteSum> Objective for OnBatch<'_, R> {
    fn dim(&self) -> usize {
        self.risk.dim()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.evaluations += 1;
        self.risk.batch_value_grad(x, &self.batch, &mut self.gradient)
    }
}

impl<R: FiniteSum> Differentiable for OnBatch<'_, R> {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        self.evaluations += 1;
        self.risk.batch_value_grad(x, &self.batch, grad)
    }
}
