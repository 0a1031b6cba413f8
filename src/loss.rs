//! Losses: how bad the scores of an example are, given its class.

mod softmax;
mod svm;

pub use softmax::Softmax;
pub use svm::MulticlassSvm;

use crate::error::{Error, Result};
use crate::real::Real;

/// A loss of class scores. It works on blocks of rows: `scores` is B × C row-major, `labels` has B classes.
pub trait Loss<F: Real = f64>: Send + Sync {
    /// Name on the command line.
    fn name(&self) -> &'static str;

    /// The sum of the losses of the block's examples. `scores` may be overwritten.
    fn value(&self, scores: &mut [F], labels: &[u8]) -> F;

    /// The same sum, with `scores` replaced by its derivative with respect to them.
    fn value_errors(&self, scores: &mut [F], labels: &[u8]) -> F;
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
        }
    };
}
forward!(Box<L>);
forward!(&L);

/// The names of all losses.
pub const NAMES: &[&str] = &["softmax", "svm"];

/// A loss by name.
pub fn by_name<F: Real>(name: &str) -> Result<Box<dyn Loss<F>>> {
    match name {
        "softmax" => Ok(Box::new(Softmax)),
        "svm" => Ok(Box::new(MulticlassSvm)),
        _ => Err(Error::unknown("loss", name, NAMES)),
    }
}

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

/// Rows of scores with their labels, for a loss's loop.
fn examples<'a, F>(scores: &'a mut [F], labels: &'a [u8]) -> impl Iterator<Item = (&'a mut [F], usize)> {
    let classes = scores.len() / labels.len().max(1);
    scores.chunks_exact_mut(classes.max(1)).zip(labels).map(|(row, &label)| (row, usize::from(label)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng;

    /// Each loss's errors against central differences of its value, and both ways of getting the value.
    #[test]
    fn errors_are_the_derivative_of_the_value() {
        for name in NAMES {
            let loss = by_name::<f64>(name).unwrap();
            let scores = rng::normal::<f64>(&mut rng::stream(3, "loss", 0), 40, 2.0).to_vec();
            let labels: Vec<u8> = (0..8).map(|i| i % 5).collect();
            let mut errors = scores.clone();
            let value = loss.value_errors(&mut errors, &labels);
            assert!((value - loss.value(&mut scores.clone(), &labels)).abs() < 1e-12);
            for i in 0..scores.len() {
                let at = |h: f64| {
                    let mut moved = scores.clone();
                    moved[i] += h;
                    loss.value(&mut moved, &labels)
                };
                let difference = (at(1e-6) - at(-1e-6)) / 2e-6;
                assert!((errors[i] - difference).abs() < 1e-7, "{name} {i}: {} instead of {difference}", errors[i]);
            }
        }
    }

    #[test]
    fn the_worked_example_of_the_lecture_before() {
        let scores = [[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]];
        let losses: Vec<f64> = (0..3).map(|i| of_scores(&MulticlassSvm, &scores[i], i as u8)).collect();
        for (loss, expected) in losses.iter().zip([2.9, 0.0, 12.9]) {
            assert!((loss - expected).abs() < 1e-12, "{losses:?}");
        }
    }

    #[test]
    fn huge_scores_do_not_overflow() {
        let value = of_scores(&Softmax, &[1e4f32, -1e4, 0.0], 1);
        assert!((value - 2e4).abs() < 1.0, "{value}");
    }
}
