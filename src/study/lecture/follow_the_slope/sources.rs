//! Where the claims come from.

/// The slides on numeric and analytic gradients.
pub(super) const SLIDE: &str = "slides \"Numeric Gradient\" and \"Computing Gradients\"";
