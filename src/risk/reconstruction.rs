//! The error of reconstructions.

use super::blocks::BLOCK;
use crate::linalg::{Block, FeatureRows, Reader, slice};
use crate::loss::Loss;
use crate::model::Model;
use crate::real::Real;
use ndarray::ArrayRef1;
use rayon::prelude::*;
use std::ops::Range;

/// Returns the reconstruction error of an autoencoder: the mean over examples of ‖x̂ − x‖², the squared
/// distance of the reconstruction x̂ from the features x, summed over features. The reconstruction is what
/// the loss [predicts](crate::loss::TargetLoss::predict) by the outputs s of the model: s under squared
/// error, σ(s) under the logistic loss.
///
/// This is the error that Martens (2010) and Sutskever et al. (2013) report of their autoencoders,
/// whichever loss they train with.
///
/// ```
/// use gradus::loss::Squared;
/// use gradus::model::Mlp;
/// use gradus::prelude::*;
/// use gradus::risk::reconstruction_error;
/// let net = Mlp::autoencoder(2, &[1])?;
/// // At parameters of zero the reconstruction is 0.
/// let x = array![[3.0, 4.0], [0.0, 1.0]];
/// assert_eq!(reconstruction_error(&net, &Squared, &Array1::zeros(7), &x), (25.0 + 1.0) / 2.0);
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Panics
/// If the loss takes no real-valued targets, the model has not as many outputs as features, or the matrix
/// is not stored row by row.
pub fn reconstruction_error<'a, F: Real>(
    model: &impl Model<F>,
    loss: &impl Loss<F>,
    params: &ArrayRef1<F>,
    features: impl Into<FeatureRows<'a, F>>,
) -> f64 {
    let features = features.into();
    mean_of_examples(&example_errors(model, loss, params, features, 0..features.dim().0))
}

/// Returns the mean of the errors of all examples. They are added block by block.
pub(crate) fn mean_of_examples(errors: &[f64]) -> f64 {
    errors.chunks(BLOCK).map(|block| block.iter().sum::<f64>()).sum::<f64>() / errors.len() as f64
}

/// Returns the error of each example in a range of rows, which does not depend on the number of threads.
pub(crate) fn example_errors<F: Real>(
    model: &impl Model<F>,
    loss: &impl Loss<F>,
    params: &ArrayRef1<F>,
    features: FeatureRows<F>,
    rows: Range<usize>,
) -> Vec<f64> {
    assert_eq!(model.classes(), features.dim().1, "an output for each feature");
    let loss = loss.of_targets().expect("a loss of real-valued targets");
    let rows: Vec<u32> = (rows.start as u32..rows.end as u32).collect();
    let (columns, params) = (features.dim().1, slice(params));
    let of_block = |block: &[u32]| -> Vec<f64> {
        let mut memory = Block::default();
        let rows = features.block(block, &[], Reader::Any, &mut memory);
        let mut outputs = vec![F::zero(); block.len() * columns];
        let mut scratch = vec![F::zero(); model.scratch_len(block.len())];
        model.scores(params, rows, &mut scratch, &mut outputs);
        let of_example = |(i, outputs): (usize, &mut [F])| {
            loss.predict(outputs);
            outputs.iter().zip(rows.row(i)).map(|(&y, &x)| (y.wide() - x.wide()).powi(2)).sum::<f64>()
        };
        outputs.chunks_exact_mut(columns).enumerate().map(of_example).collect()
    };
    rows.par_chunks(BLOCK).flat_map_iter(of_block).collect()
}
