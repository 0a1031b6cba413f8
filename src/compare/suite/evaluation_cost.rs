//! What evaluations other than gradients cost, in gradient evaluations.

/// The cost of a value without its gradient. In reverse accumulation, and for the losses of scores here, the
/// backward pass costs twice as much as the forward pass.
pub const VALUE_ALONE: f64 = 1.0 / 3.0;

/// The cost of a product with the Hessian: about one more gradient, since it can be computed as a difference
/// of two gradients.
pub const PRODUCT: f64 = 1.0;
