//! Line searches: how far to go along a direction.

mod backtracking;

pub use backtracking::Backtracking;

use crate::real::Real;

/// What a line search found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Search<F> {
    /// A step length that satisfies the condition, with the value there.
    Found {
        /// The step length.
        alpha: F,
        /// f(x + alpha·d).
        value: F,
    },
    /// None of the lengths tried satisfied it.
    Failed {
        /// The last length tried.
        alpha: F,
        /// How many were tried.
        trials: usize,
    },
}

/// φ(alpha) = f(x + alpha·d) seen from x: its value and slope at 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ray<F> {
    /// f(x).
    pub value: F,
    /// ∇f(x)·d, negative for a descent direction.
    pub slope: F,
}

impl<F: Real> Ray<F> {
    /// Whether the value at `alpha` lies low enough under the tangent (Armijo's condition with constant `c`).
    pub fn sufficient_decrease(&self, alpha: F, value: F, c: F) -> bool {
        value <= self.value + c * alpha * self.slope
    }
}
