//! The logistic loss of one binary classifier for each class.

use super::rows::{signed, weighted_forms};
use super::traits::{Likelihood, Loss, TargetLoss};
use crate::linalg::vectorized;
use crate::real::Real;
use crate::rng::Stream;
use rand::RngExt;

/// The one-vs-all logistic loss L = Σⱼ ln(1 + exp(−tⱼ sⱼ)), with the targets tⱼ = +1 for the true class and
/// −1 for all others (Berkson 1944). It is the sum over classes of the cross-entropy of a sigmoid σ(sⱼ). Its
/// derivative is σ(sⱼ) − [j = y], and its second derivative σ(sⱼ)(1 − σ(sⱼ)).
///
/// With m = −tⱼ sⱼ, each term is evaluated as max(0, m) + ln(1 + e^−|m|), which neither overflows nor loses
/// digits. At scores of zero the loss is C ln 2. PyTorch calls this loss `binary_cross_entropy_with_logits`;
/// ours is summed over classes.
///
/// With real-valued targets t in \[0, 1\] it is the cross-entropy Σⱼ −tⱼ ln σ(sⱼ) − (1 − tⱼ) ln(1 − σ(sⱼ)),
/// evaluated as max(0, s) − t·s + ln(1 + e^−|s|) and summed over outputs. Its derivative is σ(s) − t. Its
/// lowest value is the entropy of the targets, which is 0 only if each is 0 or 1. The prediction is σ(s).
///
/// ```
/// use gradus::loss;
/// use gradus::prelude::*;
/// let at_zero: f64 = loss::of_scores(&Logistic, &[0.0; 3], 1);
/// assert!((at_zero - 3.0 * 2f64.ln()).abs() < 1e-15);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Logistic;

/// Returns ln(1 + eᵐ).
fn softplus<F: Real>(m: F) -> F {
    // This comparison, unlike `max`, keeps NaN.
    (if m < F::zero() { F::zero() } else { m }) + (-m.abs()).exp().ln_1p()
}

/// Returns 1 / (1 + e^−s), computed from e^−|s|, which cannot overflow.
fn sigmoid<F: Real>(s: F) -> F {
    let e = (-s.abs()).exp();
    (if s < F::zero() { e } else { F::one() }) / (F::one() + e)
}

impl<F: Real> Loss<F> for Logistic {
    fn name(&self) -> &'static str {
        "logistic"
    }

    fn value(&self, scores: &mut [F], labels: &[u8]) -> F {
        signed(scores, labels).map(|(score, sign)| softplus(-sign * *score)).sum()
    }

    fn value_errors(&self, scores: &mut [F], labels: &[u8]) -> F {
        let one = |(score, sign): (&mut F, F)| {
            let m = -sign * *score;
            // For the true class, −σ(−s) keeps the digits that σ(s) − 1 loses where σ(s) is near 1.
            *score = -sign * sigmoid(m);
            softplus(m)
        };
        signed(scores, labels).map(one).sum()
    }

    fn hess_vec(&self, scores: &mut [F], _labels: &[u8], tangent: &mut [F]) {
        tangent.iter_mut().zip(scores).for_each(|(t, s)| *t *= sigmoid(*s) * sigmoid(-*s));
    }

    fn of_targets(&self) -> Option<&dyn TargetLoss<F>> {
        Some(self)
    }
}

/// The number of outputs whose exponentials are computed together.
const CHUNK: usize = 256;
/// The number of products and sums that run side by side.
const LANES: usize = 8;

/// Replaces at most [`CHUNK`] outputs s by σ(s) − t, and returns the sum of their losses.
fn errors_of_chunk<F: Real>(outputs: &mut [F], targets: &[F]) -> f64 {
    let mut powers = [F::zero(); CHUNK];
    let powers = &mut powers[..outputs.len()];
    powers.iter_mut().zip(&*outputs).for_each(|(e, s)| *e = -s.abs());
    F::exp_all(powers);
    let (mut sums, mut products) = ([0.0; LANES], [1.0; LANES]);
    vectorized(
        #[inline(always)]
        || {
            let lanes = outputs.chunks_mut(LANES).zip(targets.chunks(LANES)).zip(powers.chunks(LANES));
            for ((outputs, targets), powers) in lanes {
                for (i, ((s, &t), &e)) in outputs.iter_mut().zip(targets).zip(powers).enumerate() {
                    // These comparisons keep NaN.
                    let (high, above) = if *s < F::zero() { (F::zero(), e) } else { (*s, F::one()) };
                    sums[i] += (high - t * *s).wide();
                    products[i] *= 1.0 + e.wide();
                    *s = above / (F::one() + e) - t;
                }
            }
        },
    );
    // Each factor lies between 1 and 2, so that the product of 256 is no more than 2²⁵⁶, which is far from
    // overflow. One logarithm of the product replaces 256 logarithms.
    sums.iter().sum::<f64>() + products.iter().product::<f64>().ln()
}

/// Calls `one` with each output s and e^−|s|.
fn with_powers<F: Real>(outputs: &mut [F], mut one: impl FnMut(usize, &mut F, F)) {
    let mut powers = [F::zero(); CHUNK];
    for (number, outputs) in outputs.chunks_mut(CHUNK).enumerate() {
        let powers = &mut powers[..outputs.len()];
        powers.iter_mut().zip(&*outputs).for_each(|(e, s)| *e = -s.abs());
        F::exp_all(powers);
        outputs.iter_mut().zip(&*powers).enumerate().for_each(|(i, (s, &e))| one(number * CHUNK + i, s, e));
    }
}

impl<F: Real> TargetLoss<F> for Logistic {
    fn target_errors(&self, outputs: &mut [F], targets: &[F]) -> F {
        let chunks = outputs.chunks_mut(CHUNK).zip(targets.chunks(CHUNK));
        F::of(chunks.map(|(outputs, targets)| errors_of_chunk(outputs, targets)).sum())
    }

    fn target_hess_vec(&self, outputs: &mut [F], _targets: &[F], tangent: &mut [F]) {
        // σ(s)·σ(−s) = e/(1 + e)² for either sign of s.
        with_powers(outputs, |i, _, e| tangent[i] *= e / ((F::one() + e) * (F::one() + e)));
    }

    fn predict(&self, outputs: &mut [F]) {
        with_powers(outputs, |_, s, e| *s = (if *s < F::zero() { e } else { F::one() }) / (F::one() + e));
    }
}

impl Likelihood for Logistic {
    fn means(&self, scores: &mut [f64], _classes: usize) {
        self.predict(scores);
    }

    fn draw_errors(&self, means: &[f64], stream: &mut Stream, errors: &mut [f64]) {
        let drawn = |p: f64, stream: &mut Stream| f64::from(u8::from(stream.random::<f64>() < p));
        errors.iter_mut().zip(means).for_each(|(e, &p)| *e = p - drawn(p, stream));
    }

    fn fisher_root(&self, means: &[f64], k: usize, column: &mut [f64]) {
        column.fill(0.0);
        column[k] = (means[k] * (1.0 - means[k])).sqrt();
    }

    fn fisher_forms(&self, means: &[f64], u: &[f64], v: &[f64]) -> [f64; 3] {
        weighted_forms(means.iter().map(|p| p * (1.0 - p)), u, v)
    }
}
