//! How two threads share a product.
//!
//! Each product is split into two halves, which the [helper thread](crate::linalg::with_helper_thread) and
//! the calling thread compute at the same time. Only the shapes decide where a product is split, and the
//! order of each sum is the same on one thread, so the result does not depend on the number of threads.

use super::lanes::Lanes;
use super::part::Strided;
use super::rows::Rows;
use super::simd;
use crate::linalg::helper_thread::join;
use crate::real::Real;
use std::cell::Cell;

/// From this number of features on, the scores of few classes are computed as sums over two halves of the
/// features. Each thread then reads half of the columns, in the forward product as in the backward one, and
/// little memory is shared.
const LONG: usize = 256;
/// From this number of classes on, each thread computes half of the classes instead.
const MANY: usize = 32;
/// Halves begin at a multiple of this number of entries, at least 64 bytes.
const ALIGNED: usize = 16;

/// A float type with tiles, and with memory for a second half of scores.
pub trait Spare: Real + Lanes {
    /// Runs `work` with `len` numbers of any value. Their memory belongs to the thread, and is allocated the
    /// first time.
    fn with_spare<R>(len: usize, work: impl FnOnce(&mut [Self]) -> R) -> R;
}

macro_rules! spare {
    ($real:ty) => {
        impl Spare for $real {
            fn with_spare<R>(len: usize, work: impl FnOnce(&mut [Self]) -> R) -> R {
                thread_local! {
                    static SPARE: Cell<Vec<$real>> = const { Cell::new(Vec::new()) };
                }
                let mut spare = SPARE.take();
                if spare.len() < len {
                    spare.resize(len, 0.0);
                }
                let outcome = work(&mut spare[..len]);
                SPARE.set(spare);
                outcome
            }
        }
    };
}
spare!(f32);
spare!(f64);

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
    } else if classes >= MANY {
        let middle = classes / 2;
        let (left, right) = whole(scores, count, classes).split_columns(middle);
        join(
            size,
            || simd::scores(rows, weights.slice(0, middle), left),
            || simd::scores(rows, weights.slice(middle, classes), right),
        );
    } else if features >= LONG {
        let middle = (features / 2).next_multiple_of(ALIGNED);
        F::with_spare(count * classes, |right| {
            join(
                size,
                || {
                    simd::scores(
                        rows.columns(0..middle),
                        weights.columns(0..middle),
                        whole(scores, count, classes),
                    )
                },
                || {
                    simd::scores(
                        rows.columns(middle..features),
                        weights.columns(middle..features),
                        whole(right, count, classes),
                    )
                },
            );
            scores.iter_mut().zip(&*right).for_each(|(left, &right)| *left += right);
        });
    } else {
        simd::scores(rows, weights, whole(scores, count, classes));
    }
    scores.chunks_exact_mut(classes).for_each(|row| row.iter_mut().zip(bias).for_each(|(s, &b)| *s += b));
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
    if classes >= MANY {
        let middle = classes / 2;
        let (upper, lower) = grad.split_rows(middle);
        join(
            size,
            || simd::accumulate(rows, errors.columns(0..middle), upper),
            || simd::accumulate(rows, errors.columns(middle..classes), lower),
        );
    } else {
        let middle = (features / 2).next_multiple_of(ALIGNED).min(features);
        let (left, right) = grad.split_columns(middle);
        join(
            size,
            || simd::accumulate(rows.columns(0..middle), errors, left),
            || simd::accumulate(rows.columns(middle..features), errors, right),
        );
    }
}

/// Returns a matrix without gaps as a block that can be written.
fn whole<F>(matrix: &mut [F], rows: usize, columns: usize) -> Strided<'_, F> {
    Strided::new(matrix, rows, columns, columns)
}
