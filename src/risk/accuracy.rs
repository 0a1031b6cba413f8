//! The share of right answers.

use super::blocks::BLOCK;
use crate::linalg::{Rows, gapless_rows};
use crate::model::Model;
use crate::real::Real;
use ndarray::{Array2, ArrayRef1};
use rayon::prelude::*;

/// The share of examples whose highest score is that of their class (ties go to the lower class).
///
/// # Panics
/// If the matrix does not lie row by row in memory.
pub fn accuracy<F: Real>(
    model: &impl Model<F>,
    params: &ArrayRef1<F>,
    features: &Array2<F>,
    labels: &[u8],
) -> f64 {
    let right: usize =
        rows(labels).par_chunks(BLOCK).map(|block| right_of(model, params, features, labels, block)).sum();
    right as f64 / labels.len() as f64
}

/// The same on the calling thread alone: for one of many runs that have the threads among them.
pub(crate) fn accuracy_on_one_thread<F: Real>(
    model: &impl Model<F>,
    params: &ArrayRef1<F>,
    features: &Array2<F>,
    labels: &[u8],
) -> f64 {
    let right: usize =
        rows(labels).chunks(BLOCK).map(|block| right_of(model, params, features, labels, block)).sum();
    right as f64 / labels.len() as f64
}

fn rows(labels: &[u8]) -> Vec<u32> {
    (0..labels.len() as u32).collect()
}

/// How many examples of a block are right.
fn right_of<F: Real>(
    model: &impl Model<F>,
    params: &ArrayRef1<F>,
    features: &Array2<F>,
    labels: &[u8],
    block: &[u32],
) -> usize {
    let params = params.as_slice().expect("parameters lie without gaps");
    let (data, stride) = gapless_rows(features);
    let mut scores = vec![F::zero(); block.len() * model.classes()];
    let mut scratch = vec![F::zero(); model.scratch_len(block.len())];
    model.scores(params, Rows::new(data, features.ncols(), block).stride(stride), &mut scratch, &mut scores);
    let predicted = scores.chunks_exact(model.classes()).map(highest);
    predicted.zip(block).filter(|(class, row)| *class == usize::from(labels[**row as usize])).count()
}

/// The place of the highest score; a NaN counts as highest, so a diverged model is not credited with class 0.
fn highest<F: Real>(scores: &[F]) -> usize {
    let better =
        |best: usize, i: usize| if scores[i] > scores[best] || scores[i].is_nan() { i } else { best };
    let best = (1..scores.len()).fold(0, better);
    if scores[best].is_nan() { usize::MAX } else { best }
}
