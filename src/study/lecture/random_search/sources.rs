//! Where the claims come from.

/// The slide on random search.
pub(super) const SLIDE: &str = "slide \"Idea #1: Random Search (bad idea!)\"";
