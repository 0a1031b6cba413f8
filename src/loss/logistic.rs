//! The logistic loss, one binary classifier for each class.

use super::rows::signed;
use super::traits::Loss;
use crate::real::Real;

/// The one-vs-all logistic loss L = Σⱼ ln(1 + exp(−tⱼ sⱼ)) with the targets tⱼ = +1 for the own class and −1
/// for all others: the cross-entropy of a sigmoid σ(sⱼ) for each class, with derivative σ(sⱼ) − [j = y] and
/// second derivative σ(sⱼ)(1 − σ(sⱼ)).
///
/// It is evaluated as max(0, m) + ln(1 + e^−|m|), so that it neither overflows nor loses digits. At scores of
/// zero the loss is C ln 2. (PyTorch's `binary_cross_entropy_with_logits`, summed over classes.)
#[derive(Debug, Clone, Copy, Default)]
pub struct Logistic;

/// ln(1 + eᵐ).
fn softplus<F: Real>(m: F) -> F {
    // Written so that NaN stays NaN.
    (if m < F::zero() { F::zero() } else { m }) + (-m.abs()).exp().ln_1p()
}

/// 1 / (1 + e^−s), by the exponential that cannot overflow.
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
            // σ(s) − 1 = −σ(−s) keeps its digits where σ(s) is near 1.
            *score = -sign * sigmoid(m);
            softplus(m)
        };
        signed(scores, labels).map(one).sum()
    }

    fn hess_vec(&self, scores: &mut [F], _labels: &[u8], tangent: &mut [F]) {
        tangent.iter_mut().zip(scores).for_each(|(t, s)| *t *= sigmoid(*s) * sigmoid(-*s));
    }
}
