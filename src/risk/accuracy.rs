//! The accuracy of a classifier.

use super::blocks::BLOCK;
use crate::linalg::{Block, FeatureRows, Reader, slice};
use crate::model::Model;
use crate::real::Real;
use ndarray::ArrayRef1;
use rayon::prelude::*;
use std::ops::Range;

/// Returns the accuracy of a model: the share (from 0 to 1) of examples whose highest score is that of their
/// class. Of equal scores, the lower class counts as the highest. A NaN among the scores counts as a wrong
/// answer.
///
/// ```
/// use gradus::model::Linear;
/// use gradus::prelude::*;
/// use gradus::risk::accuracy;
/// let x = array![[1.0, 0.0], [0.0, 1.0], [0.0, 2.0]];
/// // W is the identity, b is zero: the larger feature names the class.
/// let params = array![1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
/// assert_eq!(accuracy(&Linear::new(2, 2), &params, &x, &[0, 1, 0]), 2.0 / 3.0);
/// ```
///
/// # Panics
/// If the matrix is not stored row by row.
pub fn accuracy<'a, F: Real>(
    model: &impl Model<F>,
    params: &ArrayRef1<F>,
    features: impl Into<FeatureRows<'a, F>>,
    labels: &[u8],
) -> f64 {
    right_answers(model, params, features.into(), labels, 0..labels.len()) as f64 / labels.len() as f64
}

/// Returns the number of examples in a range of rows that are classified correctly.
pub(crate) fn right_answers<F: Real>(
    model: &impl Model<F>,
    params: &ArrayRef1<F>,
    features: FeatureRows<F>,
    labels: &[u8],
    rows: Range<usize>,
) -> usize {
    let rows: Vec<u32> = (rows.start as u32..rows.end as u32).collect();
    rows.par_chunks(BLOCK).map(|block| right_of(model, params, features, labels, block)).sum()
}

/// Returns the same as [`accuracy`], on the calling thread alone, for one of many concurrent runs.
pub(crate) fn accuracy_on_one_thread<F: Real>(
    model: &impl Model<F>,
    params: &ArrayRef1<F>,
    features: FeatureRows<F>,
    labels: &[u8],
) -> f64 {
    let right: usize = (0..labels.len() as u32)
        .collect::<Vec<_>>()
        .chunks(BLOCK)
        .map(|block| right_of(model, params, features, labels, block))
        .sum();
    right as f64 / labels.len() as f64
}

/// Returns the number of examples of a block that are classified correctly.
fn right_of<F: Real>(
    model: &impl Model<F>,
    params: &ArrayRef1<F>,
    features: FeatureRows<F>,
    labels: &[u8],
    block: &[u32],
) -> usize {
    let params = slice(params);
    let mut memory = Block::default();
    let rows = features.block(block, &[], Reader::Any, &mut memory);
    let mut scores = vec![F::zero(); block.len() * model.classes()];
    let mut scratch = vec![F::zero(); model.scratch_len(block.len())];
    model.scores(params, rows, &mut scratch, &mut scores);
    let predicted = scores.chunks_exact(model.classes()).map(highest);
    predicted.zip(block).filter(|(class, row)| *class == usize::from(labels[**row as usize])).count()
}

/// Returns the index of the highest score, or `usize::MAX` if a score is NaN, so that a diverged model is not
/// credited with class 0.
fn highest<F: Real>(scores: &[F]) -> usize {
    let better =
        |best: usize, i: usize| if scores[i] > scores[best] || scores[i].is_nan() { i } else { best };
    let best = (1..scores.len()).fold(0, better);
    if scores[best].is_nan() { usize::MAX } else { best }
}
