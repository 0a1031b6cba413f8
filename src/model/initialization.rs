//! The initial weights of a model.

use crate::error::{Error, Result, check_hyperparameter};
use crate::real::Real;
use crate::rng::{self, Stream};
use rand::RngExt;
use std::fmt;

/// The distribution of the initial weights of each layer. Biases start at zero, except as stated below.
///
/// Weights are independent and normal with mean 0. Their standard deviation depends on the numbers *in* of
/// inputs and *out* of outputs of the layer:
///
/// | | standard deviation | use |
/// |---|---|---|
/// | `Zero` | 0 | linear models; a hidden layer would stay at zero |
/// | `Normal(σ)` | σ, finite and ≥ 0 | the lecture's small random numbers |
/// | `Xavier` | √(2 / (in + out)) | keeps the variance of activations and gradients under tanh (Glorot & Bengio 2010, eq. 12) |
/// | `He` | √(2 / in) | keeps the variance under ReLU, which sets half of the activations to zero (He, Zhang, Ren & Sun 2015, eq. 10) |
/// | `Sparse(k)` | 1 for k inputs of a unit, drawn at random; the other weights are 0 | deep autoencoders of sigmoid units (Martens 2010; k = 15 there) |
///
/// Under `Sparse(k)` a unit of a layer with k inputs or fewer is connected to all of them. In a network of
/// tanh units the weights are halved for each end of a layer, input and output, that is of tanh units, and
/// the biases of tanh units start at ½: "we transform the weights to simulate sigmoid units by setting the
/// biases to 0.5 and rescaling the weights by 0.25" (Sutskever, Martens, Dahl & Hinton 2013, section 3.1;
/// Martens' program `nnet_train_2.m` has a half for each end). That program draws the k inputs with
/// replacement; here all k are different.
///
/// ```
/// use gradus::model::Initialization;
/// use gradus::prelude::*;
/// assert_eq!(Initialization::parse("he")?.deviation(8, 100), 0.5);
/// assert_eq!(Initialization::parse("normal:0.01")?, Initialization::Normal(0.01));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Initialization {
    /// All weights are zero.
    Zero,
    /// Normal with this standard deviation, finite and ≥ 0.
    Normal(f64),
    /// Normal with variance 2 / (in + out).
    Xavier,
    /// Normal with variance 2 / in.
    He,
    /// This number (≥ 1) of weights of each unit are normal with variance 1, the others are zero.
    Sparse(usize),
}

impl Initialization {
    /// The forms of the texts on the command line.
    pub const FORMS: [&str; 5] = ["zero", "normal:DEVIATION", "xavier", "he", "sparse[:COUNT]"];

    /// The number of weights of a unit under `sparse` that are not zero (Martens 2010).
    pub const INCOMING: usize = 15;

    /// Reads an initialization from its text: `zero`, `normal:DEVIATION`, `xavier`, `he`, `sparse` (of 15
    /// weights a unit) or `sparse:COUNT`.
    ///
    /// # Errors
    /// If the text has none of these forms, the deviation is negative or not finite, or the count is 0.
    pub fn parse(text: &str) -> Result<Self> {
        if let Some(deviation) = text.strip_prefix("normal:") {
            let form = "normal:DEVIATION with a number DEVIATION ≥ 0, such as normal:0.01";
            let deviation = deviation.parse().map_err(|_| Error::Syntax {
                what: "initialization",
                text: text.into(),
                form,
            })?;
            let deviation = check_hyperparameter("deviation", deviation, "finite and ≥ 0", |v| {
                v.is_finite() && v >= 0.0
            })?;
            return Ok(Initialization::Normal(deviation));
        }
        if let Some(count) = text.strip_prefix("sparse:") {
            let form = "sparse or sparse:COUNT with a whole number COUNT ≥ 1, such as sparse:15";
            let wrong = |_| Error::Syntax { what: "initialization", text: text.into(), form };
            let count: usize = count.parse().map_err(wrong)?;
            check_hyperparameter("the count of sparse", count as f64, "at least 1", |v| v >= 1.0)?;
            return Ok(Initialization::Sparse(count));
        }
        match text {
            "zero" => Ok(Initialization::Zero),
            "xavier" => Ok(Initialization::Xavier),
            "he" => Ok(Initialization::He),
            "sparse" => Ok(Initialization::Sparse(Initialization::INCOMING)),
            _ => Err(Error::unknown("initialization", text, &Initialization::FORMS)),
        }
    }

    /// Checks that some layer of a model has as many inputs as a sparse initialization connects.
    ///
    /// # Errors
    /// If it connects more than `widest`, the largest number of inputs of a layer.
    pub fn check_inputs(self, widest: usize) -> Result<()> {
        match self {
            Initialization::Sparse(count) if count > widest => Err(Error::Unsupported {
                what: format!(
                    "sparse:{count} connects a unit to {count} inputs, and no layer has more than {widest}"
                ),
                remedy: "choose a smaller count, such as sparse:15",
            }),
            _ => Ok(()),
        }
    }

