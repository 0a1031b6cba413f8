//! Optimizers that use curvature: that of the Hessian, on LAPACK, or what changes of the gradient tell of it.

mod along;
mod bfgs;
mod cholesky_bfgs;
mod conjugate_gradient;
mod lbfgs;
#[cfg(feature = "lapack")]
mod newton;
mod sr1;

pub use along::FirstTrial;
pub use bfgs::Bfgs;
pub use cholesky_bfgs::CholeskyBfgs;
pub use conjugate_gradient::{Conjugacy, ConjugateGradient};
pub use lbfgs::Lbfgs;
#[cfg(feature = "lapack")]
pub use newton::Newton;
pub use sr1::Sr1;

/// What a quasi-Newton method takes for the inverse Hessian before its first correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scaling {
    /// γ·I with γ = sᵀy/yᵀy of the first pair (Nocedal & Wright 2006, equation 6.20), and in L-BFGS of the newest pair in
    /// every iteration (equation 7.20): an eigenvalue of the inverse Hessian between its smallest and largest. Makes the
    /// iterates after the first independent of how f is scaled.
    #[default]
    Pair,
    /// The identity, as SciPy's BFGS has it.
    Identity,
}
