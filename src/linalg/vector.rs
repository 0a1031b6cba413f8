//! Fused loops over vectors. Each loop reads its arguments once.
//!
//! Sums run in sixteen lanes on every machine, so the result does not depend on the SIMD width. Loops over
//! short vectors are not dispatched to the machine's widest instructions, because the dispatch would take
//! longer than the arithmetic.

use super::kernel::vectorized;
use crate::real::Real;

/// The length from which on a loop runs in the version for the widest vectors of the machine.
const WIDE: usize = 24;
/// The number of sums that run side by side.
pub(crate) const LANES: usize = 16;

/// Runs `work`, a loop over vectors of length `n`. If `n` is large enough to pay for the dispatch, the loop
/// runs in the version for the widest vectors of the machine. Mark the closure `#[inline(always)]`; otherwise
/// it is compiled for the baseline machine.
#[inline(always)]
pub fn by_length<R>(n: usize, work: impl FnOnce() -> R) -> R {
    if n < WIDE { work() } else { vectorized(work) }
}

/// Returns the sum of `lanes`, added in a fixed order.
#[inline(always)]
pub(crate) fn total<F: Real>(lanes: [F; LANES]) -> F {
    let mut width = LANES / 2;
    let mut sums = lanes;
    while width > 0 {
        for i in 0..width {
            sums[i] += sums[i + width];
        }
        width /= 2;
    }
    sums[0]
}

/// Returns Σ `term`(aᵢ, bᵢ).
#[inline(always)]
fn sum_of<F: Real>(a: &[F], b: &[F], term: impl Fn(F, F) -> F) -> F {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut lanes = [F::zero(); LANES];
    for (a, b) in a.iter().zip(b) {
        for i in 0..LANES {
            lanes[i] += term(a[i], b[i]);
        }
    }
    let rest = a_rest.iter().zip(b_rest).fold(F::zero(), |sum, (&a, &b)| sum + term(a, b));
    if a.is_empty() { rest } else { total(lanes) + rest }
}

/// Returns the inner product a·b.
#[inline]
pub fn dot<F: Real>(a: &[F], b: &[F]) -> F {
    by_length(
        a.len(),
        #[inline(always)]
        || sum_of(a, b, |a, b| a * b),
    )
}

/// Returns whether every entry is finite.
#[inline]
pub fn all_finite<F: Real>(a: &[F]) -> bool {
    // The sum of all a·0 is 0 exactly if every a is finite. A sum vectorizes; a search for the first entry
    // that is not finite does not.
    by_length(
        a.len(),
        #[inline(always)]
        || sum_of(a, a, |a, _| a * F::zero()) == F::zero(),
    )
}

/// Returns Σ|aᵢ|.
#[inline]
pub fn one_norm<F: Real>(a: &[F]) -> F {
    by_length(
        a.len(),
        #[inline(always)]
        || sum_of(a, a, |a, _| a.abs()),
    )
}

/// Computes out = x + α·d.
#[inline]
pub fn move_along<F: Real>(x: &[F], alpha: F, d: &[F], out: &mut [F]) {
    by_length(
        out.len(),
        #[inline(always)]
        || out.iter_mut().zip(x).zip(d).for_each(|((out, &x), &d)| *out = x + alpha * d),
    )
}

/// Computes y = x·α.
#[inline]
pub fn scale_to<F: Real>(x: &[F], alpha: F, y: &mut [F]) {
    by_length(
        y.len(),
        #[inline(always)]
        || y.iter_mut().zip(x).for_each(|(y, &x)| *y = x * alpha),
    )
}

/// Computes y = y + α·x.
#[inline]
pub fn add_scaled<F: Real>(y: &mut [F], alpha: F, x: &[F]) {
    by_length(
        y.len(),
        #[inline(always)]
        || y.iter_mut().zip(x).for_each(|(y, &x)| *y += alpha * x),
    )
}

/// Computes d = β·d − g, the next direction of conjugate gradients, and returns d·g.
#[inline]
pub fn conjugate_direction<F: Real>(d: &mut [F], beta: F, g: &[F]) -> F {
    by_length(
        d.len(),
        #[inline(always)]
        || d.iter_mut().zip(g).for_each(|(d, &g)| *d = beta * *d - g),
    );
    dot(d, g)
}

