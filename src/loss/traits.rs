//! What a loss computes: its value, its derivative and products with its Hessian.

use crate::real::Real;
use crate::rng::Stream;

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

    /// Returns the loss as one of real-valued targets, of which the one-hot targets of a label are a special
    /// case; `None` (the default) for a loss that needs classes.
    fn of_targets(&self) -> Option<&dyn TargetLoss<F>> {
        None
    }
}

/// A loss of real-valued targets t: the sum over the D outputs of ℓ(sⱼ, tⱼ). An autoencoder is trained with
/// it; its targets are its inputs. Each method is about one example.
///
/// ```
/// use gradus::loss::{Loss, Squared};
/// let squared = Loss::<f64>::of_targets(&Squared).expect("squared error takes any targets");
/// let mut outputs = [1.0, 0.25];
/// // ½·(1 − ½)² + ½·(¼ − ¾)²
/// assert_eq!(squared.target_errors(&mut outputs, &[0.5, 0.75]), 0.25);
/// assert_eq!(outputs, [0.5, -0.5]);
/// ```
pub trait TargetLoss<F: Real = f64>: Send + Sync {
    /// Returns the loss of the outputs of an example, and replaces them by its derivative with respect to
    /// them (the errors).
    fn target_errors(&self, outputs: &mut [F], targets: &[F]) -> F;

    /// Multiplies `tangent` by the Hessian of the loss with respect to the outputs, in place. May overwrite
    /// `outputs`.
    fn target_hess_vec(&self, outputs: &mut [F], targets: &[F], tangent: &mut [F]);

    /// Replaces outputs by the values that they predict: the mean of the targets, if the loss is a negative
    /// logarithm of a probability. By default these are the outputs themselves.
    fn predict(&self, _outputs: &mut [F]) {}
}

/// A loss that is −ln p(y | s) up to a constant, where the scores s determine the distribution of the label
/// or of the targets y. Its Fisher information F with respect to the scores, the covariance of the errors
/// under that distribution, is its Hessian there. K-FAC goes by it.
///
/// `means` are what [`means`](Likelihood::means) makes of scores. The other methods are about one example.
pub trait Likelihood: Loss<f64> {
    /// Replaces each row of scores, of length `classes`, by the means of the distribution: probabilities, or
    /// the predicted targets.
    fn means(&self, scores: &mut [f64], classes: usize);

    /// Writes the errors for a label, or for targets, drawn from the distribution with these means.
    fn draw_errors(&self, means: &[f64], stream: &mut Stream, errors: &mut [f64]);

    /// Writes column `k`, below C, of a square root R of the Fisher information, F = R Rᵀ.
    fn fisher_root(&self, means: &[f64], k: usize, column: &mut [f64]);

    /// Returns uᵀFu, uᵀFv and vᵀFv.
    fn fisher_forms(&self, means: &[f64], u: &[f64], v: &[f64]) -> [f64; 3];
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

            fn of_targets(&self) -> Option<&dyn TargetLoss<F>> {
                (**self).of_targets()
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
