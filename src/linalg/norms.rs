//! Norms of vectors, and whether a vector is finite.

use super::helper_thread::{FROM_MEMORY, WORTH_HANDING_OVER, join};
use super::kernel::vectorized;
use super::vector;
use crate::real::Real;
use ndarray::ArrayRef1;

/// Returns the largest absolute value ‖x‖∞, or NaN if any entry is NaN.
pub fn max_norm<F: Real>(x: &ArrayRef1<F>) -> F {
    match x.as_slice() {
        Some(slice) if slice.len() >= 16 => vectorized(
            #[inline(always)]
            || max_norm_in_lanes(slice),
        ),
        _ => x
            .iter()
            .fold(F::zero(), |largest, &v| if v.abs() > largest || v.is_nan() { v.abs() } else { largest }),
    }
}

/// Keeps eight maxima side by side. A comparison with NaN is false, so each lane also sums x·0, which becomes
/// NaN exactly if an entry is infinite or NaN. Only such vectors are searched again, entry by entry.
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

/// Returns the Euclidean norm ‖x‖₂.
pub fn norm<F: Real>(x: &ArrayRef1<F>) -> F {
    x.as_slice().map_or_else(|| x.dot(x), |slice| vector::dot(slice, slice)).sqrt()
}

/// Returns whether every entry is finite.
pub fn all_finite<F: Real>(x: &ArrayRef1<F>) -> bool {
    let Some(slice) = x.as_slice() else { return x.iter().all(|v| v.is_finite()) };
    let (size, middle) = (FROM_MEMORY * slice.len(), slice.len() / 2);
    if size < WORTH_HANDING_OVER {
        return vector::all_finite(slice);
    }
    let (left, right) = slice.split_at(middle);
    let (mut of_left, mut of_right) = (true, true);
    join(size, || of_left = vector::all_finite(left), || of_right = vector::all_finite(right));
    of_left && of_right
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
                    assert!(
                        !all_finite(&x)
                            && max_norm(&x).is_nan() == wrong.is_nan()
                            && !max_norm(&x).is_finite()
                    );
                }
                x[place] = kept;
            }
        }
    }
}
