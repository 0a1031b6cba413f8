//! The neural language model of *n* characters.

use super::activation::Activation;
use super::chain::{Chain, Errors, Front, NamedPart};
use super::initialization::Initialization;
use super::mlp::Mlp;
use crate::error::{Error, Result};
use crate::linalg::{DesignMatrix, Rows};
use crate::real::Real;
use crate::rng::Stream;

/// The neural n-gram language model (Bengio, Ducharme, Vincent & Jauvin, "A neural probabilistic language
/// model", JMLR 3 (2003), equation 1, without the direct connections from the embeddings to the scores): it
/// predicts the next of V symbols from the *k* symbols before.
///
/// The features of an example are the k symbols' codes, whole numbers from 0 to V − 1. Each code *c* chooses
/// the row E\[c\] of a table of embeddings, the same table at every place; the k rows, one after another, are
/// the features of a fully connected net ([`Mlp`]) with at least one hidden layer and V scores. The
/// activation is tanh by default.
///
/// The parameters are E (V × m, regularized), then those of the net: W1 (H × k·m), b1, W2 (V × H), b2, …. The
/// embeddings start as those of a layer with V inputs and m outputs, the net as [`Mlp`] says.
///
/// ```
/// use gradus::loss::Softmax;
/// use gradus::model::{Model, Ngram};
/// use gradus::prelude::*;
/// use gradus::risk::EmpiricalRisk;
/// // Three symbols, the next of which follows from the two before: their sum modulo 3.
/// let x = Array2::from_shape_fn((9, 2), |(i, place)| if place == 0 { i / 3 } else { i % 3 } as f64);
/// let y: Vec<u8> = (0..9).map(|i| ((i / 3 + i % 3) % 3) as u8).collect();
/// let model = Ngram::new(2, 3, 2, &[8])?;
/// assert_eq!(Model::<f64>::name(&model), "ngram:2,8");
/// let start = Model::<f64>::initial(&model, &mut gradus::rng::stream(0, "initial parameters", 0));
/// let risk = EmpiricalRisk::new(model, Softmax, x, y, Regularizer::default())?;
/// let found = minimize(risk, &start, Lbfgs::default(), Stop { max_iter: 200, ..Stop::grad(1e-6) })?;
/// assert!(found.value < 1e-3);
/// # use ndarray::Array2;
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub type Ngram = Chain<Embedding>;

/// The table of embeddings of an [`Ngram`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Embedding {
    places: usize,
    symbols: usize,
    width: usize,
}

impl Chain<Embedding> {
    /// Returns a model of the next of `symbols` symbols after `places` of them, with embeddings of `width`
    /// numbers and hidden layers of the sizes `hidden`.
    ///
    /// # Errors
    /// If a size is zero, there is no hidden layer, or there are more parameters than can be counted.
    pub fn new(places: usize, symbols: usize, width: usize, hidden: &[usize]) -> Result<Self> {
        if hidden.is_empty() {
            let what = "a model of n-grams without a hidden layer".into();
            return Err(Error::Unsupported { what, remedy: "give the size of at least one" });
        }
        if [places, symbols, width].contains(&0) {
            return Err(Error::Hyperparameter { name: "layer size", value: 0.0, range: "at least 1" });
        }
        let counted = places.checked_mul(width).zip(symbols.checked_mul(width));
        let Some((features, _)) = counted.filter(|&(_, table)| isize::try_from(table).is_ok()) else {
            let what = format!("embeddings of {width} numbers have more parameters than can be counted");
            return Err(Error::Unsupported { what, remedy: "make them smaller" });
        };
        let net = Mlp::new(features, hidden, symbols)?.activation(Activation::Tanh);
        Ok(Chain { front: Embedding { places, symbols, width }, net, initialization: None })
    }

    /// Sets the activation of the hidden layers (default tanh).
    #[must_use]
    pub fn activation(self, activation: Activation) -> Self {
        Chain { net: self.net.activation(activation), ..self }
    }
}

impl Embedding {
    /// Returns the range of the embedding of a code in the table.
    fn row<F: Real>(&self, code: F) -> std::ops::Range<usize> {
        let start = code.wide() as usize * self.width;
        start..start + self.width
    }

    /// Writes the embeddings of the codes of every example, from a table.
    fn look_up<F: Real>(&self, table: &[F], rows: Rows<F>, outputs: &mut [F]) {
        for (i, outputs) in outputs.chunks_exact_mut(self.places * self.width).enumerate() {
            for (&code, out) in rows.row(i).iter().zip(outputs.chunks_exact_mut(self.width)) {
                out.copy_from_slice(&table[self.row(code)]);
            }
        }
    }

    /// Adds errors of the embeddings to the rows of the table that they came from.
    fn spread<F: Real>(&self, rows: Rows<F>, errors: &[F], table: &mut [F]) {
        for (i, errors) in errors.chunks_exact(self.places * self.width).enumerate() {
            for (&code, errors) in rows.row(i).iter().zip(errors.chunks_exact(self.width)) {
                table[self.row(code)].iter_mut().zip(errors).for_each(|(entry, &e)| *entry += e);
            }
        }
    }
}

impl<F: Real> Front<F> for Embedding {
    fn name(&self, net: &Mlp) -> String {
        net.named("ngram", &[self.width], Activation::Tanh)
    }

    fn parts(&self) -> Vec<NamedPart> {
        vec![("E".into(), (self.symbols, self.width), true)]
    }

    fn parameters(&self) -> usize {
        self.symbols * self.width
    }

    fn features(&self) -> usize {
        self.places
    }

    fn outputs(&self) -> usize {
        self.places * self.width
    }

    fn check_features(&self, features: &DesignMatrix<F>) -> Result<()> {
        let is_code = |v: f64| v.fract() == 0.0 && (0.0..self.symbols as f64).contains(&v);
        match features.iter().map(|v| v.wide()).find(|&v| !is_code(v)) {
            None => Ok(()),
            Some(other) => Err(Error::Unsupported {
                what: format!(
                    "a model of n-grams takes codes of symbols, whole numbers from 0 to {}, and a feature is {other}",
                    self.symbols - 1
                ),
                remedy: "choose a text, such as the data set alice",
            }),
        }
    }

    fn scratch_len(&self, _rows: usize) -> usize {
        0
    }

    fn forward(&self, params: &[F], rows: Rows<F>, _scratch: &mut [F], outputs: &mut [F]) {
        self.look_up(params, rows, outputs);
    }

    fn backward(
        &self,
        _params: &[F],
        rows: Rows<F>,
        _scratch: &mut [F],
        _outputs: &[F],
        errors: &[F],
        grad: &mut [F],
    ) {
        self.spread(rows, errors, grad);
    }

    fn tangent_len(&self, _rows: usize) -> usize {
        0
    }

    fn forward_tangent(
        &self,
        _params: &[F],
        direction: &[F],
        rows: Rows<F>,
        _scratch: &mut [F],
        _tangent: &mut [F],
        _outputs: &[F],
        tangents: &mut [F],
    ) {
        self.look_up(direction, rows, tangents);
    }

    fn backward_tangent(
        &self,
        _params: &[F],
        _direction: &[F],
        rows: Rows<F>,
        _scratch: &mut [F],
        _tangent: &mut [F],
        of_outputs: Errors<F>,
        product: &mut [F],
    ) {
        self.spread(rows, of_outputs.errors_tangent, product);
    }

    fn draw(&self, initialization: Option<Initialization>, stream: &mut Stream, params: &mut [F]) {
        initialization.unwrap_or(Initialization::Xavier).draw(stream, self.symbols, self.width, params);
    }
}
