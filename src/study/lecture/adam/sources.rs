//! Where the claims come from.

/// The slide on Adam without bias correction.
pub(super) const ALMOST: &str = "slide \"Adam (almost)\"";
/// The slide on Adam with bias correction.
pub(super) const SLIDE: &str = "slide \"Adam\"";
