//! What a loss computes: its value, its derivative and products with its Hessian.

use crate::real::Real;

/// A loss of class scores. Its methods work on blocks of B examples: `scores` is a B × C matrix, row by row,
/// and `labels` has B entries, each the index of a class below C.
///
/// ```
/// use gradus::loss::Loss;
/// use gradus::prelude::*;
/// let (mut scores, labels) = ([1.0, 1.0, 0.0, 2.0], [0, 1]);
/// // max(0, 1 − 1 + 1) = 1 for the first example, max(0, 0 − 2 + 1) = 0 for the second.
/// let value: f64 = MulticlassSvm.value_errors(&mut scores, &labels);
/// assert_eq!(value, 1.0);
/// assert_eq!(scores, [-1.0, 1.0, 0.0, 0.0]);
/// ```
pub trait Loss<F: Real = f64>: Send + Sync {
    /// Returns the name on the command line.
    fn name(&self) -> &'static str;

    /// Returns the sum of the losses of the examples. May overwrite `scores`.
    fn value(&self, scores: &mut [F], labels: &[u8]) -> F;

    /// Returns the same sum, and replaces `scores` by the derivative of the sum with respect to them (the
    /// errors).
    fn value_errors(&self, scores: &mut [F], labels: &[u8]) -> F;

    /// Multiplies each row of `tangent` (B × C) by the Hessian of the example's loss with respect to its
    /// scores, in place. May overwrite `scores`. The product is zero for a piecewise linear loss, also at its
    /// kinks.
    fn hess_vec(&self, scores: &mut [F], labels: &[u8], tangent: &mut [F]);
}

/// Implements [`Loss`] for a pointer to a loss.
macro_rules! forward {
    ($pointer:ty) => {
        impl<F: Real, L: Loss<F> + ?Sized> Loss<F> for $pointer {
            fn name(&self) -> &'static str {
                (**self).name()
            }

            fn value(&self, scores: &mut [F], labels: &[u8]) -> F {
                (**self).value(scores, labels)
            }

            fn value_errors(&self, scores: &mut [F], labels: &[u8]) -> F {
                (**self).value_errors(scores, labels)
            }

            fn hess_vec(&self, scores: &mut [F], labels: &[u8], tangent: &mut [F]) {
                (**self).hess_vec(scores, labels, tangent);
            }
        }
    };
}
forward!(Box<L>);
forward!(&L);

/// Returns the loss of one example, given its C scores and its class.
///
/// ```
/// use gradus::loss;
/// use gradus::prelude::*;
/// let cat: [f64; 3] = [3.2, 5.1, -1.7];
/// assert!((loss::of_scores(&MulticlassSvm, &cat, 0) - 2.9).abs() < 1e-12);
/// assert!((loss::of_scores(&Softmax, &cat, 0) - 2.04).abs() < 5e-3);
/// ```
pub fn of_scores<F: Real>(loss: &impl Loss<F>, scores: &[F], label: u8) -> F {
    loss.value(&mut scores.to_vec(), &[label])
}
