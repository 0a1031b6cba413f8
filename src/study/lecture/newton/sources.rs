//! Where the claims come from.

/// The slide on Newton's method.
pub(super) const SLIDE: &str = "slide \"Second-Order Optimization\"";
/// The textbook on numerical optimization.
pub(super) const NOCEDAL: &str = "Nocedal & Wright, Numerical Optimization, 2nd ed. 2006";
