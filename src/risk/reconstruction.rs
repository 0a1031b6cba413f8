//! The error of reconstructions.

use super::blocks::BLOCK;
use crate::linalg::{Rows, gapless_rows, slice};
use crate::loss::Loss;
use crate::model::Model;
use crate::real::Real;
use ndarray::{Array2, ArrayRef1};
use rayon::prelude::*;

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
pub fn reconstruction_error<F: Real>(
    model: &impl Model<F>,
    loss: &impl Loss<F>,
    params: &ArrayRef1<F>,
    features: &Array2<F>,
) -> f64 {
    assert_eq!(model.classes(), features.ncols(), "an output for each feature");
    let loss = loss.of_targets().expect("a loss of real-valued targets");
    let all: Vec<u32> = (0..features.nrows() as u32).collect();
    let ((data, stride), columns, params) = (gapless_rows(features), features.ncols(), slice(params));
    let of_block = |block: &[u32]| {
        let rows = Rows::new(data, columns, block).stride(stride);
        let mut outputs = vec![F::zero(); block.len() * columns];
        let mut scratch = vec![F::zero(); model.scratch_len(block.len())];
        model.scores(params, rows, &mut scratch, &mut outputs);
        let of_example = |(i, outputs): (usize, &mut [F])| {
            loss.predict(outputs);
            outputs.iter().zip(rows.row(i)).map(|(&y, &x)| (y.wide() - x.wide()).powi(2)).sum::<f64>()
        };
        outputs.chunks_exact_mut(columns).enumerate().map(of_example).sum::<f64>()
    };
    // The sums of the blocks are added in order, so that the result does not depend on the number of threads.
    let sums: Vec<f64> = all.par_chunks(BLOCK).map(of_block).collect();
    sums.iter().sum::<f64>() / features.nrows() as f64
}