/// Computes out = b·x for a symmetric *n* × *n* matrix, row by row.
pub fn symmetric_product<F: Real>(b: &[F], x: &[F], out: &mut [F]) {
    out.iter_mut().zip(b.chunks_exact(x.len().max(1))).for_each(|(out, row)| *out = dot(row, x));
}

/// Computes y = (y + α·x)·scale, and returns y·z, in one pass over the vectors.
#[inline]
pub fn add_scale_dot<F: Real>(y: &mut [F], alpha: F, x: &[F], scale: F, z: &[F]) -> F {
    by_length(
        y.len(),
        #[inline(always)]
        || add_scale_dot_in_lanes(y, alpha, x, scale, z),
    )
}

#[inline(always)]
fn add_scale_dot_in_lanes<F: Real>(y: &mut [F], alpha: F, x: &[F], scale: F, z: &[F]) -> F {
    let ((y, y_rest), (x, x_rest), (z, z_rest)) =
        (y.as_chunks_mut::<LANES>(), x.as_chunks::<LANES>(), z.as_chunks::<LANES>());
    let mut lanes = [F::zero(); LANES];
    for ((y, x), z) in y.iter_mut().zip(x).zip(z) {
        // Everything is read before anything is written, so that the compiler need not assume an overlap.
        let (mut now, x, z) = (*y, *x, *z);
        for i in 0..LANES {
            now[i] = (now[i] + alpha * x[i]) * scale;
            lanes[i] += now[i] * z[i];
        }
        *y = now;
    }
    let mut rest = F::zero();
    for ((y, &x), &z) in y_rest.iter_mut().zip(x_rest).zip(z_rest) {
        *y = (*y + alpha * x) * scale;
        rest += *y * z;
    }
    if y.is_empty() { rest } else { total(lanes) + rest }
}

/// Computes the curvature pair s = α·d and y = after − before, and returns (s·y, y·y).
#[inline]
pub fn curvature_pair<F: Real>(
    alpha: F,
    d: &[F],
    before: &[F],
    after: &[F],
    s: &mut [F],
    y: &mut [F],
) -> (F, F) {
    by_length(
        s.len(),
        #[inline(always)]
        || {
            move_to(alpha, d, before, after, s, y);
            (sum_of(s, y, |s, y| s * y), sum_of(y, y, |y, _| y * y))
        },
    )
}

#[inline(always)]
fn move_to<F: Real>(alpha: F, d: &[F], before: &[F], after: &[F], s: &mut [F], y: &mut [F]) {
    for ((((s, y), &d), &before), &after) in s.iter_mut().zip(y).zip(d).zip(before).zip(after) {
        *s = alpha * d;
        *y = after - before;
    }
}

/// Computes h += s·aᵀ + a·sᵀ and then out = h·g, for a symmetric *n* × *n* matrix `h` in row-major order: the
/// update and the product of a quasi-Newton iteration, in one pass over the matrix.
pub fn rank_two_product<F: Real>(h: &mut [F], s: &[F], a: &[F], g: &[F], out: &mut [F]) {
    by_length(
        out.len(),
        #[inline(always)]
        || rank_two_product_by_rows(h, s, a, g, out),
    )
}

#[inline(always)]
fn rank_two_product_by_rows<F: Real>(h: &mut [F], s: &[F], a: &[F], g: &[F], out: &mut [F]) {
    let n = out.len();
    for (i, (row, out)) in h.chunks_exact_mut(n.max(1)).zip(out).enumerate() {
        *out = row_update_dot(row, s[i], a[i], s, a, g);
    }
}

