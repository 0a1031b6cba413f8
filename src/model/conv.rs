//! The convolutional network.

mod memory;
mod passes;
mod stage;
#[cfg(test)]
mod tests;

use super::activation::Activation;
use super::chain::{Chain, Errors, Front, NamedPart};
use super::initialization::Initialization;
use super::mlp::Mlp;
use crate::error::{Error, Result};
use crate::linalg::{Rows, join};
use crate::real::Real;
use crate::rng::Stream;
use memory::{Memory, TangentMemory, Work, halves, of_example, of_example_tangent};
use stage::{Stage, TOGETHER};

/// A convolutional network (LeCun, Bottou, Bengio & Haffner, "Gradient-based learning applied to document
/// recognition", Proc. IEEE 86 (1998)): some stages, then the linear layer that gives the scores. A stage is a
/// convolution with kernels of 3 × 3 (stride 1, a border of one zero, so that the image keeps its size), the
/// activation φ (default ReLU), and the maximum of each 2 × 2 pixels:
///
/// a\[m, y, x\] = max over the four pixels (y′, x′) of φ(c\[m\] + Σ_{k,i,j} K\[m, k, i, j\] · in\[k, y′ + i − 1,
/// x′ + j − 1\])
///
/// The features are a square image, of one channel or three (red, green and blue), stored channel by channel
/// and each row by row. A stage halves its height and width; of an odd number the last row and column are
/// left out.
///
/// The parameters are K1 (C₁ × 9·channels, regularized), c1 (C₁), K2 (C₂ × 9·C₁, regularized), c2 (C₂), …, then
/// W1 and b1 of the linear layer. The weights start as [`Initialization::He`] under ReLU and as
/// [`Initialization::Xavier`] under others.
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
/// let fit = classifier.fit(Softmax, Adam::default(), &Training { lr: 3e-3, epochs: 5, ..Training::default() })?;
/// assert!(fit.curve.test_accuracy.last() > Some(&0.9));
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub type ConvNet = Chain<Convolutions>;

/// The stages of a [`ConvNet`].
#[derive(Debug, Clone, PartialEq)]
pub struct Convolutions {
    stages: Vec<Stage>,
    activation: Activation,
}

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

impl Convolutions {
    fn first(&self) -> &Stage {
        &self.stages[0]
    }

    /// Returns the number of multiplications of a forward pass over an example, by which threads share it.
    fn work(&self) -> usize {
        self.stages.iter().map(|stage| stage.weights.len() * stage.side * stage.side).sum()
    }

    /// Returns the number of outputs of the last stage.
    fn units(&self) -> usize {
        self.stages.last().map_or(0, Stage::units)
    }

    fn parameters(&self) -> usize {
        self.stages.last().map_or(0, |stage| stage.bias.end)
    }

    /// Writes the weights of every stage but the first in reverse, one after another.
    fn reverse<F: Real>(&self, params: &[F], reversed: &mut [F]) {
        let mut rest = reversed;
        for stage in &self.stages[1..] {
            let (own, others) = rest.split_at_mut(stage.weights.len());
            stage.reverse(&params[stage.weights.clone()], own);
            rest = others;
        }
    }
}

impl<F: Real> Front<F> for Convolutions {
    fn name(&self, _net: &Mlp) -> String {
        let channels: Vec<usize> = self.stages.iter().map(|stage| stage.outputs).collect();
        self.activation.after_sizes("conv", &channels, Activation::default())
    }

    fn parts(&self) -> Vec<NamedPart> {
        let of = |(i, stage): (usize, &Stage)| -> [NamedPart; 2] {
            let number = i + 1;
            [
                (format!("K{number}").into(), (stage.outputs, stage.fan_in()), true),
                (format!("c{number}").into(), (1, stage.outputs), false),
            ]
        };
        self.stages.iter().enumerate().flat_map(of).collect()
    }

    fn features(&self) -> usize {
        self.first().inputs * self.first().side.pow(2)
    }

    fn outputs(&self) -> usize {
        self.units()
    }

    fn scratch_len(&self, rows: usize) -> usize {
        Memory::<F>::len(&self.stages, rows)
    }

    fn forward(&self, params: &[F], rows: Rows<F>, scratch: &mut [F], outputs: &mut [F]) {
        let Memory { examples, mut works, .. } = Memory::cut(&self.stages, rows.len(), scratch);
        let middle = rows.len() / 2;
        let (upper, lower) = outputs.split_at_mut(middle * self.units());
        let [(of_upper, first), (of_lower, second)] = halves(&self.stages, middle, examples, &mut works);
        let half = |from: usize, examples: &mut [F], outputs: &mut [F], work: &mut Work<F>| {
            let examples = examples.chunks_exact_mut(of_example(&self.stages));
            for (i, (own, outputs)) in examples.zip(outputs.chunks_exact_mut(self.units())).enumerate() {
                self.forward_example(params, rows.row(from + i), own, outputs, work);
            }
        };
        let size = rows.len() * self.work();
        join(size, || half(0, of_upper, upper, first), || half(middle, of_lower, lower, second));
    }

