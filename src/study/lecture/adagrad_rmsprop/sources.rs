//! Where the claims come from.

/// The slide on AdaGrad.
pub(super) const ADAGRAD: &str = "slide \"AdaGrad\"";
/// The slide on RMSProp.
pub(super) const RMSPROP: &str = "slide \"RMSProp: Leaky AdaGrad\"";
