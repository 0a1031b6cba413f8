//! The fully connected network.

use super::layer::{Layer, below};
use super::pass::{Pass, TangentPass};
use crate::error::{Error, Result};
use crate::linalg::Rows;
use crate::model::activation::Activation;
use crate::model::initialization::Initialization;
use crate::model::traits::Model;
use crate::objective::{KroneckerBlock, ParamLayout};
use crate::real::Real;
use crate::rng::Stream;
use ndarray::Array1;

/// The fully connected network (multilayer perceptron) of any depth: a₀ = x, zₗ = Wₗ aₗ₋₁ + bₗ and
/// aₗ = φ(zₗ) for each layer l. The scores are z of the last layer.
///
/// The parameters are, layer by layer, W1 (H₁ × D, regularized), b1 (H₁), W2 (H₂ × H₁, regularized), b2 (H₂),
/// …; the last layer has C outputs. Without hidden layers the network is the linear classifier. The
/// activation φ is ReLU by default. The weights start as [`Initialization::He`] under ReLU and as
/// [`Initialization::Xavier`] under others.
///
/// An [autoencoder](Mlp::autoencoder) is such a network too.
///
/// ```
/// use gradus::model::{Mlp, Model};
/// use gradus::prelude::*;
/// use gradus::rng;
/// use gradus::risk::EmpiricalRisk;
/// let digits = data::Preprocessing::default().prepare::<f32>(&data::digits());
/// let net = Mlp::new(64, &[32], 10)?;
/// let start = Model::<f32>::initial(&net, &mut rng::stream(0, "initial parameters", 0));
/// let mut risk = EmpiricalRisk::new(net, Softmax, digits.train_x, digits.train_y, Regularizer::l2(1e-4))?;
/// let settings = Training { epochs: 10, lr: 0.1, ..Training::default() };
/// let trained = train(&mut risk, Momentum::default(), &start, &settings)?;
/// assert!(risk.value(&trained.params) < 0.1);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Mlp {
    pub(super) layers: Vec<Layer>,
    activation: Activation,
    initialization: Option<Initialization>,
    /// The layer with the code of an autoencoder.
    code: Option<usize>,
}

impl Mlp {
    /// Returns a network with `features` inputs, hidden layers of the sizes `hidden`, and `classes` outputs.
    ///
    /// # Errors
    /// If a size is zero, or there are more parameters than can be counted.
    pub fn new(features: usize, hidden: &[usize], classes: usize) -> Result<Self> {
        let sizes: Vec<usize> = [features].iter().chain(hidden).chain(&[classes]).copied().collect();
        if sizes.contains(&0) {
            return Err(Error::Hyperparameter { name: "layer size", value: 0.0, range: "at least 1" });
        }
        let counted = sizes.windows(2).try_fold(0usize, |sum, size| {
            sum.checked_add(size[0].checked_mul(size[1])?)?.checked_add(size[1])
        });
        if counted.is_none_or(|parameters| isize::try_from(parameters).is_err()) {
            let what = format!("a network with the layers {sizes:?} has more parameters than can be counted");
            return Err(Error::Unsupported { what, remedy: "make its layers smaller" });
        }
        let (mut parameters, mut units) = (0, 0);
        let layers = sizes.windows(2).enumerate().map(|(depth, size)| {
            let (inputs, outputs) = (size[0], size[1]);
            let weights = parameters..parameters + inputs * outputs;
            let bias = weights.end..weights.end + outputs;
            parameters = bias.end;
            let own = units..units + if depth < hidden.len() { outputs } else { 0 };
            units = own.end;
            Layer { inputs, outputs, weights, bias, units: own }
        });
        let layers = layers.collect();
        Ok(Mlp { layers, activation: Activation::default(), initialization: None, code: None })
    }

