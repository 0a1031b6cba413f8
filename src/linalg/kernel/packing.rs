//! Wide products, block by block, on packed copies of the blocks.
//!
//! The tiles of `simd.rs` read both matrices where they lie. If a layer has many inputs and outputs, the
//! matrix that a tile comes back to has left the cache by then, and its rows begin anywhere, so that every
//! second vector lies across two cache lines. A copy of a block takes a hundredth of the time of its
//! products; it stays in a core's own cache, and its rows begin at cache lines. The order of every sum is
//! the same as without copies, and so are its bits.

use super::part::Strided;
use super::rows::Rows;
use super::simd;
use super::spare::Spare;

/// From this number of classes on a product goes by packed blocks.
pub const WIDE: usize = 64;
/// The least number of features and of rows of such a product.
const LONG: usize = 64;
const TALL: usize = 16;
/// The number of rows of a block.
const ROWS: usize = 128;
/// The number of classes of a block: a multiple of those of all tiles.
const CLASSES: usize = 60;
/// Rows of a copy begin at a multiple of this number of entries, at least 64 bytes.
const ALIGNED: usize = 16;

/// Returns whether a product of this shape is worth copies.
pub fn is_wide(rows: usize, features: usize, classes: usize) -> bool {
    classes >= WIDE && features >= LONG && rows >= TALL
}

/// Writes X Wᵀ, as [`simd::scores`] does.
pub fn scores<F: Spare>(rows: Rows<F>, weights: Rows<F>, scores: Strided<F>) {
    let stride = padded(rows.features());
    with_blocks(ROWS * stride, CLASSES * stride, |of_rows, of_classes| {
        let mut below = scores;
        for from in (0..rows.len()).step_by(ROWS) {
            let block = rows.slice(from, rows.len().min(from + ROWS));
            let (mut right, others) = below.split_rows(block.len());
            below = others;
            let block = packed(block, of_rows);
            for first in (0..weights.len()).step_by(CLASSES) {
                let templates = weights.slice(first, weights.len().min(first + CLASSES));
                let (left, others) = right.split_columns(templates.len());
                right = others;
                // The padding is zero in both, and adds nothing.
                simd::scores(block, packed(templates, of_classes), left);
            }
        }
    });
}

/// Adds Eᵀ X to `grad`, as [`simd::accumulate`] does.
pub fn accumulate<F: Spare>(rows: Rows<F>, errors: Rows<F>, mut grad: Strided<F>) {
    let (features, classes) = (rows.features(), errors.features());
    with_blocks(ROWS * padded(features), ROWS * padded(CLASSES), |of_rows, of_errors| {
        for from in (0..rows.len()).step_by(ROWS) {
            let to = rows.len().min(from + ROWS);
            let block = packed(rows.slice(from, to), of_rows).columns(0..features);
            let mut below = grad.again();
            for first in (0..classes).step_by(CLASSES) {
                let some = first..classes.min(first + CLASSES);
                let (upper, others) = below.split_rows(some.len());
                below = others;
                let errors = packed(errors.slice(from, to).columns(some.clone()), of_errors);
                simd::accumulate(block, errors.columns(0..some.len()), upper);
            }
        }
    });
}

/// Returns the length of a row in a copy.
fn padded(columns: usize) -> usize {
    columns.next_multiple_of(ALIGNED)
}

/// Runs `work` with memory for two copies of these lengths, which are whole cache lines.
fn with_blocks<F: Spare>(first: usize, second: usize, work: impl FnOnce(&mut [F], &mut [F])) {
    F::with_spare(first + second + ALIGNED, |spare| {
        let start = spare.as_ptr().align_offset(64).min(ALIGNED);
        let (one, other) = spare[start..].split_at_mut(first);
        work(one, &mut other[..second]);
    });
}

/// Copies rows to `copy`, each followed by zeros up to the next cache line, and returns them with these.
fn packed<'a, F: Spare>(rows: Rows<F>, copy: &'a mut [F]) -> Rows<'a, F> {
    let (columns, stride) = (rows.features(), padded(rows.features()));
    for (i, out) in copy.chunks_exact_mut(stride).enumerate().take(rows.len()) {
        out[..columns].copy_from_slice(rows.row(i));
        out[columns..].fill(F::zero());
    }
    Rows::all(&copy[..rows.len() * stride], stride)
}
