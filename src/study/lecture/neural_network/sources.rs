//! Where the claims come from.

/// The exercise that the study repeats.
pub(super) const SOURCE: &str = "the course's Assignment 2, two-layer net";
