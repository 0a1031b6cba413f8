//! The kinds of models, and their names on the command line.

use super::activation::Activation;
use super::initialization::Initialization;
use super::linear::Linear;
use super::mlp::Mlp;
use super::traits::Model;
use crate::error::{Error, Result};
use crate::linalg::{bytes_of, check_room};
use crate::real::Real;
use std::fmt;

/// The kind of a model, without the numbers of features and classes. On the command line it is `linear`, or
/// `mlp:H[,H…][,relu|tanh]` with the sizes of the hidden layers and their activation (default ReLU).
///
/// ```
/// use gradus::model::{Activation, Model};
/// use gradus::prelude::*;
/// let kind = ModelKind::parse("mlp:100,50,tanh")?;
/// assert_eq!(kind, ModelKind::Mlp { hidden: vec![100, 50], activation: Activation::Tanh });
/// assert_eq!(kind.build::<f64>(784, 10, None).layout().parts()[4].name, "W3");
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ModelKind {
    /// The linear classifier.
    #[default]
    Linear,
    /// The fully connected network.
    Mlp {
        /// The sizes of the hidden layers, each at least 1.
        hidden: Vec<usize>,
        /// The activation of the hidden layers.
        activation: Activation,
    },
}

/// A kind of model in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Description {
    /// The form of its text on the command line.
    pub form: &'static str,
    /// What it is.
    pub title: &'static str,
    /// The default distribution of its initial weights.
    pub initial_weights: &'static str,
}

/// All kinds of models.
pub const ALL: [Description; 2] = [
    Description { form: "linear", title: "the linear classifier W x + b", initial_weights: "zero" },
    Description {
        form: "mlp:H[,H…][,relu|tanh]",
        title: "the fully connected net with hidden layers of these sizes",
        initial_weights: "he for relu, xavier for tanh",
    },
];

/// The vectors as long as the parameters that training keeps at least: the parameters, copies of them at
/// checkpoints and at the start, the gradient, and those of two objectives.
const VECTORS: u128 = 6;

const FORM: &str = "mlp:H[,H…][,relu|tanh] with sizes H ≥ 1, such as mlp:100 or mlp:100,50,tanh";

impl ModelKind {
    /// The forms of the texts on the command line.
    pub const FORMS: [&str; 2] = [ALL[0].form, ALL[1].form];

    /// Reads a model kind from its text.
    ///
    /// # Errors
    /// If the text has none of the [`ModelKind::FORMS`].
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || Error::Syntax { what: "model", text: text.into(), form: FORM };
        match text.split_once(':') {
            None if text == "linear" => Ok(ModelKind::Linear),
            None if text == "mlp" => Err(wrong()),
            Some(("mlp", layers)) => {
                let (sizes, activation) = match layers.rsplit_once(',') {
                    Some((sizes, name)) if !name.starts_with(|c: char| c.is_ascii_digit()) => {
                        (sizes, Activation::parse(name)?)
                    }
                    _ => (layers, Activation::default()),
                };
                let size = |text: &str| text.parse().ok().filter(|&size: &usize| size > 0).ok_or_else(wrong);
                let hidden = sizes.split(',').map(size).collect::<Result<_>>()?;
                Ok(ModelKind::Mlp { hidden, activation })
            }
            _ => Err(Error::unknown("model", text, &ModelKind::FORMS)),
        }
    }

    /// Checks that a model for these numbers of features and classes, and what it takes to train it, fit into
    /// memory: the parameters, the gradients and buffers of an update rule, and those of the threads.
    ///
    /// ```
    /// use gradus::prelude::*;
    /// assert!(ModelKind::parse("mlp:100")?.check_room::<f32>(784, 10).is_ok());
    /// assert!(ModelKind::parse("mlp:18446744073709551615")?.check_room::<f32>(784, 10).is_err());
    /// # Ok::<(), gradus::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// If they do not, with the bytes that they need.
    pub fn check_room<F: Real>(&self, features: usize, classes: usize) -> Result<()> {
        let ModelKind::Mlp { hidden, .. } = self else { return Ok(()) };
        let sizes: Vec<u128> =
            [features].iter().chain(hidden).chain(&[classes]).map(|&size| size as u128).collect();
        let parameters = sizes
            .windows(2)
            .map(|size| size[0].saturating_add(1).saturating_mul(size[1]))
            .fold(0, u128::saturating_add);
        check_room(
            &format!("training {self}"),
            bytes_of::<F>(&[VECTORS, parameters]),
            "make its layers smaller",
        )?;
        Mlp::new(features, hidden, classes).map(drop)
    }

    /// Returns the model as a fully connected network. The linear classifier becomes a network without hidden
    /// layers, whose parameters have the same order.
    ///
    /// # Panics
    /// For the same reasons as [`ModelKind::build`].
    pub fn network(&self, features: usize, classes: usize) -> Mlp {
        let (hidden, activation): (&[usize], _) = match self {
            ModelKind::Linear => (&[], Activation::default()),
            ModelKind::Mlp { hidden, activation } => (hidden, *activation),
        };
        Mlp::new(features, hidden, classes).expect("sizes are at least 1").activation(activation)
    }

    /// Builds the model for the given numbers of features and classes. Without an `initialization`, the
    /// weights of a linear classifier start at zero, and those of a network as [`Mlp`] describes.
    ///
    /// # Panics
    /// If the model is a network and one of its sizes is zero.
    pub fn build<F: Real>(
        &self,
        features: usize,
        classes: usize,
        initialization: Option<Initialization>,
    ) -> Box<dyn Model<F>> {
        match self {
            ModelKind::Linear => Box::new(
                Linear::new(features, classes).initialization(initialization.unwrap_or(Initialization::Zero)),
            ),
            ModelKind::Mlp { .. } => {
                let net = self.network(features, classes);
                Box::new(match initialization {
                    Some(initialization) => net.initialization(initialization),
                    None => net,
                })
            }
        }
    }
}

impl fmt::Display for ModelKind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            ModelKind::Linear => f.write_str("linear"),
            ModelKind::Mlp { hidden, activation } => {
                let sizes: Vec<String> = hidden.iter().map(usize::to_string).collect();
                write!(f, "mlp:{}", sizes.join(","))?;
                if *activation == Activation::default() { Ok(()) } else { write!(f, ",{activation}") }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_and_written() {
        for text in ["linear", "mlp:100", "mlp:100,50", "mlp:7,tanh"] {
            let kind = ModelKind::parse(text).unwrap();
            assert_eq!(
                (kind.to_string(), kind.build::<f64>(3, 2, None).name()),
                (text.to_string(), text.to_string())
            );
        }
        assert_eq!(ModelKind::parse("mlp:9,relu").unwrap().to_string(), "mlp:9");
    }

    #[test]
    fn what_is_no_model_is_refused_with_the_form() {
        for wrong in ["mlp", "mlp:", "mlp:0", "mlp:-3", "mlp:3,,4", "mlp:tanh", "mlp:1.5"] {
            assert!(ModelKind::parse(wrong).unwrap_err().to_string().contains("mlp:100,50,tanh"), "{wrong}");
        }
        assert!(ModelKind::parse("mlp:3,tan").unwrap_err().to_string().contains("did you mean 'tanh'?"));
        assert!(ModelKind::parse("liner").unwrap_err().to_string().contains("did you mean 'linear'?"));
    }
}
