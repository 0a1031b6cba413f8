//! How threads share a product.
//!
//! Each product is split into two halves, which the [helper thread](crate::linalg::with_helper_thread) and
//! the calling thread compute at the same time. If there are more than two threads, a wide product is cut
//! into as many parts as threads (see [`sharing`](crate::linalg::sharing)). Each entry of the result belongs
//! to one part, whose thread computes its whole sum.
//!
//! Only the shapes decide which sums are split into two halves, and the order of each sum is the same on one
//! thread, so the result does not depend on the number of threads.

#[cfg(test)]
mod tests;

use super::packing::{self, is_wide};
use super::part::Strided;
use super::rows::Rows;
use super::simd;
use super::spare::Spare;
use crate::linalg::helper_thread::join;
use crate::linalg::sharing::{Divisible, is_for_all_threads, place_of_cut, share};
use std::ops::Range;

/// From this number of features on, the scores of few classes are computed as sums over two halves of the
/// features. Each thread then reads half of the columns, in the forward product as in the backward one, and
/// little memory is shared.
const LONG: usize = 256;
/// From this number of classes on, each thread computes half of the classes instead.
const MANY: usize = 32;
/// Halves begin at a multiple of this number of entries, at least 64 bytes.
const ALIGNED: usize = 16;
/// Parts of a wide product begin at multiples of these numbers, so that few tiles are incomplete: rows of a
/// forward tile, and classes and features of a backward one (see `simd.rs`).
const TILE_ROWS: usize = 4;
const TILE_CLASSES: usize = 10;
const TILE_FEATURES: usize = 2 * ALIGNED;

/// Computes scores = X Wᵀ + b (see [`Kernel::scores`](super::traits::Kernel::scores)).
pub fn scores<F: Spare>(rows: Rows<F>, weights: &[F], bias: &[F], scores: &mut [F]) {
    let (count, features, classes) = (rows.len(), rows.features(), bias.len());
    assert!(
        weights.len() == classes * features && scores.len() == count * classes,
        "the shapes of a product do not fit"
    );
    if scores.is_empty() {
        return;
    }
    let (weights, size) = (Rows::all(weights, features), count * features * classes);
    if features == 0 {
        scores.fill(F::zero());
    } else if classes < MANY && features >= LONG {
        F::with_spare(count * classes, |right| {
            share(size, SumOfHalves { rows, weights, scores: &mut *scores, right });
        });
    } else {
        share(size, Scores { rows, weights, scores: whole(scores, count, classes) });
    }
    scores.chunks_exact_mut(classes).for_each(|row| row.iter_mut().zip(bias).for_each(|(s, &b)| *s += b));
}

/// X Wᵀ for some rows of a batch, or all, as a sum over two halves of the features. It is cut between rows
/// alone, and every part has the same halves.
struct SumOfHalves<'a, F> {
    rows: Rows<'a, F>,
    weights: Rows<'a, F>,
    scores: &'a mut [F],
    /// Memory for the sums over the second half of the features.
    right: &'a mut [F],
}

impl<F: Spare> Divisible for SumOfHalves<'_, F> {
    fn cut(self, parts: usize) -> Result<(Self, Self), Self> {
        let SumOfHalves { rows, weights, scores, right } = self;
        let (count, classes) = (rows.len(), weights.len());
        let Some(middle) = place_of_cut(count, TILE_ROWS, parts) else {
            return Err(SumOfHalves { rows, weights, scores, right });
        };
        let (scores, right) = (scores.split_at_mut(middle * classes), right.split_at_mut(middle * classes));
        Ok((
            SumOfHalves { rows: rows.slice(0, middle), weights, scores: scores.0, right: right.0 },
            SumOfHalves { rows: rows.slice(middle, count), weights, scores: scores.1, right: right.1 },
        ))
    }

    fn on_two_threads(self, size: usize) {
        let SumOfHalves { rows, weights, scores, right } = self;
        let features = rows.features();
        let (middle, of_helper) = (middle_of(features), rows.of_helper());
        let half = |rows: Rows<F>, columns: Range<usize>, sums: &mut [F]| {
            let sums = whole(sums, rows.len(), weights.len());
            simd::scores(rows.columns(columns.clone()), weights.columns(columns), sums);
        };
        join(size, || half(rows, 0..middle, scores), || half(of_helper, middle..features, right));
        scores.iter_mut().zip(&*right).for_each(|(left, &right)| *left += right);
    }

    fn on_this_thread(self) {
        self.on_two_threads(0);
    }
}

/// Returns the column at which the rows of a block are split between two threads, if each of them reads its
/// columns alone in both products with a layer of this number of classes.
pub fn split_of_columns(rows: usize, features: usize, classes: usize) -> Option<usize> {
    let fits = classes < MANY && features >= LONG && !is_for_all_threads(rows * features * classes);
    fits.then(|| middle_of(features))
}

/// Returns the number of features of the first half.
fn middle_of(features: usize) -> usize {
    (features / 2).next_multiple_of(ALIGNED).min(features)
}

/// X Wᵀ for some rows of a batch and some classes, or all.
struct Scores<'a, F> {
    rows: Rows<'a, F>,
    weights: Rows<'a, F>,
    scores: Strided<'a, F>,
}

