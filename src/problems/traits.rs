//! What a test function states about itself.

use crate::objective::{HessVec, Residuals, TwiceDifferentiable};
use ndarray::Array1;

/// A test function as the command and the tables know it: with its Hessian, and with products of it that cost
/// no more than its entries, so that a Hessian-free optimizer can take it in any dimension.
pub trait Problem: TwiceDifferentiable<f64> + HessVec<f64> + Send {
    /// What is known about it.
    fn facts(&self) -> Facts;

    /// Its residuals, if it is a sum of squares that says so.
    fn as_residuals(&mut self) -> Option<&mut dyn Residuals> {
        None
    }
}

/// What is known about a test function.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Name on the command line, with its parameters.
    pub name: String,
    /// The formula.
    pub formula: &'static str,
    /// Who published it.
    pub source: &'static str,
    /// The standard start.
    pub start: Array1<f64>,
    /// Known minimizers (global ones first) with their values; may be incomplete where there are many.
    pub minima: Vec<(Array1<f64>, f64)>,
}

/// The name of a problem of variable dimension, as short as it can be.
pub(super) fn named(name: &str, dim: usize, default: usize) -> String {
    if dim == default { name.into() } else { format!("{name}:{dim}") }
}
