//! Where the claims come from.

/// The slide with the advice of the lecture.
pub(super) const SLIDE: &str = "slide \"In practice\"";