    /// Returns an autoencoder: a network whose outputs reconstruct its D inputs from a code. The layers of
    /// the `encoder`, of which the last is the code, are mirrored: 784–400–6 becomes 784–400–6–400–784.
    ///
    /// The units of the code are linear. Those of the other hidden layers are sigmoid by default, and the
    /// weights start as [`Initialization::Sparse`] with 15 weights a unit. The outputs are the values
    /// before an output unit: under [`Squared`](crate::loss::Squared) these are the reconstruction, under
    /// [`Logistic`](crate::loss::Logistic) the reconstruction is their sigmoid.
    ///
    /// Sources: Hinton & Salakhutdinov, "Reducing the dimensionality of data with neural networks", Science
    /// 313 (2006), whose nets these are: 784–400–200–100–50–25–6 for *curves* and 784–1000–500–250–30 for
    /// MNIST; Martens, "Deep learning via Hessian-free optimization", ICML 2010, for the initial weights.
    ///
    /// ```
    /// use gradus::model::{Mlp, Model};
    /// let net = Mlp::autoencoder(784, &[400, 6])?;
    /// assert_eq!(net.hidden(), [400, 6, 400]);
    /// assert_eq!((Model::<f32>::features(&net), Model::<f32>::classes(&net)), (784, 784));
    /// # Ok::<(), gradus::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// If a size is zero, the encoder has no layer, or there are more parameters than can be counted.
    pub fn autoencoder(features: usize, encoder: &[usize]) -> Result<Self> {
        let Some((code, others)) = encoder.split_last() else {
            let what = "an autoencoder without a layer for its code".into();
            return Err(Error::Unsupported { what, remedy: "give the sizes of its encoder" });
        };
        let hidden: Vec<usize> = others.iter().chain([code]).chain(others.iter().rev()).copied().collect();
        let net = Mlp::new(features, &hidden, features)?.activation(Activation::Sigmoid);
        let sparse = Initialization::Sparse(Initialization::INCOMING);
        Ok(Mlp { code: Some(others.len()), ..net }.initialization(sparse))
    }

    /// Returns the activation of the layer `depth`.
    pub(super) fn activation_of(&self, depth: usize) -> Activation {
        match self.code {
            Some(code) if code == depth => Activation::Linear,
            _ => self.activation,
        }
    }

    /// Halves the weights of a sparse initialization for each end of a layer that has tanh units, and starts
    /// the biases of tanh units at ½, so that they behave as sigmoid units do.
    fn simulate_sigmoid<F: Real>(&self, params: &mut [F]) {
        let half = F::of(0.5);
        let is_tanh =
            |depth: usize| depth + 1 < self.layers.len() && self.activation_of(depth) == Activation::Tanh;
        for (depth, layer) in self.layers.iter().enumerate() {
            let ends = [depth.checked_sub(1).is_some_and(is_tanh), is_tanh(depth)];
            for _ in ends.iter().filter(|tanh| **tanh) {
                params[layer.weights.clone()].iter_mut().for_each(|w| *w *= half);
            }
            if is_tanh(depth) {
                params[layer.bias.clone()].fill(half);
            }
        }
    }

    /// Sets the activation of the hidden layers (default ReLU), of an autoencoder without that of its code.
    #[must_use]
    pub fn activation(self, activation: Activation) -> Self {
        Mlp { activation, ..self }
    }

    /// Sets the distribution of the initial weights.
    #[must_use]
    pub fn initialization(self, initialization: Initialization) -> Self {
        Mlp { initialization: Some(initialization), ..self }
    }

    /// Returns the sizes of the hidden layers.
    pub fn hidden(&self) -> Vec<usize> {
        let hidden = &self.layers[..self.layers.len() - 1];
        hidden.iter().map(|layer| layer.outputs).collect()
    }

    /// Returns the text of a model with these sizes and then those of the hidden layers.
    pub(in crate::model) fn named(&self, kind: &str, before: &[usize], default: Activation) -> String {
        self.activation.after_sizes(kind, &[before, &self.hidden()].concat(), default)
    }

    /// Returns the number of hidden units of all layers together.
    fn units(&self) -> usize {
        self.layers.last().map_or(0, |layer| layer.units.end)
    }

    /// Returns the largest number of outputs of a layer.
    fn widest(&self) -> usize {
        self.layers.iter().map(|layer| layer.outputs).max().unwrap_or(0)
    }

    /// Returns the layers as blocks of parameters.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = KroneckerBlock> + '_ {
        let of = |layer: &Layer| KroneckerBlock {
            weights: layer.weights.clone(),
            bias: layer.bias.clone(),
            inputs: layer.inputs,
            outputs: layer.outputs,
        };
        self.layers.iter().map(of)
    }

    /// Writes the derivatives with respect to zₗ of every hidden layer into the scratch memory of the forward
    /// pass, given the errors.
    pub(crate) fn propagate<F: Real>(&self, params: &[F], rows: usize, scratch: &mut [F], errors: &[F]) {
        let pass = self.cut(rows, scratch);
        for (depth, layer) in self.layers.iter().enumerate().skip(1).rev() {
            let (lower, upper) = pass.deltas.split_at_mut(layer.block(rows).start);
            let delta = if depth + 1 == self.layers.len() { errors } else { &upper[..rows * layer.outputs] };
            let block = self.layers[depth - 1].block(rows);
            let next = &mut lower[block.clone()];
            next.fill(F::zero());
            layer.propagate(params, delta, pass.transposed, next);
            self.activation_of(depth - 1).multiply_by_slope(&pass.activations[block], next);
        }
    }

    /// Returns the input of layer `depth` in the forward pass.
    pub(crate) fn input<'a, F>(&self, depth: usize, rows: Rows<'a, F>, scratch: &'a [F]) -> Rows<'a, F> {
        below(&self.layers, depth, rows, scratch)
    }

    /// Returns the derivatives with respect to zₗ of layer `depth`. Those of the last layer are the errors.
    pub(crate) fn delta<'a, F>(
        &self,
        depth: usize,
        rows: usize,
        scratch: &'a [F],
        errors: &'a [F],
    ) -> &'a [F] {
        let deltas = &scratch[rows * self.units()..];
        if depth + 1 == self.layers.len() { errors } else { &deltas[self.layers[depth].block(rows)] }
    }

    pub(super) fn cut<'a, F>(&self, rows: usize, scratch: &'a mut [F]) -> Pass<'a, F> {
        Pass::cut(rows * self.units(), scratch)
    }

    pub(super) fn cut_tangent<'a, F>(&self, rows: usize, scratch: &'a mut [F]) -> TangentPass<'a, F> {
        TangentPass::cut(rows * self.units(), rows * self.widest(), scratch)
    }
}

