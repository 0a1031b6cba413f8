//! Where the claims are shown, and where they come from.

/// The notebook that presents the study.
pub(super) const NOTEBOOK: &str = "11";
/// The slide with the advice of the lecture.
pub(super) const IN_PRACTICE: &str = "slide \"In practice\"";
