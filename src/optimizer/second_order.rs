//! Optimizers that use curvature, either from the Hessian or from changes of the gradient.
//!
//! | optimizer | needs | numbers kept | operations per step | where the Hessian is indefinite |
//! |---|---|---|---|---|
//! | [`Newton::pure`] | Hessian | n² | n³/3 | goes to any stationary point, saddles included |
//! | [`Newton::damped`] | Hessian | n² | n³/3 | stops if the step would go uphill |
//! | [`Newton::new`] | Hessian | n² | n³/3 per shift | shifts it, and reports the shift |
//! | [`TrustRegion`] | Hessian | 2n² | a few times n³/3 | leaves saddles along negative curvature |
//! | [`NewtonCg`] | Hessian products | 6n | some products | goes as far as the curvature is positive |
//! | [`GaussNewton`], [`LevenbergMarquardt`] | residuals, Jacobian | 3mn | 2mn² | use JᵀJ instead |
//! | [`Bfgs`], [`CholeskyBfgs`], [`Sr1`] | gradient | n² | a few n² | see there |
//! | [`Lbfgs`] | gradient | 2mn | 4mn | see there |
//! | [`ConjugateGradient`] | gradient | 4n | 4n | see there |
//! | [`Lbfgs`] with [`BlockDiagonal`] | also blocks | also d² per block | also 4d² per block | see there |
//!
//! BFGS in both forms, L-BFGS and conjugate gradients share one loop, [`LineSearchMethod`]. Each of their
//! files contains no more than its formula, a [`SearchDirection`].

mod bfgs;
#[cfg(feature = "lapack")]
mod block_diagonal;
mod cholesky_bfgs;
mod conjugate_gradient;
#[cfg(feature = "lapack")]
mod curvature;
mod damping;
mod descent;
mod first_trial;
#[cfg(feature = "lapack")]
mod gauss_newton;
#[cfg(feature = "lapack")]
mod kfac;
mod lbfgs;
#[cfg(feature = "lapack")]
mod levenberg_marquardt;
mod line_search_method;
#[cfg(feature = "lapack")]
mod linearization;
#[cfg(feature = "lapack")]
mod newton;
mod newton_cg;
mod preconditioner;
mod room;
mod scaling;
mod search_direction;
mod sr1;
mod trial_point;
#[cfg(feature = "lapack")]
mod trust_region;
mod units;

pub use bfgs::{Bfgs, InverseBfgs};
#[cfg(feature = "lapack")]
pub use block_diagonal::BlockDiagonal;
pub use cholesky_bfgs::{CholeskyBfgs, FactoredBfgs};
pub use conjugate_gradient::{Conjugacy, ConjugateDirection, ConjugateGradient};
#[cfg(feature = "lapack")]
pub use curvature::{MOST_FOR_EIGENVALUES, smallest_eigenvalue, spectrum};
pub use first_trial::FirstTrial;
#[cfg(feature = "lapack")]
pub use gauss_newton::GaussNewton;
#[cfg(feature = "lapack")]
pub use kfac::{Kfac, KfacBlocks, KfacStep, Labels};
pub use lbfgs::{Lbfgs, LimitedMemoryBfgs};
#[cfg(feature = "lapack")]
pub use levenberg_marquardt::LevenbergMarquardt;
pub use line_search_method::{LineSearchMethod, QuasiNewton};
#[cfg(feature = "lapack")]
pub use newton::Newton;
pub use newton_cg::NewtonCg;
pub use preconditioner::{Identity, Preconditioner};
pub use scaling::Scaling;
pub use search_direction::{SearchDirection, Step};
pub use sr1::Sr1;
#[cfg(feature = "lapack")]
pub use trust_region::TrustRegion;