impl<F: Real> Model<F> for Mlp {
    fn name(&self) -> String {
        let hidden = self.hidden();
        let (kind, hidden, default) = match self.code {
            Some(code) => ("autoencoder", &hidden[..=code], Activation::Sigmoid),
            None => ("mlp", &hidden[..], Activation::default()),
        };
        self.activation.after_sizes(kind, hidden, default)
    }

    fn layout(&self) -> ParamLayout {
        ParamLayout::new(self.layers.iter().enumerate().flat_map(|(depth, layer)| {
            let number = depth + 1;
            [
                (format!("W{number}"), (layer.outputs, layer.inputs), true),
                (format!("b{number}"), (1, layer.outputs), false),
            ]
        }))
    }

    fn features(&self) -> usize {
        self.layers[0].inputs
    }

    fn classes(&self) -> usize {
        self.layers[self.layers.len() - 1].outputs
    }

    fn scratch_len(&self, rows: usize) -> usize {
        rows * (2 * self.units() + self.widest())
    }

    fn scores(&self, params: &[F], rows: Rows<F>, scratch: &mut [F], scores: &mut [F]) {
        let pass = self.cut(rows.len(), scratch);
        let last = self.layers.len() - 1;
        for (depth, layer) in self.layers.iter().enumerate() {
            let (lower, upper) = pass.activations.split_at_mut(layer.block(rows.len()).start);
            let input = below(&self.layers, depth, rows, lower);
            let (weights, bias) = (&params[layer.weights.clone()], &params[layer.bias.clone()]);
            if depth == last {
                F::scores(input, weights, bias, scores);
            } else {
                let output = &mut upper[..rows.len() * layer.outputs];
                F::scores(input, weights, bias, output);
                self.activation_of(depth).apply(output);
            }
        }
    }

    fn backward(&self, params: &[F], rows: Rows<F>, scratch: &mut [F], errors: &[F], grad: &mut [F]) {
        self.propagate(params, rows.len(), scratch, errors);
        for (depth, layer) in self.layers.iter().enumerate() {
            layer.accumulate(
                self.input(depth, rows, scratch),
                self.delta(depth, rows.len(), scratch, errors),
                grad,
            );
        }
    }

    fn tangent_len(&self, rows: usize) -> usize {
        rows * (2 * self.units() + self.widest()) + self.widest()
    }

    fn scores_tangent(
        &self,
        params: &[F],
        direction: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        tangent: &mut [F],
        scores_tangent: &mut [F],
    ) {
        self.scores_tangent_above(params, direction, rows, None, scratch, tangent, scores_tangent);
    }

    fn backward_tangent(
        &self,
        params: &[F],
        direction: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        tangent: &mut [F],
        errors: &[F],
        errors_tangent: &[F],
        product: &mut [F],
    ) {
        self.backward_tangent_above(
            params,
            direction,
            rows,
            None,
            scratch,
            tangent,
            errors,
            errors_tangent,
            product,
        );
    }

    fn initial(&self, stream: &mut Stream) -> Array1<F> {
        let default =
            if self.activation == Activation::Relu { Initialization::He } else { Initialization::Xavier };
        let initialization = self.initialization.unwrap_or(default);
        let mut params = vec![F::zero(); self.layers.last().map_or(0, |layer| layer.bias.end)];
        for layer in &self.layers {
            initialization.draw(stream, layer.inputs, layer.outputs, &mut params[layer.weights.clone()]);
        }
        if matches!(initialization, Initialization::Sparse(_)) {
            self.simulate_sigmoid(&mut params);
        }
        params.into()
    }
}
