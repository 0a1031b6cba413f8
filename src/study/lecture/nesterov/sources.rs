//! Where the claims come from.

/// The slide on Nesterov momentum.
pub(super) const SLIDE: &str = "slide \"Nesterov Momentum\"";
