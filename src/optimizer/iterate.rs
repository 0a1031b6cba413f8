//! The point that an optimizer moves, with its value and gradient.

use crate::real::Real;
use ndarray::{Array1, ArrayRef1};

/// The current point with its value and, for optimizers that use one, its gradient.
///
/// ```
/// use gradus::minimize::minimize_observed;
/// use gradus::prelude::*;
/// let rule = FirstOrder::new(Sgd, 0.5)?;
/// minimize_observed(problems::Quadratic::new(&[1.0]), &array![8.0], rule, Stop::iterations(3), |moment| {
///     let iterate = moment.iterate;
///     assert_eq!(iterate.x[0], 8.0 / f64::powi(2.0, iterate.k as i32));
/// })?;
/// # Ok::<(), gradus::error::Error>(())
/// ```
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
