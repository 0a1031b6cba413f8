//! Register tiles for both products.
//!
//! In the forward product, scores = X Wᵀ, the lanes run over the features. A tile of rows × classes stays in
//! registers, so that each vector that is loaded is used several times.
//!
//! In the backward product, grad += Eᵀ X, a tile of classes × vectors of features stays in registers while
//! the loop runs over the rows, and is stored once. Meanwhile the loop prefetches the same columns of the
//! next minibatch. The outer loop runs over features and the inner one over classes, so that the rows of a
//! tile stay in the first-level cache until all classes are done.
//!
//! What keeps these loops fast:
//! - Tiles fill the registers there are (32 with AVX-512, 16 with AVX2), and no more.
//! - Whole vectors are loaded as such. Loading a part of a vector costs a jump each time, so a constant
//!   parameter (`WHOLE`) distinguishes the two cases at compile time.
//! - Two steps per turn of the loop, since the counter would be a seventh of all instructions otherwise.
//! - The sums over lanes are taken for four vectors at a time (see `sums.rs`).

use super::lanes::Lanes;
use super::level::level;
use super::part::Strided;
use super::prefetch::{LINE, prefetch, prefetch_later};
use super::rows::Rows;
use crate::linalg::helper_thread::ONE_THREAD;
use pulp::{Simd, WithSimd};
use std::array::from_fn;
use std::ops::Range;

/// The largest number of rows that a backward tile goes through before it is stored. Their addresses are
/// looked up once for all tiles.
const CHUNK: usize = 128;
/// The number of rows if there are few classes: the rows of a tile then stay in the first-level cache.
const SHORT_CHUNK: usize = 64;
/// From this number of classes on, there are many.
const MANY: usize = 32;

/// What a backward tile prefetches: nothing, the next rows of floats, or the bytes of the next rows.
const NOTHING: u8 = 0;
const FLOATS: u8 = 1;
const BYTES: u8 = 2;

/// Writes X Wᵀ into `scores`.
pub fn scores<F: Lanes>(rows: Rows<F>, weights: Rows<F>, scores: Strided<F>) {
    assert!(rows.features() == weights.features() && scores.holds(rows.len(), weights.len()));
    level().dispatch(Scores { rows, weights, scores });
}

struct Scores<'a, F> {
    rows: Rows<'a, F>,
    weights: Rows<'a, F>,
    scores: Strided<'a, F>,
}

impl<F: Lanes> WithSimd for Scores<'_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let mut row = 0;
        // With many classes, templates come from further away than rows: each is used for eight of them.
        while S::REGISTER_COUNT >= 32 && self.weights.len() >= MANY && row + 8 <= self.rows.len() {
            self.all_classes::<S, 8>(simd, row);
            row += 8;
        }
        while row + 4 <= self.rows.len() {
            self.all_classes::<S, 4>(simd, row);
            row += 4;
        }
        while row < self.rows.len() {
            self.all_classes::<S, 1>(simd, row);
            row += 1;
        }
    }
}

