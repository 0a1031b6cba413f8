//! Norms of gradients.

use crate::linalg;
use crate::real::Real;
use ndarray::ArrayRef1;

/// The norm of a gradient.
///
/// ```
/// use gradus::ndarray::array;
/// use gradus::stop::Norm;
/// let x = array![3.0, -4.0];
/// assert_eq!((Norm::Max.of(&x), Norm::Euclidean.of(&x)), (4.0, 5.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Norm {
    /// ‖g‖∞, the largest absolute entry.
    #[default]
    Max,
    /// ‖g‖₂, the Euclidean norm.
    Euclidean,
}

impl Norm {
    /// Returns the norm of a vector, or NaN if an entry is NaN.
    pub fn of<F: Real>(self, x: &ArrayRef1<F>) -> F {
        match self {
            Norm::Max => linalg::max_norm(x),
            Norm::Euclidean => linalg::norm(x),
        }
    }

    /// Returns the sign of the norm in a formula: ∞ or ₂.
    pub fn sign(self) -> &'static str {
        match self {
            Norm::Max => "∞",
            Norm::Euclidean => "₂",
        }
    }
}
