//! Vector arithmetic and the kernels of the linear classifier; with the feature `lapack`, solves.

#[cfg(feature = "lapack")]
mod inverse;
mod kernel;
#[cfg(feature = "lapack")]
mod lapack;
pub mod vector;

#[cfg(feature = "lapack")]
pub use inverse::invert_in_place;
pub use kernel::{Kernel, Rows, vectorized};
#[cfg(feature = "lapack")]
pub use lapack::{Cholesky, symmetric_eigenvalues};

use crate::real::Real;
use ndarray::ArrayRef1;

/// The largest absolute value ‖x‖∞; NaN if any entry is NaN.
pub fn max_norm<F: Real>(x: &ArrayRef1<F>) -> F {
    match x.as_slice() {
        Some(slice) if slice.len() >= 16 => vectorized(
            #[inline(always)]
            || max_norm_in_lanes(slice),
        ),
        _ => x.iter().fold(F::zero(), |largest, &v| if v.abs() > largest || v.is_nan() { v.abs() } else { largest }),
    }
}

/// Eight largest values side by side. A comparison with NaN is false, so each lane also keeps x·0, which is NaN exactly
/// where an entry was infinite or NaN; those few vectors are looked at again one by one.
#[inline(always)]
fn max_norm_in_lanes<F: Real>(x: &[F]) -> F {
    let (chunks, rest) = x.as_chunks::<8>();
    let (mut largest, mut spoiled) = ([F::zero(); 8], [F::zero(); 8]);
    for chunk in chunks {
        for lane in 0..8 {
            let size = chunk[lane].abs();
            largest[lane] = if size > largest[lane] { size } else { largest[lane] };
            spoiled[lane] += size * F::zero();
        }
    }
    let one_by_one = |largest: F, v: F| if v.abs() > largest || v.is_nan() { v.abs() } else { largest };
    if spoiled.iter().any(|s| s.is_nan()) {
        return x.iter().fold(F::zero(), |largest, &v| one_by_one(largest, v));
    }
    rest.iter().fold(largest.into_iter().fold(F::zero(), one_by_one), |largest, &v| one_by_one(largest, v))
}

/// From so many entries on vectors are worth their set-up.
const LONG: usize = 64;

/// The Euclidean norm ‖x‖₂.
pub fn norm<F: Real>(x: &ArrayRef1<F>) -> F {
    match x.as_slice() {
        Some(long) if long.len() >= LONG => lanes(long, |sum, v| sum + v * v).into_iter().sum::<F>().sqrt(),
        _ => x.dot(x).sqrt(),
    }
}

/// Whether every entry is finite.
pub fn all_finite<F: Real>(x: &ArrayRef1<F>) -> bool {
    match x.as_slice() {
        // A sum of x·0 is 0 exactly if every x is finite; it vectorizes where a search for the first does not.
        Some(long) if long.len() >= LONG => lanes(long, |sum, v| sum + v * F::zero()).into_iter().sum::<F>() == F::zero(),
        _ => x.iter().all(|v| v.is_finite()),
    }
}

/// Folds every 32nd entry into a lane of its own: the order of operations that vectors need, the same on every machine.
fn lanes<F: Real>(slice: &[F], fold: impl Fn(F, F) -> F) -> [F; 32] {
    vectorized(|| {
        let mut lanes = [F::zero(); 32];
        let mut chunks = slice.chunks_exact(32);
        for chunk in &mut chunks {
            lanes.iter_mut().zip(chunk).for_each(|(lane, &v)| *lane = fold(*lane, v));
        }
        lanes.iter_mut().zip(chunks.remainder()).for_each(|(lane, &v)| *lane = fold(*lane, v));
        lanes
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_max_norm_does_not_hide_a_nan() {
        assert_eq!(max_norm(&array![1.0, -3.0, 2.0]), 3.0);
        assert!(max_norm(&array![1.0, f64::NAN, 2.0]).is_nan());
        assert_eq!(max_norm(&ndarray::Array1::<f64>::zeros(0)), 0.0);
        for place in [0, 7, 16, 18] {
            let mut long = ndarray::Array1::from_elem(19, -1.0);
            long[place] = -2.0;
            assert_eq!(max_norm(&long), 2.0);
            long[place] = f64::NEG_INFINITY;
            assert_eq!(max_norm(&long), f64::INFINITY);
            long[3] = f64::NAN;
            assert!(max_norm(&long).is_nan());
        }
    }

    #[test]
    fn finiteness_sees_every_entry() {
        assert!(all_finite(&array![1.0, -2.0, 0.0]));
        assert!(!all_finite(&array![1.0, f64::INFINITY]));
        assert!(!all_finite(&array![f64::NAN, 1.0]));
    }

    #[test]
    fn long_vectors_give_what_short_ones_do() {
        for n in [63, 64, 65, 127, 1000] {
            let mut x: ndarray::Array1<f64> = (0..n).map(|i| (i as f64 * 0.7).sin()).collect();
            assert!((norm(&x) - x.iter().map(|v| v * v).sum::<f64>().sqrt()).abs() < 1e-13);
            for place in [0, n / 2, n - 1] {
                let kept = std::mem::replace(&mut x[place], -2.0);
                assert_eq!((max_norm(&x), all_finite(&x)), (2.0, true));
                for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                    x[place] = wrong;
                    assert!(!all_finite(&x) && max_norm(&x).is_nan() == wrong.is_nan() && !max_norm(&x).is_finite());
                }
                x[place] = kept;
            }
        }
    }
}
