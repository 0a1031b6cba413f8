//! Test functions: each with its formula, source, standard start and known minima.
//!
//! | what for | problems |
//! |---|---|
//! | the lecture's pictures | [`Ravine`], [`Saddle`], [`Plateau`], [`TwoBasins`] on the line, [`Himmelblau`], [`SixHumpCamel`], [`Rastrigin`] in the plane |
//! | any spectrum | [`Quadratic`] |
//! | nonlinear least squares | the 35 of [`more_garbow_hillstrom`] |
//! | any dimension, cheaply | [`Rosenbrock`], [`ChainedWood`], [`ChainedSingular`], and of the 35 the extended, discretized and banded ones |
//!
//! A problem that is a sum of squares states its residuals as [`Terms`], and [`SumOfSquares`] makes the rest
//! of it.

mod beale;
mod chained_singular;
mod chained_wood;
mod himmelblau;
pub mod more_garbow_hillstrom;
mod plateau;
mod quadratic;
mod rastrigin;
mod ravine;
mod registry;
mod rosenbrock;
mod saddle;
mod six_hump_camel;
mod sum_of_squares;
mod two_basins;

pub use beale::Beale;
pub use chained_singular::ChainedSingular;
pub use chained_wood::ChainedWood;
pub use himmelblau::Himmelblau;
pub use plateau::Plateau;
pub use quadratic::Quadratic;
pub use rastrigin::Rastrigin;
pub use ravine::Ravine;
pub use registry::{by_name, examples, forms};
pub use rosenbrock::Rosenbrock;
pub use saddle::Saddle;
pub use six_hump_camel::SixHumpCamel;
pub use sum_of_squares::{SumOfSquares, Terms};
pub use two_basins::TwoBasins;

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
fn named(name: &str, dim: usize, default: usize) -> String {
    if dim == default { name.into() } else { format!("{name}:{dim}") }
}

#[cfg(test)]
mod tests;
