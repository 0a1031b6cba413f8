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

/// The kind of a model, without the numbers of features and classes. On the command line it is `linear`;
/// `mlp:H[,H…][,relu|tanh|sigmoid|linear]` with the sizes of the hidden layers and their activation (default
/// ReLU); or `autoencoder:H[,H…][,sigmoid|tanh|relu|linear]` with the sizes of the layers of the encoder, of
/// which the last is the code, and the activation of the others (default sigmoid).
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
    /// The network that reconstructs its inputs: see [`Mlp::autoencoder`].
    Autoencoder {
        /// The sizes of the layers of the encoder, each at least 1. The last is the code.
        encoder: Vec<usize>,
        /// The activation of the hidden layers but the code, which is linear.
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
pub const ALL: [Description; 3] = [
    Description { form: "linear", title: "the linear classifier W x + b", initial_weights: "zero" },
    Description {
        form: "mlp:H[,H…][,relu|tanh|sigmoid|linear]",
        title: "the fully connected net with hidden layers of these sizes",
        initial_weights: "he for relu, xavier for the others",
    },
    Description {
        form: "autoencoder:H[,H…][,sigmoid|tanh|relu|linear]",
        title: "the net that reconstructs its inputs through these layers, the last a linear code, and back",
        initial_weights: "sparse: 15 of each unit",
    },
];

/// The vectors as long as the parameters that training keeps at least: the parameters, copies of them at
/// checkpoints and at the start, the gradient, and those of two objectives.
const VECTORS: u128 = 6;

const FORM: &str =
    "mlp:H[,H…][,relu|tanh|sigmoid|linear] with sizes H ≥ 1, such as mlp:100 or mlp:100,50,tanh";
const AUTOENCODER_FORM: &str = "autoencoder:H[,H…][,sigmoid|tanh|relu|linear] with the sizes H ≥ 1 of its \
                                encoder, such as autoencoder:400,200,100,50,25,6";

impl ModelKind {
    /// The forms of the texts on the command line.
    pub const FORMS: [&str; 3] = [ALL[0].form, ALL[1].form, ALL[2].form];

    /// Reads a model kind from its text.
    ///
    /// # Errors
    /// If the text has none of the [`ModelKind::FORMS`].
    pub fn parse(text: &str) -> Result<Self> {
        let (kind, layers) = text.split_once(':').unwrap_or((text, ""));
        match kind {
            "linear" if text == kind => Ok(ModelKind::Linear),
            "mlp" => {
                let (hidden, activation) = layers_of(text, layers, Activation::default(), FORM)?;
                Ok(ModelKind::Mlp { hidden, activation })
            }
            "autoencoder" => {
                let (encoder, activation) = layers_of(text, layers, Activation::Sigmoid, AUTOENCODER_FORM)?;
                Ok(ModelKind::Autoencoder { encoder, activation })
            }
            _ => Err(Error::unknown("model", text, &ModelKind::FORMS)),
        }
    }

    /// Returns whether the model reconstructs its inputs, and needs no labels.
    pub fn is_autoencoder(&self) -> bool {
        matches!(self, ModelKind::Autoencoder { .. })
    }

    /// Returns the number of outputs for the given numbers of features and classes.
    pub fn outputs(&self, features: usize, classes: usize) -> usize {
        if self.is_autoencoder() { features } else { classes }
    }

    /// Returns the sizes of the hidden layers.
    fn hidden(&self) -> Vec<usize> {
        match self {
            ModelKind::Linear => Vec::new(),
            ModelKind::Mlp { hidden, .. } => hidden.clone(),
            ModelKind::Autoencoder { encoder, .. } => {
                encoder.iter().chain(encoder.iter().rev().skip(1)).copied().collect()
            }
        }
    }

    /// Checks that initial weights fit the layers of the model: see [`Initialization::check_inputs`].
    ///
    /// # Errors
    /// If they do not.
    pub fn check_initialization(&self, features: usize, initialization: Initialization) -> Result<()> {
        initialization.check_inputs(self.hidden().into_iter().fold(features, usize::max))
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
        if *self == ModelKind::Linear {
            return Ok(());
        }
        let (hidden, outputs) = (self.hidden(), self.outputs(features, classes));
        let sizes: Vec<u128> =
            [features].iter().chain(&hidden).chain(&[outputs]).map(|&size| size as u128).collect();
        let parameters = sizes
            .windows(2)
            .map(|size| size[0].saturating_add(1).saturating_mul(size[1]))
            .fold(0, u128::saturating_add);
        check_room(
            &format!("training {self}"),
            bytes_of::<F>(&[VECTORS, parameters]),
            "make its layers smaller",
        )?;
        Mlp::new(features, &hidden, outputs).map(drop)
    }

    /// Returns the model as a fully connected network. The linear classifier becomes a network without hidden
    /// layers, whose parameters have the same order. An autoencoder has as many outputs as features.
    ///
    /// # Panics
    /// For the same reasons as [`ModelKind::build`].
    pub fn network(&self, features: usize, classes: usize) -> Mlp {
        let (net, activation) = match self {
            ModelKind::Linear => (Mlp::new(features, &[], classes), Activation::default()),
            ModelKind::Mlp { hidden, activation } => (Mlp::new(features, hidden, classes), *activation),
            ModelKind::Autoencoder { encoder, activation } => {
                (Mlp::autoencoder(features, encoder), *activation)
            }
        };
        net.expect("sizes are at least 1").activation(activation)
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
            ModelKind::Mlp { .. } | ModelKind::Autoencoder { .. } => {
                let net = self.network(features, classes);
                Box::new(match initialization {
                    Some(initialization) => net.initialization(initialization),
                    None => net,
                })
            }
        }
    }
}

