//! Softmax cross-entropy.

use super::{Loss, examples};
use crate::real::Real;

/// Softmax cross-entropy L = −ln(exp s_y / Σⱼ exp sⱼ), with derivative pⱼ − [j = y] (slide "Loss Functions")
/// and Hessian diag(p) − p·pᵀ.
///
/// The largest score is subtracted first, which changes nothing but makes overflow impossible. At equal
/// scores the loss is ln C.
#[derive(Debug, Clone, Copy, Default)]
pub struct Softmax;

impl Softmax {
    /// Replaces each row of scores by its probabilities exp sⱼ / Σₖ exp sₖ.
    ///
    /// ```
    /// use gradus::prelude::*;
    /// let mut cat: [f64; 3] = [3.2, 5.1, -1.7];
    /// Softmax::probabilities(&mut cat, 3);
    /// assert!((cat[0] - 0.13).abs() < 5e-3);
    /// ```
    pub fn probabilities<F: Real>(scores: &mut [F], classes: usize) {
        for row in scores.chunks_exact_mut(classes) {
            let largest = row.iter().fold(F::neg_infinity(), |a, &b| if b > a { b } else { a });
            row.iter_mut().for_each(|s| *s -= largest);
            F::exp_all(row);
            let inverse = row.iter().copied().sum::<F>().recip();
            row.iter_mut().for_each(|p| *p *= inverse);
        }
    }

    /// Replaces each row of scores by exp(s − max s), and gives −Σ (s_y − max s).
    fn exponentials<F: Real>(scores: &mut [F], labels: &[u8]) -> F {
        let mut sum = F::zero();
        for (row, label) in examples(scores, labels) {
            let largest = row.iter().fold(F::neg_infinity(), |a, &b| if b > a { b } else { a });
            row.iter_mut().for_each(|s| *s -= largest);
            sum -= row[label];
        }
        F::exp_all(scores);
        sum
    }
}

impl<F: Real> Loss<F> for Softmax {
    fn name(&self) -> &'static str {
        "softmax"
    }

    fn value(&self, scores: &mut [F], labels: &[u8]) -> F {
        let sum = Softmax::exponentials(scores, labels);
        examples(scores, labels).fold(sum, |sum, (row, _)| sum + row.iter().copied().sum::<F>().ln())
    }

    fn value_errors(&self, scores: &mut [F], labels: &[u8]) -> F {
        let mut sum = Softmax::exponentials(scores, labels);
        for (row, label) in examples(scores, labels) {
            let total: F = row.iter().copied().sum();
            let inverse = total.recip();
            row.iter_mut().for_each(|p| *p *= inverse);
            row[label] -= F::one();
            sum += total.ln();
        }
        sum
    }

    fn hess_vec(&self, scores: &mut [F], labels: &[u8], tangent: &mut [F]) {
        Softmax::exponentials(scores, labels);
        for ((p, _), (t, _)) in examples(scores, labels).zip(examples(tangent, labels)) {
            let inverse = p.iter().copied().sum::<F>().recip();
            let mean = inverse * p.iter().zip(&*t).map(|(&p, &t)| p * t).sum::<F>();
            t.iter_mut().zip(p).for_each(|(t, p)| *t = *p * inverse * (*t - mean));
        }
    }
}
