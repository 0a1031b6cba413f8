//! Register tiles for both products, once for each float type.
//!
//! Forward, lanes run over the features; a tile of rows × classes is kept in registers, so each loaded
//! vector is used several times. Backward, a tile of classes × feature vectors is kept in registers while
//! the loop runs over the rows, and is stored once. Tiles are chosen to fill the registers there are
//! (32 with AVX-512, 16 with AVX2) and no more.

macro_rules! kernels {
    ($module:ident, $real:ty, $vector:ident, $as_simd:ident, $splat:ident, $mul_add:ident, $reduce_sum:ident, $load:ident, $store:ident) => {
        pub mod $module {
            use crate::linalg::kernel::Rows;
            use pulp::{Arch, Simd, WithSimd};

            pub fn scores(rows: Rows<$real>, weights: &[$real], bias: &[$real], scores: &mut [$real]) {
                assert_eq!(weights.len(), bias.len() * rows.features());
                assert_eq!(scores.len(), rows.len() * bias.len());
                Arch::new().dispatch(Scores { rows, weights, bias, scores });
            }

            struct Scores<'a> {
                rows: Rows<'a, $real>,
                weights: &'a [$real],
                bias: &'a [$real],
                scores: &'a mut [$real],
            }

            impl WithSimd for Scores<'_> {
                type Output = ();

                #[inline(always)]
                fn with_simd<S: Simd>(mut self, simd: S) {
                    let mut row = 0;
                    if S::REGISTER_COUNT >= 32 {
                        while row + 4 <= self.rows.len() {
                            self.all_classes::<S, 4>(simd, row);
                            row += 4;
                        }
                    }
                    while row + 2 <= self.rows.len() {
                        self.all_classes::<S, 2>(simd, row);
                        row += 2;
                    }
                    if row < self.rows.len() {
                        self.all_classes::<S, 1>(simd, row);
                    }
                }
            }

            impl Scores<'_> {
                #[inline(always)]
                fn all_classes<S: Simd, const R: usize>(&mut self, simd: S, row: usize) {
                    let mut class = 0;
                    while class + 5 <= self.bias.len() {
                        self.tile::<S, R, 5>(simd, row, class);
                        class += 5;
                    }
                    while class < self.bias.len() {
                        self.tile::<S, R, 1>(simd, row, class);
                        class += 1;
                    }
                }

                #[inline(always)]
                fn tile<S: Simd, const R: usize, const C: usize>(&mut self, simd: S, row: usize, class: usize) {
                    let features = self.rows.features();
                    let rows: [_; R] = std::array::from_fn(|r| S::$as_simd(self.rows.row(row + r)));
                    let templates: [_; C] = std::array::from_fn(|c| {
                        let start = (class + c) * features;
                        S::$as_simd(&self.weights[start..start + features])
                    });
                    let vectors = rows[0].0.len();
                    let heads: [&[S::$vector]; R] = std::array::from_fn(|r| &rows[r].0[..vectors]);
                    let weights: [&[S::$vector]; C] = std::array::from_fn(|c| &templates[c].0[..vectors]);
                    let mut sums = [[simd.$splat(0.0); C]; R];
                    for i in 0..vectors {
                        let w: [S::$vector; C] = std::array::from_fn(|c| weights[c][i]);
                        for r in 0..R {
                            let x = heads[r][i];
                            for c in 0..C {
                                sums[r][c] = simd.$mul_add(x, w[c], sums[r][c]);
                            }
                        }
                    }
                    if !rows[0].1.is_empty() {
                        let w: [S::$vector; C] = std::array::from_fn(|c| simd.$load(templates[c].1));
                        for r in 0..R {
                            let x = simd.$load(rows[r].1);
                            for c in 0..C {
                                sums[r][c] = simd.$mul_add(x, w[c], sums[r][c]);
                            }
                        }
                    }
                    for r in 0..R {
                        for c in 0..C {
                            let at = (row + r) * self.bias.len() + class + c;
                            self.scores[at] = simd.$reduce_sum(sums[r][c]) + self.bias[class + c];
                        }
                    }
                }
            }

            pub fn accumulate(rows: Rows<$real>, errors: &[$real], grad: &mut [$real], stride: usize) {
                if rows.is_empty() || errors.is_empty() {
                    return;
                }
                let classes = errors.len() / rows.len();
                assert_eq!(errors.len(), rows.len() * classes);
                assert!(stride >= rows.features() && grad.len() >= (classes - 1) * stride + rows.features());
                Arch::new().dispatch(Accumulate { rows, errors, grad, stride, classes });
            }

            struct Accumulate<'a> {
                rows: Rows<'a, $real>,
                errors: &'a [$real],
                grad: &'a mut [$real],
                stride: usize,
                classes: usize,
            }

            impl WithSimd for Accumulate<'_> {
                type Output = ();

                #[inline(always)]
                fn with_simd<S: Simd>(mut self, simd: S) {
                    let mut class = 0;
                    if S::REGISTER_COUNT >= 32 {
                        while class + 10 <= self.classes {
                            self.all_features::<S, 10>(simd, class);
                            class += 10;
                        }
                    }
                    while class + 5 <= self.classes {
                        self.all_features::<S, 5>(simd, class);
                        class += 5;
                    }
                    while class < self.classes {
                        self.all_features::<S, 1>(simd, class);
                        class += 1;
                    }
                }
            }

            impl Accumulate<'_> {
                #[inline(always)]
                fn all_features<S: Simd, const C: usize>(&mut self, simd: S, class: usize) {
                    let lanes = size_of::<S::$vector>() / size_of::<$real>();
                    let (mut from, features) = (0, self.rows.features());
                    while from + 2 * lanes <= features {
                        self.tile::<S, C, 2>(simd, class, from, lanes);
                        from += 2 * lanes;
                    }
                    while from < features {
                        self.tile::<S, C, 1>(simd, class, from, lanes.min(features - from));
                        from += lanes;
                    }
                }

                #[inline(always)]
                fn tile<S: Simd, const C: usize, const V: usize>(&mut self, simd: S, class: usize, from: usize, lanes: usize) {
                    let stride = self.stride;
                    let place = |c: usize, v: usize| {
                        let start = (class + c) * stride + from + v * lanes;
                        start..start + lanes
                    };
                    let mut sums: [[S::$vector; V]; C] =
                        std::array::from_fn(|c| std::array::from_fn(|v| simd.$load(&self.grad[place(c, v)])));
                    for (i, errors) in self.errors.chunks_exact(self.classes).enumerate() {
                        let x = &self.rows.row(i)[from..from + V * lanes];
                        let x: [S::$vector; V] = std::array::from_fn(|v| simd.$load(&x[v * lanes..(v + 1) * lanes]));
                        let errors: &[$real; C] = errors[class..class + C].try_into().expect("C errors");
                        for c in 0..C {
                            let error = simd.$splat(errors[c]);
                            for v in 0..V {
                                sums[c][v] = simd.$mul_add(error, x[v], sums[c][v]);
                            }
                        }
                    }
                    for c in 0..C {
                        for v in 0..V {
                            simd.$store(&mut self.grad[place(c, v)], sums[c][v]);
                        }
                    }
                }
            }
        }
    };
}

kernels!(single, f32, f32s, as_simd_f32s, splat_f32s, mul_add_e_f32s, reduce_sum_f32s, partial_load_f32s, partial_store_f32s);
kernels!(double, f64, f64s, as_simd_f64s, splat_f64s, mul_add_e_f64s, reduce_sum_f64s, partial_load_f64s, partial_store_f64s);
