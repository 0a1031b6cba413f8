//! The test functions of Moré, Garbow & Hillstrom, "Testing Unconstrained Optimization Software", ACM
//! Transactions on Mathematical Software 7 (1981): all 35, as plain sums of squares, each with its standard
//! start.
//!
//! No. 1 is [`Rosenbrock`](super::Rosenbrock) in two dimensions, no. 5 is [`Beale`](super::Beale), and no.
//! 13, Powell's singular function, is the extended one of no. 22 in four.

mod bard;
mod biggs_exp6;
mod box_3d;
mod brown_almost_linear;
mod brown_badly_scaled;
mod brown_dennis;
mod broyden_banded;
mod broyden_tridiagonal;
mod chebyquad;
mod discrete_boundary_value;
mod discrete_integral_equation;
mod extended_powell_singular;
mod extended_rosenbrock;
mod freudenstein_roth;
mod gaussian;
mod gulf;
mod helical_valley;
mod jennrich_sampson;
mod kowalik_osborne;
mod linear_full_rank;
mod linear_rank_1;
mod linear_rank_1_zero;
mod meyer;
mod names;
mod osborne_1;
mod osborne_2;
mod penalty_1;
mod penalty_2;
mod powell_badly_scaled;
mod trigonometric;
mod variably_dimensioned;
mod watson;
mod wood;

pub use bard::Bard;
pub use biggs_exp6::BiggsExp6;
pub use box_3d::Box3d;
pub use brown_almost_linear::BrownAlmostLinear;
pub use brown_badly_scaled::BrownBadlyScaled;
pub use brown_dennis::BrownDennis;
pub use broyden_banded::BroydenBanded;
pub use broyden_tridiagonal::BroydenTridiagonal;
pub use chebyquad::Chebyquad;
pub use discrete_boundary_value::DiscreteBoundaryValue;
pub use discrete_integral_equation::DiscreteIntegralEquation;
pub use extended_powell_singular::ExtendedPowellSingular;
pub use extended_rosenbrock::ExtendedRosenbrock;
pub use freudenstein_roth::FreudensteinRoth;
pub use gaussian::Gaussian;
pub use gulf::Gulf;
pub use helical_valley::HelicalValley;
pub use jennrich_sampson::JennrichSampson;
pub use kowalik_osborne::KowalikOsborne;
pub use linear_full_rank::LinearFullRank;
pub use linear_rank_1::LinearRank1;
pub use linear_rank_1_zero::LinearRank1Zero;
pub use meyer::Meyer;
pub use names::NAMES;
pub use osborne_1::Osborne1;
pub use osborne_2::Osborne2;
pub use penalty_1::Penalty1;
pub use penalty_2::Penalty2;
pub use powell_badly_scaled::PowellBadlyScaled;
pub use trigonometric::Trigonometric;
pub use variably_dimensioned::VariablyDimensioned;
pub use watson::Watson;
pub use wood::Wood;