/// Reads the sizes of layers, and their activation if one is named after them.
fn layers_of(
    text: &str,
    layers: &str,
    default: Activation,
    form: &'static str,
) -> Result<(Vec<usize>, Activation)> {
    let wrong = || Error::Syntax { what: "model", text: text.into(), form };
    let (sizes, activation) = match layers.rsplit_once(',') {
        Some((sizes, name)) if !name.starts_with(|c: char| c.is_ascii_digit()) => {
            (sizes, Activation::parse(name)?)
        }
        _ => (layers, default),
    };
    let size = |text: &str| text.parse().ok().filter(|&size: &usize| size > 0).ok_or_else(wrong);
    Ok((sizes.split(',').map(size).collect::<Result<_>>()?, activation))
}

impl fmt::Display for ModelKind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            ModelKind::Linear => f.write_str("linear"),
            ModelKind::Mlp { hidden, activation } => {
                write_layers(f, "mlp", hidden, *activation, Activation::default())
            }
            ModelKind::Autoencoder { encoder, activation } => {
                write_layers(f, "autoencoder", encoder, *activation, Activation::Sigmoid)
            }
        }
    }
}

/// Writes a model with layers. Its activation is left out if it is the default.
fn write_layers(
    f: &mut fmt::Formatter,
    kind: &str,
    sizes: &[usize],
    activation: Activation,
    default: Activation,
) -> fmt::Result {
    let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
    write!(f, "{kind}:{}", sizes.join(","))?;
    if activation == default { Ok(()) } else { write!(f, ",{activation}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_and_written() {
        let mlps = ["linear", "mlp:100", "mlp:100,50", "mlp:7,tanh", "mlp:7,sigmoid", "mlp:7,2,linear"];
        for text in mlps.into_iter().chain(["autoencoder:4", "autoencoder:9,4,2", "autoencoder:9,4,tanh"]) {
            let kind = ModelKind::parse(text).unwrap();
            assert_eq!(
                (kind.to_string(), kind.build::<f64>(3, 2, None).name()),
                (text.to_string(), text.to_string())
            );
        }
        assert_eq!(ModelKind::parse("mlp:9,relu").unwrap().to_string(), "mlp:9");
        assert_eq!(ModelKind::parse("autoencoder:9,sigmoid").unwrap().to_string(), "autoencoder:9");
    }

    #[test]
    fn an_autoencoder_has_the_parameters_of_its_mirrored_layers() {
        let published = ModelKind::parse("autoencoder:400,200,100,50,25,6").unwrap();
        let sizes = [784, 400, 200, 100, 50, 25, 6, 25, 50, 100, 200, 400, 784];
        let expected: usize = sizes.windows(2).map(|pair| (pair[0] + 1) * pair[1]).sum();
        let net = published.build::<f32>(784, 10, None);
        assert_eq!((net.layout().len(), net.features(), net.classes()), (expected, 784, 784));
        assert!(published.check_initialization(784, Initialization::Sparse(784)).is_ok());
        assert!(published.check_initialization(784, Initialization::Sparse(785)).is_err());
        assert!(published.check_initialization(64, Initialization::Sparse(400)).is_ok());
    }

    #[test]
    fn what_is_no_model_is_refused_with_the_form() {
        for wrong in ["mlp", "mlp:", "mlp:0", "mlp:-3", "mlp:3,,4", "mlp:tanh", "mlp:1.5"] {
            assert!(ModelKind::parse(wrong).unwrap_err().to_string().contains("mlp:100,50,tanh"), "{wrong}");
        }
        assert!(ModelKind::parse("mlp:3,tan").unwrap_err().to_string().contains("did you mean 'tanh'?"));
        for wrong in ["autoencoder", "autoencoder:", "autoencoder:0", "autoencoder:3,,4", "autoencoder:tanh"]
        {
            let refused = ModelKind::parse(wrong).unwrap_err().to_string();
            assert!(refused.contains("autoencoder:400,200,100,50,25,6"), "{wrong}: {refused}");
        }
        assert!(ModelKind::parse("liner").unwrap_err().to_string().contains("did you mean 'linear'?"));
    }
}
