//! Sums over the lanes of four vectors at a time, the last operation of each tile. Four sums together take
//! half of the shuffles of four single sums.

/// Defines the sums of four vectors of a float type.
macro_rules! four_sums {
    ($name:ident, $real:ty, $reduce_sum:ident, $vector:ident, $wide:ident, $wider:ident) => {
        #[inline(always)]
        pub fn $name<S: pulp::Simd>(simd: S, vectors: [S::$vector; 4]) -> [$real; 4] {
            #[cfg(target_arch = "x86_64")]
            {
                // SAFETY: the dispatch (see `level`) uses vectors of 64 bytes only if the machine has
                // AVX-512, and of 32 bytes only if it has AVX. Whatever their type is called, they consist of
                // these bytes.
                unsafe {
                    match size_of::<S::$vector>() {
                        64 => return x86::$wider(std::mem::transmute_copy(&vectors)),
                        32 => return x86::$wide(std::mem::transmute_copy(&vectors)),
                        _ => {}
                    }
                }
            }
            vectors.map(|v| simd.$reduce_sum(v))
        }
    };
}
four_sums!(four_sums_f32, f32, reduce_sum_f32s, f32s, single_256, single_512);
four_sums!(four_sums_f64, f64, reduce_sum_f64s, f64s, double_256, double_512);

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;
    use std::mem::transmute;

    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn single_512([a, b, c, d]: [__m512; 4]) -> [f32; 4] {
        // Each 128 bits hold partial sums of a b a b, and after the next line of a b c d.
        let ab = _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
        let cd = _mm512_add_ps(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
        let all = _mm512_add_ps(_mm512_shuffle_ps::<0x44>(ab, cd), _mm512_shuffle_ps::<0xEE>(ab, cd));
        let upper = _mm512_castps512_ps256(_mm512_shuffle_f32x4::<0xEE>(all, all));
        let half = _mm256_add_ps(_mm512_castps512_ps256(all), upper);
        let sums = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps::<1>(half));
        // SAFETY: the same 16 bytes.
        unsafe { transmute(sums) }
    }

    #[inline]
    #[target_feature(enable = "avx")]
    pub fn single_256([a, b, c, d]: [__m256; 4]) -> [f32; 4] {
        let all = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
        let sums = _mm_add_ps(_mm256_castps256_ps128(all), _mm256_extractf128_ps::<1>(all));
        // SAFETY: the same 16 bytes.
        unsafe { transmute(sums) }
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    pub fn double_512([a, b, c, d]: [__m512d; 4]) -> [f64; 4] {
        // Each 128 bits hold partial sums of a b or c d; after the next line the four parts of the vector
        // hold a b, a b, c d, c d.
        let ab = _mm512_add_pd(_mm512_unpacklo_pd(a, b), _mm512_unpackhi_pd(a, b));
        let cd = _mm512_add_pd(_mm512_unpacklo_pd(c, d), _mm512_unpackhi_pd(c, d));
        let all = _mm512_add_pd(_mm512_shuffle_f64x2::<0x44>(ab, cd), _mm512_shuffle_f64x2::<0xEE>(ab, cd));
        let sums =
            _mm512_add_pd(_mm512_shuffle_f64x2::<0x88>(all, all), _mm512_shuffle_f64x2::<0xDD>(all, all));
        // SAFETY: the same 32 bytes.
        unsafe { transmute(_mm512_castpd512_pd256(sums)) }
    }

    #[inline]
    #[target_feature(enable = "avx")]
    pub fn double_256([a, b, c, d]: [__m256d; 4]) -> [f64; 4] {
        // The four numbers of these vectors are partial sums of a b a b and of c d c d.
        let (ab, cd) = (_mm256_hadd_pd(a, b), _mm256_hadd_pd(c, d));
        let sums =
            _mm256_add_pd(_mm256_permute2f128_pd::<0x20>(ab, cd), _mm256_permute2f128_pd::<0x31>(ab, cd));
        // SAFETY: the same 32 bytes.
        unsafe { transmute(sums) }
    }
}
