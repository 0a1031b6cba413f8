//! What a loss computes: its value, its derivative and products with its Hessian.

use crate::real::Real;

/// A loss of class scores. It works on blocks of rows: `scores` is B × C row-major, `labels` has B classes.
pub trait Loss<F: Real = f64>: Send + Sync {
    /// Name on the command line.
    fn name(&self) -> &'static str;

    /// The sum of the losses of the block's examples. `scores` may be overwritten.
    fn value(&self, scores: &mut [F], labels: &[u8]) -> F;

    /// The same sum, with `scores` replaced by its derivative with respect to them.
    fn value_errors(&self, scores: &mut [F], labels: &[u8]) -> F;

    /// Replaces each row of `tangent` (B × C) by its product with the Hessian of that example's loss with
    /// respect to its scores. `scores` may be overwritten. A piecewise linear loss gives zero, at its kinks
    /// too.
    fn hess_vec(&self, scores: &mut [F], labels: &[u8], tangent: &mut [F]);
}

/// A loss behind a pointer is a loss.
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

/// The loss of one example from its scores, for a look at single numbers.
///
/// ```
/// use gradus::prelude::*;
/// let cat: [f64; 3] = [3.2, 5.1, -1.7];
/// assert!((loss::of_scores(&MulticlassSvm, &cat, 0) - 2.9).abs() < 1e-12);
/// assert!((loss::of_scores(&Softmax, &cat, 0) - 2.04).abs() < 5e-3);
/// ```
pub fn of_scores<F: Real>(loss: &impl Loss<F>, scores: &[F], label: u8) -> F {
    loss.value(&mut scores.to_vec(), &[label])
}
