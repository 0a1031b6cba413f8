//! Shared parts of the losses: iterators over rows of scores, targets and hinges.

use crate::real::Real;

/// Iterates over the rows of scores, each with its label.
pub(super) fn examples<'a, F>(
    scores: &'a mut [F],
    labels: &'a [u8],
) -> impl Iterator<Item = (&'a mut [F], usize)> {
    let classes = scores.len() / labels.len().max(1);
    scores.chunks_exact_mut(classes.max(1)).zip(labels).map(|(row, &label)| (row, usize::from(label)))
}

/// Iterates over the scores, each with its target: +1 for the true class and −1 for the others.
pub(super) fn signed<'a, F: Real>(
    scores: &'a mut [F],
    labels: &'a [u8],
) -> impl Iterator<Item = (&'a mut F, F)> {
    let signs = |j: usize, label: usize| if j == label { F::one() } else { -F::one() };
    examples(scores, labels)
        .flat_map(move |(row, label)| row.iter_mut().enumerate().map(move |(j, s)| (s, signs(j, label))))
}

/// Replaces the scores by their differences from the one-hot targets: 1 for the true class, 0 for the others.
pub(super) fn residuals<F: Real>(scores: &mut [F], labels: &[u8]) {
    examples(scores, labels).for_each(|(row, label)| row[label] -= F::one());
}

/// Replaces the outputs of an example by their differences from its targets.
pub(super) fn differences<F: Real>(outputs: &mut [F], targets: &[F]) {
    outputs.iter_mut().zip(targets).for_each(|(s, &t)| *s -= t);
}

/// Returns Σ hⱼ aⱼ aⱼ, Σ hⱼ aⱼ bⱼ and Σ hⱼ bⱼ bⱼ.
pub(super) fn weighted_forms(h: impl Iterator<Item = f64>, a: &[f64], b: &[f64]) -> [f64; 3] {
    h.zip(a.iter().zip(b))
        .fold([0.0; 3], |[aa, ab, bb], (h, (a, b))| [aa + h * a * a, ab + h * a * b, bb + h * b * b])
}

/// Returns max(0, m), and NaN for NaN, so that a diverged run does not look like one without violations.
pub(super) fn hinge<F: Real>(m: F) -> F {
    if m < F::zero() { F::zero() } else { m }
}

/// The product with the Hessian of a piecewise linear loss.
pub(super) fn nothing_curved<F: Real>(tangent: &mut [F]) {
    tangent.fill(F::zero());
}
