//! Losses: how bad the scores of an example are, given its class.

mod huber;
mod logistic;
mod one_vs_all_svm;
mod softmax;
mod squared;
mod structured_svm;
mod svm;

pub use huber::Huber;
pub use logistic::Logistic;
pub use one_vs_all_svm::OneVsAllSvm;
pub use softmax::Softmax;
pub use squared::Squared;
pub use structured_svm::StructuredSvm;
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

/// The names of all losses. `huber` also takes its δ, as in `huber:0.5`.
pub const NAMES: &[&str] = &["softmax", "svm", "one-vs-all", "structured", "squared", "logistic", "huber"];

/// A loss by name, as on the command line: one of [`NAMES`], or `huber:DELTA`.
///
/// ```
/// use gradus::prelude::*;
/// let loss = loss::by_name::<f64>("huber:0.5")?;
/// assert_eq!(loss::of_scores(&loss, &[3.0, 0.25], 0), 0.5 * (2.0 - 0.25) + 0.03125);
/// assert!(loss::by_name::<f64>("sotfmax").err().unwrap().to_string().contains("did you mean 'softmax'?"));
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
/// If there is no loss of that name, or δ is no number > 0.
pub fn by_name<F: Real>(name: &str) -> Result<Box<dyn Loss<F>>> {
    if let Some(delta) = name.strip_prefix("huber:") {
        let form = "huber or huber:DELTA with a number DELTA > 0, such as huber:0.5";
        let delta = delta.parse().map_err(|_| Error::Syntax { what: "loss", text: name.into(), form })?;
        return Ok(Box::new(Huber::new(delta)?));
    }
    Ok(match name {
        "softmax" => Box::new(Softmax),
        "svm" => Box::new(MulticlassSvm),
        "one-vs-all" => Box::new(OneVsAllSvm),
        "structured" => Box::new(StructuredSvm),
        "squared" => Box::new(Squared),
        "logistic" => Box::new(Logistic),
        "huber" => Box::new(Huber::default()),
        _ => return Err(Error::unknown("loss", name, NAMES)),
    })
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

/// Every score with its target: +1 for the own class, −1 for the others.
fn signed<'a, F: Real>(scores: &'a mut [F], labels: &'a [u8]) -> impl Iterator<Item = (&'a mut F, F)> {
    let signs = |j: usize, label: usize| if j == label { F::one() } else { -F::one() };
    examples(scores, labels)
        .flat_map(move |(row, label)| row.iter_mut().enumerate().map(move |(j, s)| (s, signs(j, label))))
}

/// Replaces the scores by their differences from the one-hot targets.
fn residuals<F: Real>(scores: &mut [F], labels: &[u8]) {
    examples(scores, labels).for_each(|(row, label)| row[label] -= F::one());
}

/// max(0, m), but NaN for NaN: a diverged run must not look like one without violations.
fn hinge<F: Real>(m: F) -> F {
    if m < F::zero() { F::zero() } else { m }
}

/// The product with the Hessian of a piecewise linear loss.
fn nothing_curved<F: Real>(tangent: &mut [F]) {
    tangent.fill(F::zero());
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
                assert!(
                    (errors[i] - difference).abs() < 1e-7,
                    "{name} {i}: {} instead of {difference}",
                    errors[i]
                );
            }
        }
    }

    /// Each loss's Hessian-vector product against central differences of its errors.
    #[test]
    fn curvature_is_the_derivative_of_the_errors() {
        for name in NAMES.iter().chain(&["huber:0.7"]) {
            let loss = by_name::<f64>(name).unwrap();
            let mut stream = rng::stream(4, "loss", 0);
            let scores = rng::normal::<f64>(&mut stream, 40, 2.0).to_vec();
            let direction = rng::normal::<f64>(&mut stream, 40, 1.0).to_vec();
            let labels: Vec<u8> = (0..8).map(|i| i % 5).collect();
            let errors = |h: f64| {
                let mut moved: Vec<f64> = scores.iter().zip(&direction).map(|(s, d)| s + h * d).collect();
                loss.value_errors(&mut moved, &labels);
                moved
            };
            let mut product = direction.clone();
            loss.hess_vec(&mut scores.clone(), &labels, &mut product);
            for (i, (plus, minus)) in errors(1e-6).iter().zip(errors(-1e-6)).enumerate() {
                let difference = (plus - minus) / 2e-6;
                assert!(
                    (product[i] - difference).abs() < 1e-8,
                    "{name} {i}: {} instead of {difference}",
                    product[i]
                );
            }
        }
    }

    #[test]
    fn losses_at_zero_scores() {
        let at_zero = [("softmax", 5f64.ln()), ("svm", 4.0), ("one-vs-all", 5.0), ("structured", 1.0)];
        for (name, expected) in
            at_zero.into_iter().chain([("squared", 0.5), ("logistic", 5.0 * 2f64.ln()), ("huber", 0.5)])
        {
            let value = of_scores(&by_name::<f64>(name).unwrap(), &[0.0; 5], 2);
            assert!((value - expected).abs() < 1e-14, "{name}: {value}");
        }
    }

    /// A run that diverged must not look like one without violations, under any loss.
    #[test]
    fn a_nan_among_the_scores_is_a_nan_of_the_loss() {
        for name in NAMES {
            let loss = by_name::<f64>(name).unwrap();
            for at in 0..3 {
                let mut scores: [f64; 3] = [1.0, 2.0, 3.0];
                scores[at] = f64::NAN;
                assert!(of_scores(&loss, &scores, 1).is_nan(), "{name}: score {at}");
            }
        }
    }

    #[test]
    fn a_delta_out_of_range_is_refused() {
        let message = |name: &str| by_name::<f64>(name).err().unwrap().to_string();
        assert_eq!(message("huber:0"), "delta = 0 is out of range: delta must be finite and > 0");
        assert!(message("huber:x").contains("huber:DELTA"));
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
        let value = of_scores(&Logistic, &[1e4f64, -1e4, 0.0], 1);
        assert!((value - (2e4 + 2f64.ln())).abs() < 1e-9, "{value}");
    }
}