    /// Returns the standard deviation of the weights of a layer, zeros included.
    pub fn deviation(self, inputs: usize, outputs: usize) -> f64 {
        match self {
            Initialization::Zero => 0.0,
            Initialization::Normal(deviation) => deviation,
            Initialization::Xavier => (2.0 / (inputs + outputs) as f64).sqrt(),
            Initialization::He => (2.0 / inputs as f64).sqrt(),
            Initialization::Sparse(count) => (count.min(inputs) as f64 / inputs as f64).sqrt(),
        }
    }

    /// Draws the weights of one layer.
    pub(super) fn draw<F: Real>(self, stream: &mut Stream, inputs: usize, outputs: usize, weights: &mut [F]) {
        if let Initialization::Sparse(count) = self {
            return sparse(stream, count.min(inputs), inputs, weights);
        }
        let drawn = rng::normal::<F>(stream, weights.len(), self.deviation(inputs, outputs));
        weights.iter_mut().zip(drawn).for_each(|(w, d)| *w = d);
    }
}

/// Draws the weights of one layer: `count` of every row are normal, the others zero.
fn sparse<F: Real>(stream: &mut Stream, count: usize, inputs: usize, weights: &mut [F]) {
    let mut places: Vec<usize> = (0..inputs).collect();
    weights.fill(F::zero());
    for row in weights.chunks_exact_mut(inputs) {
        // The first steps of Fisher and Yates' shuffle draw `count` places without replacement.
        for i in 0..count {
            places.swap(i, stream.random_range(i..inputs));
        }
        for (&place, weight) in places[..count].iter().zip(rng::normal::<F>(stream, count, 1.0)) {
            row[place] = weight;
        }
    }
}

impl fmt::Display for Initialization {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Initialization::Zero => f.write_str("zero"),
            Initialization::Normal(deviation) => write!(f, "normal:{deviation}"),
            Initialization::Xavier => f.write_str("xavier"),
            Initialization::He => f.write_str("he"),
            Initialization::Sparse(Initialization::INCOMING) => f.write_str("sparse"),
            Initialization::Sparse(count) => write!(f, "sparse:{count}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_and_written() {
        for text in ["zero", "normal:0.01", "xavier", "he", "sparse", "sparse:3"] {
            assert_eq!(Initialization::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Initialization::parse("sparse:15").unwrap(), Initialization::Sparse(15));
        for wrong in ["normal", "normal:", "normal:x", "normal:-1", "normal:inf", "hee:1", ""] {
            assert!(Initialization::parse(wrong).is_err(), "{wrong}");
        }
        for wrong in ["sparse:", "sparse:x", "sparse:-1", "sparse:1.5", "sparse:0"] {
            assert!(Initialization::parse(wrong).unwrap_err().to_string().contains("sparse"), "{wrong}");
        }
    }

    #[test]
    fn sparse_weights_are_as_many_as_asked_for_in_every_unit() {
        let (inputs, outputs) = (784, 500);
        let mut weights = vec![f64::NAN; inputs * outputs];
        let mut stream = rng::stream(1, "sparse", 0);
        Initialization::Sparse(15).draw(&mut stream, inputs, outputs, &mut weights);
        let (mut used, mut squares) = (vec![0; inputs], 0.0);
        for row in weights.chunks_exact(inputs) {
            assert_eq!(row.iter().filter(|w| **w != 0.0).count(), 15);
            row.iter().enumerate().filter(|(_, w)| **w != 0.0).for_each(|(j, _)| used[j] += 1);
            squares += row.iter().map(|w| w * w).sum::<f64>();
        }
        // 7,500 places among 784 inputs, and as many squares of mean 1 and deviation √2.
        assert!(used.iter().all(|&n| n < 30) && used.iter().filter(|&&n| n > 0).count() > 770, "{used:?}");
        assert!((squares / 7500.0 - 1.0).abs() < 0.06, "{}", squares / 7500.0);
        assert!((Initialization::Sparse(15).deviation(784, 500) - (15.0f64 / 784.0).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn a_layer_of_few_inputs_is_connected_to_all_of_them() {
        let mut weights = vec![0.0f32; 6 * 25];
        Initialization::Sparse(15).draw(&mut rng::stream(1, "sparse", 0), 6, 25, &mut weights);
        assert!(weights.iter().all(|w| *w != 0.0));
        assert!(Initialization::Sparse(15).check_inputs(15).is_ok());
        let refused = Initialization::Sparse(2000).check_inputs(784).unwrap_err().to_string();
        assert!(refused.contains("no layer has more than 784"), "{refused}");
    }
}
