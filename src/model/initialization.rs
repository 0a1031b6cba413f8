//! The initial weights of a model.

use crate::error::{Error, Result, check_hyperparameter};
use crate::real::Real;
use crate::rng::{self, Stream};
use std::fmt;

/// The distribution of the initial weights of each layer. Biases always start at zero.
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
}

impl Initialization {
    /// The forms of the texts on the command line.
    pub const FORMS: [&str; 4] = ["zero", "normal:DEVIATION", "xavier", "he"];

    /// Reads an initialization from its text: `zero`, `normal:DEVIATION`, `xavier` or `he`.
    ///
    /// # Errors
    /// If the text has none of these forms, or the deviation is negative or not finite.
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
        match text {
            "zero" => Ok(Initialization::Zero),
            "xavier" => Ok(Initialization::Xavier),
            "he" => Ok(Initialization::He),
            _ => Err(Error::unknown("initialization", text, &Initialization::FORMS)),
        }
    }

    /// Returns the standard deviation of the weights of a layer.
    pub fn deviation(self, inputs: usize, outputs: usize) -> f64 {
        match self {
            Initialization::Zero => 0.0,
            Initialization::Normal(deviation) => deviation,
            Initialization::Xavier => (2.0 / (inputs + outputs) as f64).sqrt(),
            Initialization::He => (2.0 / inputs as f64).sqrt(),
        }
    }

    /// Draws the weights of one layer.
    pub(super) fn draw<F: Real>(self, stream: &mut Stream, inputs: usize, outputs: usize, weights: &mut [F]) {
        let drawn = rng::normal::<F>(stream, weights.len(), self.deviation(inputs, outputs));
        weights.iter_mut().zip(drawn).for_each(|(w, d)| *w = d);
    }
}

impl fmt::Display for Initialization {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Initialization::Zero => f.write_str("zero"),
            Initialization::Normal(deviation) => write!(f, "normal:{deviation}"),
            Initialization::Xavier => f.write_str("xavier"),
            Initialization::He => f.write_str("he"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_and_written() {
        for text in ["zero", "normal:0.01", "xavier", "he"] {
            assert_eq!(Initialization::parse(text).unwrap().to_string(), text);
        }
        for wrong in ["normal", "normal:", "normal:x", "normal:-1", "normal:inf", "hee:1", ""] {
            assert!(Initialization::parse(wrong).is_err(), "{wrong}");
        }
    }
}