impl<F: Lanes> Scores<'_, F> {
    /// Computes all classes of R rows, by tiles of five classes where there are enough registers. The rest
    /// goes by tiles of three, with two tiles of two rather than one of three and a single class.
    #[inline(always)]
    fn all_classes<S: Simd, const R: usize>(&mut self, simd: S, row: usize) {
        let (mut class, classes) = (0, self.weights.len());
        if S::REGISTER_COUNT >= 32 && R <= 4 {
            while class + 5 <= classes {
                self.tile::<S, R, 5>(simd, row, class);
                class += 5;
            }
        }
        while class + 3 <= classes && class + 4 != classes {
            self.tile::<S, R, 3>(simd, row, class);
            class += 3;
        }
        while class + 2 <= classes {
            self.tile::<S, R, 2>(simd, row, class);
            class += 2;
        }
        if class < classes {
            self.tile::<S, R, 1>(simd, row, class);
        }
    }

    #[inline(always)]
    fn tile<S: Simd, const R: usize, const C: usize>(&mut self, simd: S, row: usize, class: usize) {
        let rows: [_; R] = from_fn(|r| F::as_simd::<S>(self.rows.row(row + r)));
        let templates: [_; C] = from_fn(|c| F::as_simd::<S>(self.weights.row(class + c)));
        let vectors = rows[0].0.len();
        let pairs = vectors / 2;
        let heads: [&[[F::Vector<S>; 2]]; R] = from_fn(|r| &rows[r].0.as_chunks().0[..pairs]);
        let weights: [&[[F::Vector<S>; 2]]; C] = from_fn(|c| &templates[c].0.as_chunks().0[..pairs]);
        let mut sums = [[F::splat(simd, F::ZERO); C]; R];
        for i in 0..pairs {
            add_products::<F, S, R, C>(simd, |r| heads[r][i][0], from_fn(|c| weights[c][i][0]), &mut sums);
            add_products::<F, S, R, C>(simd, |r| heads[r][i][1], from_fn(|c| weights[c][i][1]), &mut sums);
        }
        if vectors % 2 == 1 {
            let last = vectors - 1;
            add_products::<F, S, R, C>(
                simd,
                |r| rows[r].0[last],
                from_fn(|c| templates[c].0[last]),
                &mut sums,
            );
        }
        if !rows[0].1.is_empty() {
            add_products::<F, S, R, C>(
                simd,
                |r| F::partial_load(simd, rows[r].1),
                from_fn(|c| F::partial_load(simd, templates[c].1)),
                &mut sums,
            );
        }
        // Four rows of a class are summed together, with zeros in place of rows that are missing to four.
        for first in (0..R).step_by(4) {
            let sums: [[F; 4]; C] = from_fn(|c| {
                let of_row = |r: usize| if r < R { sums[r.min(R - 1)][c] } else { F::splat(simd, F::ZERO) };
                F::four_sums(simd, from_fn(|r| of_row(first + r)))
            });
            for r in first..R.min(first + 4) {
                let out = self.scores.part(row + r, class, C);
                out.iter_mut().zip(&sums).for_each(|(out, sums)| *out = sums[r - first]);
            }
        }
    }
}

/// Adds the products of a vector of every row with one of every template.
#[inline(always)]
fn add_products<F: Lanes, S: Simd, const R: usize, const C: usize>(
    simd: S,
    of_row: impl Fn(usize) -> F::Vector<S>,
    templates: [F::Vector<S>; C],
    sums: &mut [[F::Vector<S>; C]; R],
) {
    for (r, sums) in sums.iter_mut().enumerate() {
        let x = of_row(r);
        for (sum, &template) in sums.iter_mut().zip(&templates) {
            *sum = F::mul_add(simd, x, template, *sum);
        }
    }
}

/// Adds Eᵀ X to `grad`.
pub fn accumulate<F: Lanes>(rows: Rows<F>, errors: Rows<F>, grad: Strided<F>) {
    assert!(rows.len() == errors.len() && grad.holds(errors.features(), rows.features()));
    level().dispatch(Accumulate { rows, errors, grad });
}

struct Accumulate<'a, F> {
    rows: Rows<'a, F>,
    errors: Rows<'a, F>,
    grad: Strided<'a, F>,
}

/// What the tiles of a chunk of rows need. It holds pointers because a slice of each row would have to be
/// looked up and checked again for every tile, which took a third of all instructions.
struct Chunk<F> {
    rows: [*const F; CHUNK],
    upcoming: [*const F; CHUNK],
    /// The errors of the first row; those of the next row begin `stride` further on.
    errors: *const F,
    stride: usize,
}

