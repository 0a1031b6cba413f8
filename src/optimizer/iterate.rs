//! The point that an optimizer moves, with what is known there.

use crate::real::Real;
use ndarray::{Array1, ArrayRef1};

/// The current point with its value and, for those that use one, its gradient.
#[derive(Debug, Clone, PartialEq)]
pub struct Iterate<F> {
    /// Iterations done.
    pub k: usize,
    /// The point.
    pub x: Array1<F>,
    /// f(x).
    pub value: F,
    /// ∇f(x); NaN where the optimizer uses no gradient.
    pub grad: Array1<F>,
    /// The learning rate or step length that led here; NaN at the start.
    pub alpha: F,
    /// Whether the gradient was clipped on the way here; `None` from an optimizer that clips none.
    pub clipped: Option<bool>,
}

impl<F: Real> Iterate<F> {
    /// A point of which nothing is known yet.
    pub fn new(x: &ArrayRef1<F>) -> Self {
        let unknown = Array1::from_elem(x.len(), F::nan());
        Iterate { k: 0, x: x.to_owned(), value: F::nan(), grad: unknown, alpha: F::nan(), clipped: None }
    }
}
