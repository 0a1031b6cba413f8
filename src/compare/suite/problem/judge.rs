//! The evaluation of iterates, apart from what the optimizer sees.

use super::data::Material;
use crate::compare::suite::suite_objective::Sum;
use crate::problems::Problem;
use ndarray::Array1;
use std::sync::Arc;

/// Evaluates iterates off the clock and off the count.
pub(in crate::compare::suite) enum Judge {
    Function(Box<dyn Problem>),
    Data { risk: Box<dyn Sum>, material: Arc<Material> },
}

impl Judge {
    /// The true loss, and the accuracy on test examples.
    pub fn see(&mut self, x: &Array1<f64>) -> (f64, f64) {
        match self {
            Judge::Function(function) => (function.value(x), f64::NAN),
            Judge::Data { risk, material } => (risk.value(x), material.test_accuracy(x)),
        }
    }
}
