//! Where the claims come from.

/// The slide on the problems with SGD.
pub(super) const SLIDE: &str = "slide \"Problems with SGD\"";
