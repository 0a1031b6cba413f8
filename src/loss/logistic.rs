//! The logistic loss of one binary classifier for each class.

use super::rows::signed;
use super::traits::Loss;
use crate::real::Real;

/// The one-vs-all logistic loss L = Σⱼ ln(1 + exp(−tⱼ sⱼ)), with the targets tⱼ = +1 for the true class and
/// −1 for all others (Berkson 1944). It is the sum over classes of the cross-entropy of a sigmoid σ(sⱼ). Its
/// derivative is σ(sⱼ) − [j = y], and its second derivative σ(sⱼ)(1 − σ(sⱼ)).
///
/// With m = −tⱼ sⱼ, each term is evaluated as max(0, m) + ln(1 + e^−|m|), which neither overflows nor loses
/// digits. At scores of zero the loss is C ln 2. PyTorch calls this loss `binary_cross_entropy_with_logits`;
/// ours is summed over classes.
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
}
