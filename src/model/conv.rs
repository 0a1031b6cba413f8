//! The convolutional network.

mod convolutions;
mod front;
mod memory;
mod passes;
mod stage;
#[cfg(test)]
mod tests;

use super::activation::Activation;
use super::chain::Chain;
use super::mlp::Mlp;
use crate::error::{Error, Result};
pub use convolutions::Convolutions;
use stage::Stage;

/// A convolutional network (LeCun, Bottou, Bengio & Haffner, "Gradient-based learning applied to document
/// recognition", Proc. IEEE 86 (1998)): some stages, then the linear layer that gives the scores. A stage is
/// a convolution with kernels of 3 × 3 (stride 1, a border of one zero, so that the image keeps its size),
/// the activation φ (default ReLU), and the maximum of each 2 × 2 pixels:
///
/// z\[m, y, x\] = c\[m\] + Σ_{k,i,j} K\[m, k, i, j\] · in\[k, y + i − 1, x + j − 1\] for i and j from 0 to 2;
///
/// out\[m, y, x\] = max over i and j, 0 or 1, of φ(z\[m, 2y + i, 2x + j\]).
///
/// The features are a square image, of one channel or three (red, green and blue), stored channel by channel
/// and each row by row. A stage halves its height and width; of an odd number the last row and column are
/// left out.
///
/// The parameters are K1 (C₁ × 9·channels, regularized), c1 (C₁), K2 (C₂ × 9·C₁, regularized), c2 (C₂), …,
/// then W1 and b1 of the linear layer. The weights start as
/// [`Initialization::He`](super::Initialization::He) under ReLU and as
/// [`Initialization::Xavier`](super::Initialization::Xavier) under others.
///
/// Gradients and products with the Hessian are exact. Where two of four pixels are equally large the maximum
/// has a kink; the first one counts.
///
/// ```
/// use gradus::model::{ConvNet, Model};
/// use gradus::prelude::*;
/// let net = ConvNet::new(64, &[8, 16], 10)?;
/// assert_eq!(Model::<f32>::name(&net), "conv:8,16");
/// // Two stages make 2 × 2 pixels of 8 × 8, in 16 channels.
/// assert_eq!(Model::<f32>::layout(&net).len(), 8 * 9 + 8 + 16 * 72 + 16 + 10 * 64 + 10);
///
/// let digits = Preprocessing::default().prepare::<f32>(&data::digits());
/// let classifier = Classifier::new(digits, ModelKind::parse("conv:8,16")?, Regularizer::l2(1e-4));
/// let settings = Training { lr: 1e-2, epochs: 10, ..Training::default() };
/// let fit = classifier.fit(Softmax, Adam::default(), &settings)?;
/// assert!(fit.curve.test_accuracy.last() > Some(&0.9));
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub type ConvNet = Chain<Convolutions>;

/// The least height and width of an image.
const LEAST_SIDE: usize = 4;

/// Returns the numbers of channels and of pixels of a side of an image with this many features, if it is
/// square, has one channel or three, and is at least 4 × 4.
pub(super) fn image_of(features: usize) -> Option<(usize, usize)> {
    // Three times a square is never a square, so that there is one answer at most.
    let square = |size: usize| (size.isqrt().pow(2) == size).then(|| size.isqrt());
    let grey = square(features).map(|side| (1, side));
    let colour = || features.is_multiple_of(3).then(|| square(features / 3))?.map(|side| (3, side));
    grey.or_else(colour).filter(|&(_, side)| side >= LEAST_SIDE)
}

impl Chain<Convolutions> {
    /// Returns a network for images of `features` numbers with a stage for each number of `channels`, and
    /// `classes` scores.
    ///
    /// # Errors
    /// If the features are no square image of at least 4 × 4 pixels, there is no stage, a size is zero, the
    /// image is too small for as many stages, or there are more parameters than can be counted.
    pub fn new(features: usize, channels: &[usize], classes: usize) -> Result<Self> {
        let Some((colours, side)) = image_of(features) else {
            return Err(Error::Unsupported {
                what: format!(
                    "a convolutional net needs square images of at least {LEAST_SIDE} × {LEAST_SIDE} pixels, \
                     grey or in colour, and these examples have {features} features"
                ),
                remedy: "choose such images, for example the digits, or another model",
            });
        };
        if channels.contains(&0) || channels.is_empty() {
            return Err(Error::Hyperparameter {
                name: "number of channels",
                value: 0.0,
                range: "at least 1",
            });
        }
        let (mut inputs, mut size, mut first) = (colours, side, 0);
        let mut stages: Vec<Stage> = Vec::new();
        for &outputs in channels {
            if size < 2 {
                return Err(Error::Unsupported {
                    what: format!(
                        "an image of {side} × {side} pixels cannot be halved {} times",
                        channels.len()
                    ),
                    remedy: "use fewer stages",
                });
            }
            let stage = Stage::new(inputs, outputs, size, first).ok_or_else(|| Error::Unsupported {
                what: format!("a net with {channels:?} channels has more parameters than can be counted"),
                remedy: "use fewer channels",
            })?;
            (inputs, size, first) = (outputs, stage.pooled, stage.bias.end);
            stages.push(stage);
        }
        let outputs = stages.last().map_or(0, Stage::units);
        let net = Mlp::new(outputs, &[], classes)?;
        Ok(Chain {
            front: Convolutions { stages, activation: Activation::default() },
            net,
            initialization: None,
        })
    }

    /// Sets the activation of the convolutions (default ReLU).
    #[must_use]
    pub fn activation(self, activation: Activation) -> Self {
        Chain { front: Convolutions { activation, ..self.front }, ..self }
    }
}
