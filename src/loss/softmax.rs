//! Softmax cross-entropy.

use super::rows::examples;
use super::traits::{Likelihood, Loss};
use crate::linalg::vectorized;
use crate::real::Real;
use crate::rng::Stream;
use rand::RngExt;

/// The number of examples that are computed together, one in each lane of a vector.
const LANES: usize = 16;
/// The largest number of classes for which examples are computed together.
const FEW: usize = 32;

/// Softmax cross-entropy L = −ln(exp s_y / Σⱼ exp sⱼ), for scores s and the true class y (slide "Loss
/// Functions"). With the probabilities pⱼ = exp sⱼ / Σₖ exp sₖ, its derivative is pⱼ − [j = y] and its
/// Hessian diag(p) − p·pᵀ.
///
/// The largest score is subtracted from all scores first. This does not change the loss, and makes overflow
/// impossible. At equal scores the loss is ln C.
///
/// ```
/// use gradus::loss;
/// use gradus::prelude::*;
/// let at_equal_scores: f64 = loss::of_scores(&Softmax, &[7.0; 10], 3);
/// assert!((at_equal_scores - 10f64.ln()).abs() < 1e-15);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Softmax;

impl Softmax {
    /// Replaces each row of scores, of length `classes`, by its probabilities exp sⱼ / Σₖ exp sₖ.
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

    /// Replaces each row of scores by exp(s − max s), and returns −Σ (s_y − max s) over the rows.
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
        let classes = scores.len() / labels.len().max(1);
        if (1..=FEW).contains(&classes) {
            return scores
                .chunks_mut(LANES * classes)
                .zip(labels.chunks(LANES))
                .map(|(s, y)| side_by_side(s, y))
                .sum();
        }
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

impl Likelihood for Softmax {
    fn means(&self, scores: &mut [f64], classes: usize) {
        Softmax::probabilities(scores, classes);
    }

    fn draw_errors(&self, means: &[f64], stream: &mut Stream, errors: &mut [f64]) {
        errors.copy_from_slice(means);
        errors[drawn(means, stream)] -= 1.0;
    }

    /// The errors of class k are p − e_k, with the probability p_k.
    fn fisher_root(&self, means: &[f64], k: usize, column: &mut [f64]) {
        let root = means[k].sqrt();
        column.iter_mut().zip(means).for_each(|(e, &p)| *e = root * p);
        column[k] -= root;
    }

    /// The Fisher information is the covariance diag(p) − p·pᵀ.
    fn fisher_forms(&self, p: &[f64], a: &[f64], b: &[f64]) -> [f64; 3] {
        let mean = |of: &dyn Fn(usize) -> f64| (0..p.len()).map(|c| p[c] * of(c)).sum::<f64>();
        let (of_a, of_b) = (mean(&|c| a[c]), mean(&|c| b[c]));
        [
            mean(&|c| (a[c] - of_a) * (a[c] - of_a)),
            mean(&|c| (a[c] - of_a) * (b[c] - of_b)),
            mean(&|c| (b[c] - of_b) * (b[c] - of_b)),
        ]
    }
}

/// Draws a class with the given probabilities.
fn drawn(probabilities: &[f64], stream: &mut Stream) -> usize {
    let mut left = stream.random::<f64>();
    let passed = |p: &f64| {
        left -= p;
        left < 0.0
    };
    probabilities.iter().position(passed).unwrap_or(probabilities.len() - 1)
}

/// Returns the sum of the losses of at most [`LANES`] examples, and replaces their scores by their errors.
fn side_by_side<F: Real>(scores: &mut [F], labels: &[u8]) -> F {
    let classes = scores.len() / labels.len();
    // Class by class, so that each vector operation handles all examples.
    let mut by_class = [[F::zero(); LANES]; FEW];
    let by_class = &mut by_class[..classes];
    for (i, row) in scores.chunks_exact(classes).enumerate() {
        row.iter().zip(&mut *by_class).for_each(|(&s, of_class)| of_class[i] = s);
    }
    vectorized(
        #[inline(always)]
        || subtract_largest(by_class),
    );
    let own: F = labels.iter().enumerate().map(|(i, &label)| by_class[usize::from(label)][i]).sum();
    F::exp_all(by_class.as_flattened_mut());
    let totals = vectorized(
        #[inline(always)]
        || divide_by_total(by_class),
    );
    for (i, (row, &label)) in scores.chunks_exact_mut(classes).zip(labels).enumerate() {
        row.iter_mut().zip(&*by_class).for_each(|(e, of_class)| *e = of_class[i]);
        row[usize::from(label)] -= F::one();
    }
    // Each total lies between 1 and C, so that the product of 16 is far from overflow. One logarithm of the
    // product replaces 16 logarithms.
    let product: f64 = totals[..labels.len()].iter().map(|t| t.wide()).product();
    F::of(product.ln()) - own
}

#[inline(always)]
fn subtract_largest<F: Real>(by_class: &mut [[F; LANES]]) {
    let mut largest = [F::neg_infinity(); LANES];
    for of_class in &*by_class {
        for i in 0..LANES {
            largest[i] = if of_class[i] > largest[i] { of_class[i] } else { largest[i] };
        }
    }
    for of_class in by_class {
        for i in 0..LANES {
            of_class[i] -= largest[i];
        }
    }
}

#[inline(always)]
fn divide_by_total<F: Real>(by_class: &mut [[F; LANES]]) -> [F; LANES] {
    let mut totals = [F::zero(); LANES];
    for of_class in &*by_class {
        for i in 0..LANES {
            totals[i] += of_class[i];
        }
    }
    let inverse = totals.map(F::recip);
    for of_class in by_class {
        for i in 0..LANES {
            of_class[i] *= inverse[i];
        }
    }
    totals
}
