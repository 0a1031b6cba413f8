//! Where the claims come from.

/// The slide on gradient descent.
pub(super) const SLIDE: &str = "slide \"Gradient Descent\"";
/// The source of the limit of the learning rate.
pub(super) const LIMIT: &str = "Nesterov, Introductory Lectures on Convex Optimization 2004, theorem 2.1.14";
/// The source of the rate of convergence.
pub(super) const NESTEROV: &str =
    "Nesterov, Introductory Lectures on Convex Optimization 2004, theorem 2.1.15";
