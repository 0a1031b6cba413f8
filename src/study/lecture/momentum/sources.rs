//! Where the claims come from.

/// The slide on momentum.
pub(super) const SLIDE: &str = "slide \"SGD + Momentum\"";