impl<F: Lanes> WithSimd for Accumulate<'_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let nowhere = std::ptr::null();
        let mut chunk =
            Chunk { rows: [nowhere; CHUNK], upcoming: [nowhere; CHUNK], errors: nowhere, stride: 0 };
        let mut from = 0;
        while from < self.rows.len() {
            let len = if self.errors.features() < MANY { SHORT_CHUNK } else { CHUNK };
            let len = len.min(self.rows.len() - from);
            let mut hints = 0;
            for i in 0..len {
                chunk.rows[i] = self.rows.row(from + i).as_ptr();
                let upcoming = self.rows.upcoming(from + i);
                hints += usize::from(upcoming.is_some());
                // Prefetching a row that is about to be read costs nothing.
                chunk.upcoming[i] = upcoming.unwrap_or(chunk.rows[i]);
            }
            (chunk.errors, chunk.stride) = self.errors.block(from, from + len);
            // A web page cannot prefetch, and has no code for it.
            if ONE_THREAD {
                self.all_features::<S, NOTHING>(simd, &chunk, len);
            } else if hints > 0 {
                self.all_features::<S, FLOATS>(simd, &chunk, len);
            } else if self.rows.bytes_ahead(from).is_some() {
                for i in 0..len {
                    let upcoming = self.rows.bytes_ahead(from + i);
                    chunk.upcoming[i] = upcoming.map_or(chunk.rows[i], <*const u8>::cast);
                }
                self.all_features::<S, BYTES>(simd, &chunk, len);
            } else {
                self.all_features::<S, NOTHING>(simd, &chunk, len);
            }
            from += len;
        }
    }
}

impl<F: Lanes> Accumulate<'_, F> {
    /// Goes through all features, two vectors of them at a time.
    #[inline(always)]
    fn all_features<S: Simd, const AHEAD: u8>(&mut self, simd: S, chunk: &Chunk<F>, len: usize) {
        let lanes = size_of::<F::Vector<S>>() / size_of::<F>();
        let (mut from, features) = (0, self.rows.features());
        while from + 2 * lanes <= features {
            self.all_classes::<S, 2, true, AHEAD>(simd, chunk, len, from..from + 2 * lanes);
            from += 2 * lanes;
        }
        if from + lanes <= features {
            self.all_classes::<S, 1, true, AHEAD>(simd, chunk, len, from..from + lanes);
            from += lanes;
        }
        if from < features {
            self.all_classes::<S, 1, false, AHEAD>(simd, chunk, len, from..features);
        }
    }

    /// Goes through all classes at some features: V whole vectors if `WHOLE`, else a part of one.
    #[inline(always)]
    fn all_classes<S: Simd, const V: usize, const WHOLE: bool, const AHEAD: u8>(
        &mut self,
        simd: S,
        chunk: &Chunk<F>,
        len: usize,
        features: Range<usize>,
    ) {
        let (mut class, classes) = (0, self.errors.features());
        if S::REGISTER_COUNT >= 32 {
            while class + 10 <= classes {
                self.tile::<S, 10, V, WHOLE, AHEAD>(simd, chunk, len, class, features.clone());
                class += 10;
            }
        }
        while class + 5 <= classes {
            self.tile::<S, 5, V, WHOLE, AHEAD>(simd, chunk, len, class, features.clone());
            class += 5;
        }
        while class < classes {
            self.tile::<S, 1, V, WHOLE, AHEAD>(simd, chunk, len, class, features.clone());
            class += 1;
        }
    }

    #[inline(always)]
    fn tile<S: Simd, const C: usize, const V: usize, const WHOLE: bool, const AHEAD: u8>(
        &mut self,
        simd: S,
        chunk: &Chunk<F>,
        len: usize,
        class: usize,
        features: Range<usize>,
    ) {
        let from = features.start;
        assert!(features.end <= self.rows.features() && class + C <= self.errors.features() && len <= CHUNK);
        let mut sums: [[F::Vector<S>; V]; C] =
            from_fn(|c| load::<F, S, V, WHOLE>(simd, self.grad.part(class + c, from, features.len())));
        // The entries of the next tile may come from far away.
        if C == 10 && class + 2 * C <= self.errors.features() {
            for next in class + C..class + 2 * C {
                let ahead = self.grad.part(next, from, features.len()).as_ptr();
                prefetch(ahead);
                prefetch(ahead.wrapping_add(64 / size_of::<F>()));
            }
        }
        // SAFETY: the requirements of `add_row` hold. The first `len` pointers of the chunk are to rows of
        // `self.rows`, which have all its features. As many rows of errors lie `stride` apart (see
        // `with_simd`), each with an entry for every class. The ranges are asserted above.
        unsafe {
            for i in 0..len / 2 {
                add_row::<F, S, C, V, WHOLE, AHEAD>(simd, chunk, 2 * i, class, &features, &mut sums);
                add_row::<F, S, C, V, WHOLE, AHEAD>(simd, chunk, 2 * i + 1, class, &features, &mut sums);
            }
            if len % 2 == 1 {
                add_row::<F, S, C, V, WHOLE, AHEAD>(simd, chunk, len - 1, class, &features, &mut sums);
            }
        }
        for (c, sums) in sums.into_iter().enumerate() {
            store::<F, S, V, WHOLE>(simd, self.grad.part(class + c, from, features.len()), sums);
        }
    }
}

