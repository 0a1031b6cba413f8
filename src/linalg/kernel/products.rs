//! How the two products are cut into halves, which two threads can compute at once. The cut depends on shapes
//! alone, and no entry is summed in another order for it, so the bits are the same on one thread.

use super::Rows;
use super::part::Strided;
use super::simd::{double, single};
use crate::linalg::companion::both;
use crate::real::Real;
use std::cell::Cell;

/// From so many features on, the scores of few classes are the sums of two halves of the features: each
/// thread then reads half of the columns, forward as backward, and shares little with the other.
const LONG: usize = 256;
/// From so many classes on, each thread has half of the classes instead.
const MANY: usize = 32;
/// Halves begin at a multiple of this many entries: of 64 bytes.
const ALIGNED: usize = 16;

/// The tiles of a float type, and memory for a second half of scores.
pub trait Tiles: Real {
    /// X Wᵀ.
    fn forward(rows: Rows<Self>, weights: Rows<Self>, scores: Strided<Self>);

    /// grad += Eᵀ X.
    fn backward(rows: Rows<Self>, errors: Rows<Self>, grad: Strided<Self>);

    /// Runs `work` with `len` numbers, which are allocated the first time.
    fn with_spare<R>(len: usize, work: impl FnOnce(&mut [Self]) -> R) -> R;
}

macro_rules! tiles {
    ($real:ty, $module:ident) => {
        impl Tiles for $real {
            fn forward(rows: Rows<Self>, weights: Rows<Self>, scores: Strided<Self>) {
                $module::scores(rows, weights, scores);
            }

            fn backward(rows: Rows<Self>, errors: Rows<Self>, grad: Strided<Self>) {
                $module::accumulate(rows, errors, grad);
            }

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
tiles!(f32, single);
tiles!(f64, double);

pub fn scores<F: Tiles>(rows: Rows<F>, weights: &[F], bias: &[F], scores: &mut [F]) {
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
        both(
            size,
            || F::forward(rows, weights.slice(0, middle), left),
            || F::forward(rows, weights.slice(middle, classes), right),
        );
    } else if features >= LONG {
        let middle = (features / 2).next_multiple_of(ALIGNED);
        F::with_spare(count * classes, |right| {
            both(
                size,
                || {
                    F::forward(
                        rows.columns(0..middle),
                        weights.columns(0..middle),
                        whole(scores, count, classes),
                    )
                },
                || {
                    F::forward(
                        rows.columns(middle..features),
                        weights.columns(middle..features),
                        whole(right, count, classes),
                    )
                },
            );
            scores.iter_mut().zip(&*right).for_each(|(left, &right)| *left += right);
        });
    } else {
        F::forward(rows, weights, whole(scores, count, classes));
    }
    scores.chunks_exact_mut(classes).for_each(|row| row.iter_mut().zip(bias).for_each(|(s, &b)| *s += b));
}

pub fn accumulate<F: Tiles>(rows: Rows<F>, errors: &[F], grad: &mut [F], stride: usize) {
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
        both(
            size,
            || F::backward(rows, errors.columns(0..middle), upper),
            || F::backward(rows, errors.columns(middle..classes), lower),
        );
    } else {
        let middle = (features / 2).next_multiple_of(ALIGNED).min(features);
        let (left, right) = grad.split_columns(middle);
        both(
            size,
            || F::backward(rows.columns(0..middle), errors, left),
            || F::backward(rows.columns(middle..features), errors, right),
        );
    }
}

/// A matrix without gaps, to be written.
fn whole<F>(matrix: &mut [F], rows: usize, columns: usize) -> Strided<'_, F> {
    Strided::new(matrix, rows, columns, columns)
}
