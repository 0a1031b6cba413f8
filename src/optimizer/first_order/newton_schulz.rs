//! The nearest orthogonal matrix, roughly, by products alone.

use crate::linalg::{Rows, vector};
use crate::real::Real;

/// The coefficients (a, b, c) of Jordan 2024: the slope at 0 is as large as five iterations allow, and the
/// singular values end between about .7 and 1.2 instead of at 1.
pub(super) const COEFFICIENTS: [f64; 3] = [3.4445, -4.7750, 2.0315];

/// Returns the numbers of scratch memory for a matrix with these numbers of rows and columns.
pub(super) fn scratch(rows: usize, columns: usize) -> usize {
    let short = rows.min(columns);
    2 * rows * columns + 2 * short * short + short
}

/// Scratch memory cut into its parts: two matrices as large as the given one, with no more rows than columns,
/// two squares of the shorter side, and as many zeros.
pub(super) struct Cut<'a, F> {
    /// The matrix, `short` × `long`.
    pub x: &'a mut [F],
    /// Room for another.
    pub spare: &'a mut [F],
    gram: &'a mut [F],
    polynomial: &'a mut [F],
    zeros: &'a mut [F],
    long: usize,
}

/// Cuts scratch memory of [`scratch`] numbers.
pub(super) fn cut<F>(memory: &mut [F], rows: usize, columns: usize) -> Cut<'_, F> {
    let (short, long) = (rows.min(columns), rows.max(columns));
    let (x, memory) = memory.split_at_mut(short * long);
    let (spare, memory) = memory.split_at_mut(short * long);
    let (gram, memory) = memory.split_at_mut(short * short);
    let (polynomial, zeros) = memory.split_at_mut(short * short);
    Cut { x, spare, gram, polynomial, zeros, long }
}

impl<F: Real> Cut<'_, F> {
    /// Makes the iterations X ← aX + bAX + cA²X with A = XXᵀ. The singular values of X must be at most 1.
    /// Each iteration takes 2·short²·(2·long + short) operations.
    pub(super) fn iterate(&mut self, [a, b, c]: [f64; 3], iterations: usize) {
        let (a, b, c) = (F::of(a), F::of(b), F::of(c));
        let (long, short) = (self.long, self.zeros.len());
        self.zeros.fill(F::zero());
        for _ in 0..iterations {
            F::scores(Rows::all(self.x, long), self.x, self.zeros, self.gram);
            // A is symmetric, so A² = AAᵀ.
            F::scores(Rows::all(self.gram, short), self.gram, self.zeros, self.polynomial);
            self.polynomial.iter_mut().zip(&*self.gram).for_each(|(p, &g)| *p = b * g + c * *p);
            vector::scale_to(self.x, a, self.spare);
            // So is the polynomial P, and PX = PᵀX.
            F::accumulate(Rows::all(self.x, long), self.polynomial, self.spare);
            std::mem::swap(&mut self.x, &mut self.spare);
        }
    }
}

/// Writes the transpose of a matrix with these numbers of rows and columns.
pub(super) fn transpose<F: Copy>(matrix: &[F], rows: usize, columns: usize, out: &mut [F]) {
    /// Squares of this side stay in the first-level cache.
    const SIDE: usize = 16;
    for top in (0..rows).step_by(SIDE) {
        for left in (0..columns).step_by(SIDE) {
            for i in top..rows.min(top + SIDE) {
                for j in left..columns.min(left + SIDE) {
                    out[j * rows + i] = matrix[i * columns + j];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng;

    /// A matrix with orthonormal rows is a multiple of itself after each iteration: every singular value goes
    /// through the polynomial.
    #[test]
    fn singular_values_go_through_the_polynomial() {
        let [a, b, c] = COEFFICIENTS;
        let mut expected: [f64; 2] = [0.6, 0.02];
        for _ in 0..5 {
            expected = expected.map(|s| a * s + b * s.powi(3) + c * s.powi(5));
        }
        let mut memory = vec![0.0; scratch(2, 3)];
        let mut work = cut(&mut memory, 2, 3);
        work.x.copy_from_slice(&[0.0, 0.6, 0.0, 0.0, 0.0, 0.02]);
        work.iterate(COEFFICIENTS, 5);
        let off = |got: f64, expected: f64| (got - expected).abs() < 1e-13;
        assert!(off(work.x[1], expected[0]) && off(work.x[5], expected[1]), "{:?}", work.x);
        assert!(expected.iter().all(|s| (0.6..1.3).contains(s)), "{expected:?}");
    }

    #[test]
    fn transposing_twice_gives_the_matrix_back() {
        let matrix = rng::normal::<f64>(&mut rng::stream(0, "transpose", 0), 37 * 20, 1.0).to_vec();
        let (mut once, mut twice) = (vec![0.0; 740], vec![0.0; 740]);
        transpose(&matrix, 37, 20, &mut once);
        transpose(&once, 20, 37, &mut twice);
        assert!(twice == matrix && once[1] == matrix[20]);
    }
}