/// Adds the outer product of the errors of a row's C classes with V vectors of its features.
///
/// # Safety
/// Pointer `i` of the chunk is to a row that has these features, and the `i`-th row of errors has these
/// classes.
#[inline(always)]
unsafe fn add_row<F: Lanes, S: Simd, const C: usize, const V: usize, const WHOLE: bool, const AHEAD: u8>(
    simd: S,
    chunk: &Chunk<F>,
    i: usize,
    class: usize,
    features: &Range<usize>,
    sums: &mut [[F::Vector<S>; V]; C],
) {
    // SAFETY: guaranteed by the caller.
    let (row, errors) = unsafe {
        let row = std::slice::from_raw_parts(chunk.rows[i].add(features.start), features.len());
        (row, &*chunk.errors.add(i * chunk.stride + class).cast::<[F; C]>())
    };
    let x: [F::Vector<S>; V] = load::<F, S, V, WHOLE>(simd, row);
    // The upcoming rows are prefetched once, together with the first classes.
    if AHEAD == BYTES && class == 0 {
        // The bytes of several tiles share a cache line. Each of them fetches it for some of the rows, so
        // that the processor never waits for too many lines at once.
        let features_at_once = 2 * size_of::<F::Vector<S>>() / size_of::<F>();
        if (i + features.start / features_at_once).is_multiple_of((LINE / features_at_once).max(1)) {
            prefetch_later(chunk.upcoming[i].cast::<u8>().wrapping_add(features.start));
        }
    }
    if AHEAD == FLOATS && class == 0 {
        let ahead = chunk.upcoming[i].wrapping_add(features.start);
        prefetch(ahead);
        if V * size_of::<F::Vector<S>>() > 64 {
            prefetch(ahead.wrapping_add(64 / size_of::<F>()));
        }
    }
    for c in 0..C {
        let error = F::splat(simd, errors[c]);
        for v in 0..V {
            sums[c][v] = F::mul_add(simd, error, x[v], sums[c][v]);
        }
    }
}

/// Loads V whole vectors, or a part of one.
#[inline(always)]
pub(super) fn load<F: Lanes, S: Simd, const V: usize, const WHOLE: bool>(
    simd: S,
    numbers: &[F],
) -> [F::Vector<S>; V] {
    if WHOLE {
        F::as_simd::<S>(numbers).0.try_into().expect("V vectors")
    } else {
        [F::partial_load(simd, numbers); V]
    }
}

/// Stores V whole vectors, or a part of one.
#[inline(always)]
fn store<F: Lanes, S: Simd, const V: usize, const WHOLE: bool>(
    simd: S,
    numbers: &mut [F],
    vectors: [F::Vector<S>; V],
) {
    if WHOLE {
        F::as_mut_simd::<S>(numbers).copy_from_slice(&vectors);
    } else {
        F::partial_store(simd, numbers, vectors[0]);
    }
}