/// Computes row += sᵢ·a + aᵢ·s, and returns row·g. Eight lanes are enough, since the next row does not wait
/// for this sum.
#[inline(always)]
fn row_update_dot<F: Real>(row: &mut [F], s_i: F, a_i: F, s: &[F], a: &[F], g: &[F]) -> F {
    const L: usize = 8;
    let ((row, row_rest), (s, s_rest)) = (row.as_chunks_mut::<L>(), s.as_chunks::<L>());
    let ((a, a_rest), (g, g_rest)) = (a.as_chunks::<L>(), g.as_chunks::<L>());
    let mut l = [F::zero(); L];
    for (((row, s), a), g) in row.iter_mut().zip(s).zip(a).zip(g) {
        let (mut now, s, a, g) = (*row, *s, *a, *g);
        for j in 0..L {
            now[j] += s_i * a[j] + a_i * s[j];
            l[j] += now[j] * g[j];
        }
        *row = now;
    }
    let mut sum = ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]));
    for (((row, &s), &a), &g) in row_rest.iter_mut().zip(s_rest).zip(a_rest).zip(g_rest) {
        *row += s_i * a + a_i * s;
        sum += *row * g;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{Kernel, on_every_level};
    use crate::rng;
    use ndarray::{Array1, Array2};

    fn draw(n: usize, purpose: &str) -> Array1<f64> {
        rng::normal(&mut rng::stream(3, purpose, n as u64), n, 1.0)
    }

    #[test]
    fn each_loop_agrees_with_plain_arithmetic_at_every_length() {
        for n in (1..70).chain([127, 128, 1000]) {
            let (a, b, c) = (draw(n, "a"), draw(n, "b"), draw(n, "c"));
            let slices = (a.as_slice().unwrap(), b.as_slice().unwrap(), c.as_slice().unwrap());
            let close = |got: f64, expected: f64| {
                assert!((got - expected).abs() < 1e-12 * n as f64, "{n}: {got} is not {expected}")
            };
            close(dot(slices.0, slices.1), a.dot(&b));
            close(one_norm(slices.0), a.mapv(f64::abs).sum());
            let mut y = c.clone();
            let expected = (&c + &(&a * 0.3)) * -2.0;
            close(add_scale_dot(y.as_slice_mut().unwrap(), 0.3, slices.0, -2.0, slices.1), expected.dot(&b));
            assert_eq!(y, expected);
            let (mut s, mut y) = (Array1::zeros(n), Array1::zeros(n));
            let (sy, yy) = curvature_pair(
                0.7,
                slices.0,
                slices.1,
                slices.2,
                s.as_slice_mut().unwrap(),
                y.as_slice_mut().unwrap(),
            );
            assert_eq!((&s, &y), (&(&a * 0.7), &(&c - &b)));
            close(sy, s.dot(&y));
            close(yy, y.dot(&y));
        }
    }

    #[test]
    fn every_loop_has_the_same_bits_on_every_instruction_set() {
        for n in [24, 31, 100, 1003] {
            let (a, b, c) = (draw(n, "a").to_vec(), draw(n, "b").to_vec(), draw(n, "c").to_vec());
            let matrix = draw(n * n, "h").to_vec();
            let computed = || {
                let (mut s, mut y, mut out, mut h) = (c.clone(), a.clone(), b.clone(), matrix.clone());
                let mut exponentials = a.clone();
                f64::exp_all(&mut exponentials);
                let sums = [
                    dot(&a, &b),
                    one_norm(&a),
                    add_scale_dot(&mut s, 0.3, &a, -2.0, &b),
                    conjugate_direction(&mut y, 0.7, &b),
                ];
                rank_two_product(&mut h, &a, &b, &c, &mut out);
                let (mut pair, mut change) = (c.clone(), c.clone());
                let curvature = curvature_pair(0.7, &a, &b, &c, &mut pair, &mut change);
                let vectors = [exponentials, s, y, out, h, pair, change].concat();
                (sums, curvature, vectors)
            };
            let expected = computed();
            on_every_level(|| assert!(computed() == expected, "{n}"));
        }
    }

    #[test]
    fn the_fused_update_keeps_the_matrix_symmetric_to_the_bit() {
        for n in (1..40).chain([101]) {
            let (s, a, g) = (draw(n, "s"), draw(n, "a"), draw(n, "g"));
            let half = draw(n * n, "h").into_shape_with_order((n, n)).unwrap();
            let mut h = &half + &half.t();
            let outer =
                |u: &Array1<f64>, v: &Array1<f64>| Array2::from_shape_fn((n, n), |(i, j)| u[i] * v[j]);
            let expected = &h + &outer(&s, &a) + &outer(&a, &s);
            let mut out = Array1::zeros(n);
            let slice = |x: &Array1<f64>| x.to_vec();
            rank_two_product(
                h.as_slice_mut().unwrap(),
                &slice(&s),
                &slice(&a),
                &slice(&g),
                out.as_slice_mut().unwrap(),
            );
            assert_eq!(h, h.t());
            assert!((&h - &expected).iter().all(|e| e.abs() < 1e-14));
            assert!((&out - &expected.dot(&g)).iter().all(|e| e.abs() < 1e-12 * n as f64));
        }
    }
}
