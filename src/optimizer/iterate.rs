//! The point that an optimizer moves, with its value and gradient.

use crate::real::Real;
use ndarray::{Array1, ArrayRef1};

/// The current point with its value and, for optimizers that use one, its gradient.
#[derive(Debug, Clone, PartialEq)]
pub struct Iterate<F> {
    /// The number of iterations done.
    pub k: usize,
    /// The point.
    pub x: Array1<F>,
    /// f(x).
    pub value: F,
    /// ∇f(x); NaN where the optimizer uses no gradient.
    pub grad: Array1<F>,
    /// The learning rate or step length of the last step; NaN at the start.
    pub alpha: F,
    /// Whether the gradient was clipped in the last step; `None` for an optimizer that clips no gradient.
    pub clipped: Option<bool>,
}

impl<F: Real> Iterate<F> {
    /// Makes an iterate at `x`, not evaluated yet: value and gradient are NaN.
    pub fn new(x: &ArrayRef1<F>) -> Self {
        let unknown = Array1::from_elem(x.len(), F::nan());
        Iterate { k: 0, x: x.to_owned(), value: F::nan(), grad: unknown, alpha: F::nan(), clipped: None }
    }
}
