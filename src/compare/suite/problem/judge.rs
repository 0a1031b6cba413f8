//! The evaluation of iterates, separate from the objective of the optimizer.

use super::data::Material;
use crate::compare::suite::suite_objective::Sum;
use crate::problems::Problem;
use ndarray::Array1;
use std::sync::Arc;

/// Evaluates iterates. Its time and its evaluations do not count.
pub(in crate::compare::suite) enum Judge {
    Function(Box<dyn Problem>),
    Data { risk: Box<dyn Sum>, material: Arc<Material> },
}

impl Judge {
    /// Returns the true loss, and the accuracy on test examples.
    pub fn see(&mut self, x: &Array1<f64>) -> (f64, f64) {
        match self {
            Judge::Function(function) => (function.value(x), f64::NAN),
            Judge::Data { risk, material } => (risk.value(x), material.test_accuracy(x)),
        }
    }
}