impl<F: Spare> Scores<'_, F> {
    fn by_rows(self, middle: usize) -> (Self, Self) {
        let Scores { rows, weights, scores } = self;
        let (upper, lower) = scores.split_rows(middle);
        (
            Scores { rows: rows.slice(0, middle), weights, scores: upper },
            Scores { rows: rows.slice(middle, rows.len()), weights, scores: lower },
        )
    }

    fn by_classes(self, middle: usize) -> (Self, Self) {
        let Scores { rows, weights, scores } = self;
        let (left, right) = scores.split_columns(middle);
        (
            Scores { rows, weights: weights.slice(0, middle), scores: left },
            Scores { rows, weights: weights.slice(middle, weights.len()), scores: right },
        )
    }
}

impl<F: Spare> Divisible for Scores<'_, F> {
    /// Cuts rows or classes, whichever are more, so that the parts read little.
    fn cut(self, parts: usize) -> Result<(Self, Self), Self> {
        let (rows, classes) = (self.rows.len(), self.weights.len());
        let by_rows = rows >= classes;
        let (len, step) = if by_rows { (rows, TILE_ROWS) } else { (classes, ALIGNED) };
        match place_of_cut(len, step, parts) {
            None => Err(self),
            Some(middle) if by_rows => Ok(self.by_rows(middle)),
            Some(middle) => Ok(self.by_classes(middle)),
        }
    }

    fn on_two_threads(self, size: usize) {
        let classes = self.weights.len();
        if classes < MANY {
            return self.on_this_thread();
        }
        let (left, mut right) = self.by_classes(classes / 2);
        right.rows = right.rows.of_helper();
        join(size, || left.on_this_thread(), || right.on_this_thread());
    }

    fn on_this_thread(self) {
        let Scores { rows, weights, scores } = self;
        match is_wide(rows.len(), rows.features(), weights.len()) {
            true => packing::scores(rows, weights, scores),
            false => simd::scores(rows, weights, scores),
        }
    }
}

/// Computes grad += Eᵀ X (see
/// [`Kernel::accumulate_strided`](super::traits::Kernel::accumulate_strided)).
pub fn accumulate<F: Spare>(rows: Rows<F>, errors: &[F], grad: &mut [F], stride: usize) {
    if rows.is_empty() || errors.is_empty() || rows.features() == 0 {
        return;
    }
    let (features, classes) = (rows.features(), errors.len() / rows.len());
    assert_eq!(errors.len(), rows.len() * classes);
    let (errors, grad, size) =
        (Rows::all(errors, classes), Strided::new(grad, classes, features, stride), errors.len() * features);
    share(size, Accumulate { rows, errors, grad });
}

/// grad += Eᵀ X for some classes and features, or all. It is not cut between rows, over which it sums.
struct Accumulate<'a, F> {
    rows: Rows<'a, F>,
    errors: Rows<'a, F>,
    grad: Strided<'a, F>,
}

impl<F: Spare> Accumulate<'_, F> {
    fn by_classes(self, middle: usize) -> (Self, Self) {
        let Accumulate { rows, errors, grad } = self;
        let (upper, lower) = grad.split_rows(middle);
        (
            Accumulate { rows, errors: errors.columns(0..middle), grad: upper },
            Accumulate { rows, errors: errors.columns(middle..errors.features()), grad: lower },
        )
    }

    fn by_features(self, middle: usize) -> (Self, Self) {
        let Accumulate { rows, errors, grad } = self;
        let (left, right) = grad.split_columns(middle);
        (
            Accumulate { rows: rows.columns(0..middle), errors, grad: left },
            Accumulate { rows: rows.columns(middle..rows.features()), errors, grad: right },
        )
    }
}

impl<F: Spare> Divisible for Accumulate<'_, F> {
    /// Cuts classes or features, whichever are more, so that the parts read little.
    fn cut(self, parts: usize) -> Result<(Self, Self), Self> {
        let (classes, features) = (self.errors.features(), self.rows.features());
        let by_classes = classes >= features;
        let (len, step) = if by_classes { (classes, TILE_CLASSES) } else { (features, TILE_FEATURES) };
        match place_of_cut(len, step, parts) {
            None => Err(self),
            Some(middle) if by_classes => Ok(self.by_classes(middle)),
            Some(middle) => Ok(self.by_features(middle)),
        }
    }

    fn on_two_threads(self, size: usize) {
        let (classes, features) = (self.errors.features(), self.rows.features());
        let (first, mut second) = if classes >= MANY {
            self.by_classes(classes / 2)
        } else {
            self.by_features(middle_of(features))
        };
        second.rows = second.rows.of_helper();
        join(size, || first.on_this_thread(), || second.on_this_thread());
    }

    fn on_this_thread(self) {
        let Accumulate { rows, errors, grad } = self;
        match is_wide(rows.len(), rows.features(), errors.features()) {
            true => packing::accumulate(rows, errors, grad),
            false => simd::accumulate(rows, errors, grad),
        }
    }
}

/// Returns a matrix without gaps as a block that can be written.
fn whole<F>(matrix: &mut [F], rows: usize, columns: usize) -> Strided<'_, F> {
    Strided::new(matrix, rows, columns, columns)
}
