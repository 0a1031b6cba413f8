//! Where the claims come from.

/// The slide on second-order optimization.
pub(super) const SLIDE: &str = "slide \"Second-Order Optimization\"";
/// The slide on L-BFGS.
pub(super) const LBFGS: &str = "slide \"Second-Order Optimization: L-BFGS\"";
/// The textbook on numerical optimization.
pub(super) const NOCEDAL: &str = "Nocedal & Wright, Numerical Optimization, 2nd ed. 2006";