    fn backward(
        &self,
        params: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        outputs: &[F],
        errors: &[F],
        grad: &mut [F],
    ) {
        let Memory { examples, reversed, mut works } = Memory::cut(&self.stages, rows.len(), scratch);
        self.reverse(params, reversed);
        let (middle, units, reversed) = (rows.len() / 2, self.units(), &*reversed);
        let ((upper, lower), (out_upper, out_lower)) =
            (errors.split_at(middle * units), outputs.split_at(middle * units));
        let [(of_upper, first), (of_lower, second)] = halves(&self.stages, middle, examples, &mut works);
        let half = |examples: &mut [F], outputs: &[F], errors: &[F], work: &mut Work<F>| {
            work.sums.clear();
            let examples = examples.chunks_mut(TOGETHER * of_example(&self.stages));
            let of_outputs = outputs.chunks(TOGETHER * units).zip(errors.chunks(TOGETHER * units));
            for (own, (outputs, errors)) in examples.zip(of_outputs) {
                self.backward_examples(reversed, own, outputs, errors, work);
            }
        };
        // The gradient takes about as long as two forward passes.
        let size = 2 * rows.len() * self.work();
        join(size, || half(of_upper, out_upper, upper, first), || half(of_lower, out_lower, lower, second));
        works.iter_mut().for_each(|work| work.sums.add_to(&self.stages, grad));
    }

    fn tangent_len(&self, rows: usize) -> usize {
        TangentMemory::<F>::len(&self.stages, rows)
    }

    fn forward_tangent(
        &self,
        params: &[F],
        direction: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        tangent: &mut [F],
        outputs: &[F],
        tangents: &mut [F],
    ) {
        let memory = Memory::cut(&self.stages, rows.len(), scratch);
        let tangent = TangentMemory::cut(&self.stages, rows.len(), tangent);
        let [mut work, _] = memory.works;
        let examples = memory.examples.chunks_exact_mut(of_example(&self.stages));
        let own_tangents = tangent.examples.chunks_exact_mut(of_example_tangent(&self.stages));
        let outputs = outputs.chunks_exact(self.units()).zip(tangents.chunks_exact_mut(self.units()));
        for ((own, own_tangent), (outputs, tangents)) in examples.zip(own_tangents).zip(outputs) {
            self.forward_tangent_example([params, direction], own, own_tangent, outputs, tangents, &mut work);
        }
    }

    fn backward_tangent(
        &self,
        params: &[F],
        direction: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        tangent: &mut [F],
        of_outputs: Errors<F>,
        product: &mut [F],
    ) {
        let memory = Memory::cut(&self.stages, rows.len(), scratch);
        let mut tangent = TangentMemory::cut(&self.stages, rows.len(), tangent);
        self.reverse(params, memory.reversed);
        self.reverse(direction, tangent.reversed);
        let [mut work, _] = memory.works;
        work.sums.clear();
        let units = self.units();
        let examples = memory.examples.chunks_exact_mut(of_example(&self.stages));
        let own_tangents = tangent.examples.chunks_exact_mut(of_example_tangent(&self.stages));
        let outputs = of_outputs.outputs.chunks_exact(units).zip(of_outputs.tangents.chunks_exact(units));
        let errors = of_outputs.errors.chunks_exact(units).zip(of_outputs.errors_tangent.chunks_exact(units));
        for (((own, own_tangent), (outputs, tangents)), (errors, errors_tangent)) in
            examples.zip(own_tangents).zip(outputs).zip(errors)
        {
            let of_outputs = Errors { outputs, tangents, errors, errors_tangent };
            let reversed = [&*memory.reversed, &*tangent.reversed];
            self.backward_tangent_example(
                reversed,
                own,
                own_tangent,
                of_outputs,
                &mut work,
                &mut tangent.work,
            );
        }
        work.sums.add_to(&self.stages, product);
    }

    fn draw(&self, initialization: Option<Initialization>, stream: &mut Stream, params: &mut [F]) {
        let default =
            if self.activation == Activation::Relu { Initialization::He } else { Initialization::Xavier };
        for stage in &self.stages {
            let weights = &mut params[stage.weights.clone()];
            initialization.unwrap_or(default).draw(stream, stage.fan_in(), stage.outputs, weights);
        }
        debug_assert_eq!(params.len(), self.parameters());
    }
}
