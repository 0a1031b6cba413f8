//! Paths of iterates, and how far apart two of them are.

use crate::minimize::Minimum;

/// Returns the iterates of a run with few parameters, from the start on.
pub(super) fn path(run: &Minimum) -> Vec<Vec<f64>> {
    (0..run.trace.len()).map(|k| run.trace.x.iter().map(|column| column[k]).collect()).collect()
}

/// Returns the largest difference between two paths in any coordinate at any step, relative to the largest
/// coordinate of the second.
pub(super) fn apart(path: &[Vec<f64>], reference: &[Vec<f64>]) -> f64 {
    let largest = reference.iter().flatten().fold(0.0f64, |m, x| m.max(x.abs()));
    let pairs = path.iter().flatten().zip(reference.iter().flatten());
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) / largest
}
