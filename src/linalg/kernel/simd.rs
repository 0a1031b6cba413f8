//! Register tiles for both products, once for each float type.
//!
//! Forward, lanes run over the features; a tile of rows × classes is kept in registers, so each loaded vector
//! is used several times. Backward, a tile of classes × feature vectors is kept in registers while the loop
//! runs over the rows, and is stored once; meanwhile the same columns of the upcoming rows are fetched. Tiles
//! are chosen to fill the registers there are (32 with AVX-512, 16 with AVX2) and no more.

/// Rows that the backward tiles go through before they are stored: their places are looked up once for all
/// tiles.
const CHUNK: usize = 64;

macro_rules! kernels {
    ($module:ident, $real:ty, $vector:ident, $as_simd:ident, $as_mut_simd:ident, $splat:ident, $mul_add:ident, $four_sums:ident, $load:ident, $store:ident) => {
        pub mod $module {
            use super::CHUNK;
            use crate::linalg::kernel::Rows;
            use crate::linalg::kernel::level::level;
            use crate::linalg::kernel::part::Strided;
            use crate::linalg::kernel::prefetch::prefetch;
            use crate::linalg::kernel::sums::$four_sums;
            use pulp::{Simd, WithSimd};
            use std::ops::Range;

            /// Writes X Wᵀ into `scores`.
            pub fn scores(rows: Rows<$real>, weights: Rows<$real>, scores: Strided<$real>) {
                assert!(rows.features() == weights.features() && scores.holds(rows.len(), weights.len()));
                level().dispatch(Scores { rows, weights, scores });
            }

            struct Scores<'a> {
                rows: Rows<'a, $real>,
                weights: Rows<'a, $real>,
                scores: Strided<'a, $real>,
            }

            impl WithSimd for Scores<'_> {
                type Output = ();

                #[inline(always)]
                fn with_simd<S: Simd>(mut self, simd: S) {
                    let mut row = 0;
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

            impl Scores<'_> {
                /// All classes of R rows, by tiles of five classes where there are the registers for them;
                /// else of three, with twos rather than a single one in the end.
                #[inline(always)]
                fn all_classes<S: Simd, const R: usize>(&mut self, simd: S, row: usize) {
                    let (mut class, classes) = (0, self.weights.len());
                    if S::REGISTER_COUNT >= 32 {
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
                fn tile<S: Simd, const R: usize, const C: usize>(
                    &mut self,
                    simd: S,
                    row: usize,
                    class: usize,
                ) {
                    let rows: [_; R] = std::array::from_fn(|r| S::$as_simd(self.rows.row(row + r)));
                    let templates: [_; C] = std::array::from_fn(|c| S::$as_simd(self.weights.row(class + c)));
                    let vectors = rows[0].0.len();
                    // Two steps a turn: what counts the turns would be a seventh of the instructions
                    // otherwise.
                    let pairs = vectors / 2;
                    let heads: [&[[S::$vector; 2]]; R] =
                        std::array::from_fn(|r| &rows[r].0.as_chunks().0[..pairs]);
                    let weights: [&[[S::$vector; 2]]; C] =
                        std::array::from_fn(|c| &templates[c].0.as_chunks().0[..pairs]);
                    let mut sums = [[simd.$splat(0.0); C]; R];
                    for i in 0..pairs {
                        add_products(
                            simd,
                            |r| heads[r][i][0],
                            std::array::from_fn(|c| weights[c][i][0]),
                            &mut sums,
                        );
                        add_products(
                            simd,
                            |r| heads[r][i][1],
                            std::array::from_fn(|c| weights[c][i][1]),
                            &mut sums,
                        );
                    }
                    if vectors % 2 == 1 {
                        let last = vectors - 1;
                        add_products(
                            simd,
                            |r| rows[r].0[last],
                            std::array::from_fn(|c| templates[c].0[last]),
                            &mut sums,
                        );
                    }
                    if !rows[0].1.is_empty() {
                        add_products(
                            simd,
                            |r| simd.$load(rows[r].1),
                            std::array::from_fn(|c| simd.$load(templates[c].1)),
                            &mut sums,
                        );
                    }
                    // The rows of a class are summed together; those that are missing to four, as zeros.
                    let sums: [[$real; 4]; C] = std::array::from_fn(|c| {
                        $four_sums(
                            simd,
                            std::array::from_fn(
                                |r| if r < R { sums[r.min(R - 1)][c] } else { simd.$splat(0.0) },
                            ),
                        )
                    });
                    for r in 0..R {
                        let out = self.scores.part(row + r, class, C);
                        (0..C).for_each(|c| out[c] = sums[c][r]);
                    }
                }
            }

            /// Adds the products of a vector of every row with one of every template.
            #[inline(always)]
            fn add_products<S: Simd, const R: usize, const C: usize>(
                simd: S,
                of_row: impl Fn(usize) -> S::$vector,
                templates: [S::$vector; C],
                sums: &mut [[S::$vector; C]; R],
            ) {
                for r in 0..R {
                    let x = of_row(r);
                    for c in 0..C {
                        sums[r][c] = simd.$mul_add(x, templates[c], sums[r][c]);
                    }
                }
            }

            /// Adds Eᵀ X to `grad`.
            pub fn accumulate(rows: Rows<$real>, errors: Rows<$real>, grad: Strided<$real>) {
                assert!(rows.len() == errors.len() && grad.holds(errors.features(), rows.features()));
                level().dispatch(Accumulate { rows, errors, grad });
            }

            struct Accumulate<'a> {
                rows: Rows<'a, $real>,
                errors: Rows<'a, $real>,
                grad: Strided<'a, $real>,
            }

            /// What the tiles of a chunk of rows need. Pointers, since a slice of each row would have to be
            /// looked up and checked again for every tile, which took a third of all instructions.
            struct Chunk {
                rows: [*const $real; CHUNK],
                upcoming: [*const $real; CHUNK],
                /// The errors of the first row; those of the next lie `stride` further on.
                errors: *const $real,
                stride: usize,
            }

            impl WithSimd for Accumulate<'_> {
                type Output = ();

                #[inline(always)]
                fn with_simd<S: Simd>(mut self, simd: S) {
                    let nowhere = std::ptr::null();
                    let mut chunk = Chunk {
                        rows: [nowhere; CHUNK],
                        upcoming: [nowhere; CHUNK],
                        errors: nowhere,
                        stride: 0,
                    };
                    let mut from = 0;
                    while from < self.rows.len() {
                        let len = CHUNK.min(self.rows.len() - from);
                        let mut hints = 0;
                        for i in 0..len {
                            chunk.rows[i] = self.rows.row(from + i).as_ptr();
                            let upcoming = self.rows.upcoming(from + i);
                            hints += usize::from(upcoming.is_some());
                            // Asking for a row that is about to be read costs nothing.
                            chunk.upcoming[i] = upcoming.unwrap_or(chunk.rows[i]);
                        }
                        (chunk.errors, chunk.stride) = self.errors.block(from, from + len);
                        if hints > 0 {
                            self.all_features::<S, true>(simd, &chunk, len);
                        } else {
                            self.all_features::<S, false>(simd, &chunk, len);
                        }
                        from += len;
                    }
                }
            }

            impl Accumulate<'_> {
                /// All features: two vectors of them at once, so that a tile's share of the chunk stays in
                /// the first cache for all classes.
                #[inline(always)]
                fn all_features<S: Simd, const AHEAD: bool>(&mut self, simd: S, chunk: &Chunk, len: usize) {
                    let lanes = size_of::<S::$vector>() / size_of::<$real>();
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

                /// All classes at some features, which are V whole vectors if `WHOLE`, else a part of one.
                #[inline(always)]
                fn all_classes<S: Simd, const V: usize, const WHOLE: bool, const AHEAD: bool>(
                    &mut self,
                    simd: S,
                    chunk: &Chunk,
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
                fn tile<S: Simd, const C: usize, const V: usize, const WHOLE: bool, const AHEAD: bool>(
                    &mut self,
                    simd: S,
                    chunk: &Chunk,
                    len: usize,
                    class: usize,
                    features: Range<usize>,
                ) {
                    let from = features.start;
                    assert!(
                        features.end <= self.rows.features()
                            && class + C <= self.errors.features()
                            && len <= CHUNK
                    );
                    let mut sums: [[S::$vector; V]; C] = std::array::from_fn(|c| {
                        load::<S, V, WHOLE>(simd, self.grad.part(class + c, from, features.len()))
                    });
                    // SAFETY: as `add_row` asks, for the first `len` pointers of the chunk are to rows of
                    // `self.rows`, which have all its features, and as many rows of errors lie `stride` apart
                    // (see `with_simd`), each with one for every class; the rest is asserted above.
                    unsafe {
                        for i in 0..len / 2 {
                            add_row::<S, C, V, WHOLE, AHEAD>(simd, chunk, 2 * i, class, &features, &mut sums);
                            add_row::<S, C, V, WHOLE, AHEAD>(
                                simd,
                                chunk,
                                2 * i + 1,
                                class,
                                &features,
                                &mut sums,
                            );
                        }
                        if len % 2 == 1 {
                            add_row::<S, C, V, WHOLE, AHEAD>(
                                simd,
                                chunk,
                                len - 1,
                                class,
                                &features,
                                &mut sums,
                            );
                        }
                    }
                    for c in 0..C {
                        store::<S, V, WHOLE>(simd, self.grad.part(class + c, from, features.len()), sums[c]);
                    }
                }
            }

            /// Adds the outer product of the errors of a row's C classes with V vectors of its features.
            ///
            /// # Safety
            /// Pointer `i` of the chunk is to a row that has these features, and the `i`-th row of errors has
            /// these classes.
            #[inline(always)]
            unsafe fn add_row<
                S: Simd,
                const C: usize,
                const V: usize,
                const WHOLE: bool,
                const AHEAD: bool,
            >(
                simd: S,
                chunk: &Chunk,
                i: usize,
                class: usize,
                features: &Range<usize>,
                sums: &mut [[S::$vector; V]; C],
            ) {
                // SAFETY: as the caller promises.
                let (row, errors) = unsafe {
                    let row = std::slice::from_raw_parts(chunk.rows[i].add(features.start), features.len());
                    (row, &*chunk.errors.add(i * chunk.stride + class).cast::<[$real; C]>())
                };
                let x: [S::$vector; V] = load::<S, V, WHOLE>(simd, row);
                // The upcoming rows are fetched once, with the first classes.
                if AHEAD && class == 0 {
                    let ahead = chunk.upcoming[i].wrapping_add(features.start);
                    prefetch(ahead);
                    if V * size_of::<S::$vector>() > 64 {
                        prefetch(ahead.wrapping_add(64 / size_of::<$real>()));
                    }
                }
                for c in 0..C {
                    let error = simd.$splat(errors[c]);
                    for v in 0..V {
                        sums[c][v] = simd.$mul_add(error, x[v], sums[c][v]);
                    }
                }
            }

            /// V whole vectors, or a part of one. Whoever asks for a part pays for finding out how large it
            /// is.
            #[inline(always)]
            fn load<S: Simd, const V: usize, const WHOLE: bool>(
                simd: S,
                numbers: &[$real],
            ) -> [S::$vector; V] {
                if WHOLE {
                    S::$as_simd(numbers).0.try_into().expect("V vectors")
                } else {
                    [simd.$load(numbers); V]
                }
            }

            #[inline(always)]
            fn store<S: Simd, const V: usize, const WHOLE: bool>(
                simd: S,
                numbers: &mut [$real],
                vectors: [S::$vector; V],
            ) {
                if WHOLE {
                    S::$as_mut_simd(numbers).0.copy_from_slice(&vectors);
                } else {
                    simd.$store(numbers, vectors[0]);
                }
            }
        }
    };
}

kernels!(
    single,
    f32,
    f32s,
    as_simd_f32s,
    as_mut_simd_f32s,
    splat_f32s,
    mul_add_e_f32s,
    four_sums_f32,
    partial_load_f32s,
    partial_store_f32s
);
kernels!(
    double,
    f64,
    f64s,
    as_simd_f64s,
    as_mut_simd_f64s,
    splat_f64s,
    mul_add_e_f64s,
    four_sums_f64,
    partial_load_f64s,
    partial_store_f64s
);
