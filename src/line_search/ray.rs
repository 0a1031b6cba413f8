//! The function of one variable that a line search works on, and the outcome of a search.

use crate::real::Real;

/// The outcome of a line search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Search<F> {
    /// A step length that satisfies the condition.
    Found {
        /// The step length.
        alpha: F,
        /// The value f(x + alpha·d).
        value: F,
    },
    /// The function fell with every longer step, to the last trial. It has no minimum along the ray, or one
    /// that is too far away for numbers.
    Unbounded {
        /// The last step length that was tried.
        alpha: F,
        /// The value there, the lowest.
        value: F,
    },
    /// No step length that was tried satisfies the condition.
    Failed {
        /// The last step length that was tried.
        alpha: F,
        /// The number of step lengths that were tried.
        trials: usize,
    },
}

/// The function φ(α) = f(x + α·d) at α = 0: where a line search starts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ray<F> {
    /// The value f(x).
    pub value: F,
    /// The slope φ′(0) = ∇f(x)·d, negative for a descent direction.
    pub slope: F,
}

impl<F: Real> Ray<F> {
    /// Returns whether `value`, at `alpha`, satisfies Armijo's condition with the constant `c`:
    /// φ(α) ≤ φ(0) + c·α·φ′(0).
    pub fn sufficient_decrease(&self, alpha: F, value: F, c: F) -> bool {
        value <= self.value + c * alpha * self.slope
    }

    /// Returns the same ray in double precision, in which the searches compute.
    pub(super) fn wide(self) -> Ray<f64> {
        Ray { value: self.value.wide(), slope: self.slope.wide() }
    }
}

/// The value and the slope of φ at one step length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample {
    pub alpha: f64,
    pub value: f64,
    pub slope: f64,
}

impl Sample {
    pub fn is_finite(&self) -> bool {
        self.value.is_finite() && self.slope.is_finite()
    }
}
