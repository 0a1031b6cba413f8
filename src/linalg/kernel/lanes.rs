//! The SIMD operations that differ between `f32` and `f64`.

use super::sums::{four_sums_f32, four_sums_f64};
use pulp::Simd;

/// A float type whose numbers fill the lanes of a vector. Each function forwards to the one of `pulp` for the
/// type, so that the tiles in [`simd`](super::simd) are written once.
pub trait Lanes: Copy + 'static {
    /// A register full of numbers.
    type Vector<S: Simd>: Copy;

    /// 0.
    const ZERO: Self;

    /// Returns the whole vectors of a slice, and the numbers after them.
    fn as_simd<S: Simd>(numbers: &[Self]) -> (&[Self::Vector<S>], &[Self]);

    /// Returns the whole vectors of a slice, to be written.
    fn as_mut_simd<S: Simd>(numbers: &mut [Self]) -> &mut [Self::Vector<S>];

    /// Returns a vector with `value` in every lane.
    fn splat<S: Simd>(simd: S, value: Self) -> Self::Vector<S>;

    /// Returns a·b + c, with one rounding or with two, whichever is faster.
    fn mul_add<S: Simd>(
        simd: S,
        a: Self::Vector<S>,
        b: Self::Vector<S>,
        c: Self::Vector<S>,
    ) -> Self::Vector<S>;

    /// Returns a vector that begins with `numbers`, which do not fill it; the other lanes are 0.
    fn partial_load<S: Simd>(simd: S, numbers: &[Self]) -> Self::Vector<S>;

    /// Writes the first lanes of a vector to `numbers`, which are fewer than it holds.
    fn partial_store<S: Simd>(simd: S, numbers: &mut [Self], vector: Self::Vector<S>);

    /// Returns the sums over the lanes of four vectors.
    fn four_sums<S: Simd>(simd: S, vectors: [Self::Vector<S>; 4]) -> [Self; 4];
}

macro_rules! lanes {
    (
        $real:ident,
        $vector:ident,
        $as_simd:ident,
        $as_mut_simd:ident,
        $splat:ident,
        $mul_add:ident,
        $load:ident,
        $store:ident,
        $four_sums:ident
    ) => {
        impl Lanes for $real {
            type Vector<S: Simd> = S::$vector;

            const ZERO: Self = 0.0;

            #[inline(always)]
            fn as_simd<S: Simd>(numbers: &[Self]) -> (&[S::$vector], &[Self]) {
                S::$as_simd(numbers)
            }

            #[inline(always)]
            fn as_mut_simd<S: Simd>(numbers: &mut [Self]) -> &mut [S::$vector] {
                S::$as_mut_simd(numbers).0
            }

            #[inline(always)]
            fn splat<S: Simd>(simd: S, value: Self) -> S::$vector {
                simd.$splat(value)
            }

            #[inline(always)]
            fn mul_add<S: Simd>(simd: S, a: S::$vector, b: S::$vector, c: S::$vector) -> S::$vector {
                simd.$mul_add(a, b, c)
            }

            #[inline(always)]
            fn partial_load<S: Simd>(simd: S, numbers: &[Self]) -> S::$vector {
                simd.$load(numbers)
            }

            #[inline(always)]
            fn partial_store<S: Simd>(simd: S, numbers: &mut [Self], vector: S::$vector) {
                simd.$store(numbers, vector);
            }

            #[inline(always)]
            fn four_sums<S: Simd>(simd: S, vectors: [S::$vector; 4]) -> [Self; 4] {
                $four_sums(simd, vectors)
            }
        }
    };
}
lanes!(
    f32,
    f32s,
    as_simd_f32s,
    as_mut_simd_f32s,
    splat_f32s,
    mul_add_e_f32s,
    partial_load_f32s,
    partial_store_f32s,
    four_sums_f32
);
lanes!(
    f64,
    f64s,
    as_simd_f64s,
    as_mut_simd_f64s,
    splat_f64s,
    mul_add_e_f64s,
    partial_load_f64s,
    partial_store_f64s,
    four_sums_f64
);
