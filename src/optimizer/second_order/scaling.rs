//! The matrix that a quasi-Newton method starts from.

use crate::real::Real;

/// The approximation of the inverse Hessian that a quasi-Newton method uses before its first correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scaling {
    /// γ·I with γ = sᵀy/yᵀy of the first pair (Nocedal & Wright 2006, equation 6.20). L-BFGS takes γ of the
    /// newest pair in every iteration (equation 7.20). γ lies between the smallest and the largest eigenvalue
    /// of the inverse Hessian. After the first iteration, the iterates do not depend on the scale of f.
    #[default]
    Pair,
    /// 8γ·I, the default of BFGS in both forms. If the inverse Hessian is taken too large along some
    /// direction, the next line search along it notices, and one correction repairs it. If it is taken too
    /// small, steps of length 1 satisfy the Wolfe conditions, and several corrections are needed. On the
    /// problems of the study `mgh`, any factor from 4 to 20 saves evaluations. Methods that renew the matrix
    /// in every iteration treat this setting as `Pair`.
    Ample,
    /// The identity, as in SciPy's BFGS.
    Identity,
}

impl Scaling {
    /// Returns the multiple of the identity, given sᵀy and yᵀy of the first pair. Returns 1 if γ is not
    /// positive and finite.
    pub(super) fn of_first_pair<F: Real>(self, sy: F, yy: F) -> F {
        let gamma = sy / yy;
        match self {
            Scaling::Identity => F::one(),
            _ if !(gamma > F::zero() && gamma.is_finite()) => F::one(),
            Scaling::Pair => gamma,
            Scaling::Ample => F::of(8.0) * gamma,
        }
    }
}
