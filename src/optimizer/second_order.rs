//! Optimizers that use curvature: that of the Hessian, on LAPACK, or what changes of the gradient tell of it.
//!
//! | optimizer | asks for | numbers kept | operations a step | where the Hessian is not positive definite |
//! |---|---|---|---|---|
//! | [`Newton::pure`] | Hessian | n² | n³/3 | goes to whatever is stationary, saddles included |
//! | [`Newton::damped`] | Hessian | n² | n³/3 | ends with a sentence where the step goes uphill |
//! | [`Newton::new`] | Hessian | n² | n³/3 for each shift | shifts it, and reports the shift |
//! | [`TrustRegion`] | Hessian | 2n² | n³/3, a few times | leaves saddles along the negative curvature |
//! | [`NewtonCg`] | products with the Hessian | 6n | some products | goes as far as the curvature is positive |
//! | [`GaussNewton`], [`LevenbergMarquardt`] | residuals, Jacobian | 3mn | 2mn² | never: they use JᵀJ |
//! | [`Bfgs`], [`CholeskyBfgs`], [`Sr1`] | gradient | n² | a few n² | see there |
//! | [`Lbfgs`], [`ConjugateGradient`] | gradient | 2mn, 4n | 4mn, 4n | see there |
//! | [`Lbfgs`] with [`BlockDiagonal`] | gradient, sampled blocks | and d² a block | and 4d² a block | see there |

mod along;
mod bfgs;
#[cfg(feature = "lapack")]
mod block_diagonal;
mod cholesky_bfgs;
mod conjugate_gradient;
#[cfg(feature = "lapack")]
mod curvature;
mod damping;
#[cfg(feature = "lapack")]
mod gauss_newton;
#[cfg(feature = "lapack")]
mod kfac;
mod lbfgs;
#[cfg(feature = "lapack")]
mod levenberg_marquardt;
#[cfg(feature = "lapack")]
mod linearization;
#[cfg(feature = "lapack")]
mod newton;
mod newton_cg;
mod preconditioner;
mod sr1;
#[cfg(feature = "lapack")]
mod trust_region;

pub use along::FirstTrial;
pub use bfgs::Bfgs;
#[cfg(feature = "lapack")]
pub use block_diagonal::BlockDiagonal;
pub use cholesky_bfgs::CholeskyBfgs;
pub use conjugate_gradient::{Conjugacy, ConjugateGradient};
#[cfg(feature = "lapack")]
pub use curvature::{MOST_FOR_EIGENVALUES, smallest_eigenvalue};
#[cfg(feature = "lapack")]
pub use gauss_newton::GaussNewton;
#[cfg(feature = "lapack")]
pub use kfac::{Kfac, KfacStep, Labels};
pub use lbfgs::Lbfgs;
#[cfg(feature = "lapack")]
pub use levenberg_marquardt::LevenbergMarquardt;
#[cfg(feature = "lapack")]
pub use newton::Newton;
pub use newton_cg::NewtonCg;
pub use preconditioner::{Identity, Preconditioner};
pub use sr1::Sr1;
#[cfg(feature = "lapack")]
pub use trust_region::TrustRegion;

use crate::real::Real;

/// What a quasi-Newton method takes for the inverse Hessian before its first correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scaling {
    /// γ·I with γ = sᵀy/yᵀy of the first pair (Nocedal & Wright 2006, equation 6.20), and in L-BFGS of the
    /// newest pair in every iteration (equation 7.20): an eigenvalue of the inverse Hessian between its
    /// smallest and largest. Makes the iterates after the first independent of how f is scaled.
    #[default]
    Pair,
    /// 8γ·I: the default of BFGS in both forms. Where the inverse Hessian is taken too large, the next line
    /// search along that direction sees it and one correction mends it; where too small, steps of length 1
    /// pass the Wolfe conditions and several corrections are needed. Over the problems of the study `mgh` any
    /// factor from 4 to 20 saves evaluations. In methods that renew the matrix in every iteration the same as
    /// `Pair`.
    Ample,
    /// The identity, as SciPy's BFGS has it.
    Identity,
}

impl Scaling {
    /// The multiple of the identity, given sᵀy and yᵀy of the first pair.
    fn of_first_pair<F: Real>(self, sy: F, yy: F) -> F {
        let gamma = sy / yy;
        match self {
            Scaling::Identity => F::one(),
            _ if !(gamma > F::zero() && gamma.is_finite()) => F::one(),
            Scaling::Pair => gamma,
            Scaling::Ample => F::of(8.0) * gamma,
        }
    }
}
