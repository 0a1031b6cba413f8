//! The trait of a test function, and its description.

use crate::objective::{HessVec, Residuals, TwiceDifferentiable};
use ndarray::Array1;

/// A test function with a name and a description. It has a Hessian, and Hessian-vector products that cost no
/// more than the nonzero entries of the Hessian, so that Hessian-free optimizers can minimize it in any
/// dimension.
///
/// ```
/// use gradus::prelude::*;
/// let mut problem: Box<dyn Problem> = problems::by_name("beale")?;
/// let facts = problem.facts();
/// let (minimizer, value) = &facts.minima[0];
/// assert_eq!((minimizer, *value), (&array![3.0, 0.5], 0.0));
/// assert_eq!(problem.value(minimizer), 0.0);
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub trait Problem: TwiceDifferentiable<f64> + HessVec<f64> + Send {
    /// Returns the description.
    fn facts(&self) -> Facts;

    /// Returns the problem as a sum of squares, if it states its residuals.
    fn as_residuals(&mut self) -> Option<&mut dyn Residuals> {
        None
    }
}

/// The description of a test function.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The name on the command line, with its parameters.
    pub name: String,
    /// The formula.
    pub formula: &'static str,
    /// The author and year, or the slide.
    pub source: &'static str,
    /// The standard start.
    pub start: Array1<f64>,
    /// Known minimizers with their values, global ones first. The list may be incomplete if there are many.
    pub minima: Vec<(Array1<f64>, f64)>,
}

/// Returns the name of a problem of variable dimension, without the dimension if it is the default.
pub(super) fn named(name: &str, dim: usize, default: usize) -> String {
    if dim == default { name.into() } else { format!("{name}:{dim}") }
}
