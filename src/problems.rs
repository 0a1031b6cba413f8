//! Test functions, each with its formula, source, standard start and known minima.
//!
//! | purpose | problems |
//! |---|---|
//! | the lecture's pictures | [`Plateau`] and [`TwoBasins`] on the line; [`Ravine`], [`Saddle`], [`Himmelblau`], [`SixHumpCamel`] and [`Rastrigin`] in the plane |
//! | a given spectrum | [`Quadratic`] |
//! | nonlinear least squares | the 35 problems of [`more_garbow_hillstrom`] |
//! | large dimensions at low cost | [`Rosenbrock`], [`ChainedWood`], [`ChainedSingular`], and the extended, discretized and banded problems of [`more_garbow_hillstrom`] |
//!
//! A problem that is a sum of squares states its residuals as [`Terms`]; [`SumOfSquares`] derives everything
//! else. To add a problem, write its file and its entry in the table of `problems/registry.rs`; the tests of
//! this module then check its derivatives, products, residuals and minima.

mod beale;
mod chained_singular;
mod chained_wood;
mod dynamic;
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
mod traits;
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
pub use traits::{Facts, Problem};
pub use two_basins::TwoBasins;

#[cfg(test)]
mod tests;
