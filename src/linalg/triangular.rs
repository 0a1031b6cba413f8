//! Triangular systems in row-major memory, for which LAPACK would need a transposed copy. Each takes n²
//! operations.

use super::contiguous::{slice, slice_mut};
use super::vector::{add_scaled, dot};
use ndarray::{ArrayRef1, ArrayRef2};

/// Solves R·x = b, where R is the upper triangle of the first n rows and columns, and n the length of `x`. At
/// first `x` holds b; the solution replaces it.
pub(crate) fn solve_upper(r: &ArrayRef2<f64>, x: &mut ArrayRef1<f64>) {
    let (n, x) = (x.len(), slice_mut(x));
    for i in (0..n).rev() {
        let row = row(r, i);
        let (known, rest) = (x[i], &x[i + 1..]);
        x[i] = (known - dot(&row[i + 1..n], rest)) / row[i];
    }
}

/// Solves L·x = b, where L is the lower triangle of the first n rows and columns, and n the length of `x`. At
/// first `x` holds b; the solution replaces it.
pub(crate) fn solve_lower(l: &ArrayRef2<f64>, x: &mut ArrayRef1<f64>) {
    let (n, x) = (x.len(), slice_mut(x));
    for i in 0..n {
        let row = row(l, i);
        x[i] = (x[i] - dot(&row[..i], &x[..i])) / row[i];
    }
}

/// Solves Lᵀ·x = b, where L is the lower triangle of the first n rows and columns, and n the length of `x`.
/// At first `x` holds b; the solution replaces it.
pub(crate) fn solve_lower_transposed(l: &ArrayRef2<f64>, x: &mut ArrayRef1<f64>) {
    let (n, x) = (x.len(), slice_mut(x));
    for i in (0..n).rev() {
        let row = row(l, i);
        let solved = x[i] / row[i];
        x[i] = solved;
        add_scaled(&mut x[..i], -solved, &row[..i]);
    }
}

/// Copies the upper triangle of a square matrix into the lower one, by tiles that fit into the cache in both
/// orders.
pub(crate) fn mirror_upper(matrix: &mut ArrayRef2<f64>) {
    const TILE: usize = 32;
    let n = matrix.nrows();
    let entries = slice_mut(matrix);
    for rows in (0..n).step_by(TILE) {
        for columns in (0..=rows).step_by(TILE) {
            for i in rows..n.min(rows + TILE) {
                for j in columns..i.min(columns + TILE) {
                    entries[i * n + j] = entries[j * n + i];
                }
            }
        }
    }
}

/// Returns row `i` of a matrix.
fn row(matrix: &ArrayRef2<f64>, i: usize) -> &[f64] {
    let columns = matrix.ncols();
    &slice(matrix)[i * columns..(i + 1) * columns]
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array1, Array2, array};

    #[test]
    fn the_upper_triangle_is_mirrored() {
        for n in [1, 31, 32, 33, 70] {
            let mut matrix =
                Array2::from_shape_fn((n, n), |(i, j)| if i <= j { (100 * i + j) as f64 } else { f64::NAN });
            mirror_upper(&mut matrix);
            assert!(matrix.indexed_iter().all(|((i, j), &v)| v == (100 * i.min(j) + i.max(j)) as f64), "{n}");
        }
    }

    #[test]
    fn each_triangle_is_solved() {
        // What stands outside the triangle must not matter.
        let upper = array![[2.0, 1.0, 3.0, 9.0], [9.0, 4.0, -1.0, 9.0], [9.0, 9.0, 5.0, 9.0]];
        let lower = array![[2.0, 9.0, 9.0], [1.0, 4.0, 9.0], [3.0, -1.0, 5.0]];
        let solved =
            |solve: fn(&ArrayRef2<f64>, &mut ArrayRef1<f64>), matrix: &ArrayRef2<f64>, b: Array1<f64>| {
                let mut x = b;
                solve(matrix, &mut x);
                x
            };
        assert_eq!(solved(solve_upper, &upper, array![13.0, 5.0, 15.0]), array![1.0, 2.0, 3.0]);
        assert_eq!(solved(solve_lower, &lower, array![2.0, 9.0, 16.0]), array![1.0, 2.0, 3.0]);
        assert_eq!(solved(solve_lower_transposed, &lower, array![13.0, 5.0, 15.0]), array![1.0, 2.0, 3.0]);
    }
}
