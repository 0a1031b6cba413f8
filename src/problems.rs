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
