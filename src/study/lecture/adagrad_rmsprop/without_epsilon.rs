//! Both rules without ε, so that their steps do not depend on the scale of the gradient.

use crate::optimizer::first_order::{AdaGrad, RmsProp};

/// Returns AdaGrad with ε = 0.
pub(super) fn adagrad() -> AdaGrad {
    AdaGrad { eps: 0.0, ..AdaGrad::default() }
}

/// Returns RMSProp with ε = 0 that keeps the share `decay` of its history at each step.
pub(super) fn rmsprop(decay: f64) -> RmsProp {
    RmsProp { decay, eps: 0.0, ..RmsProp::default() }
}
