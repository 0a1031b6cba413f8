//! The kinds of models, and their names on the command line.

use super::activation::Activation;
use super::conv::ConvNet;
use super::initialization::Initialization;
use super::linear::Linear;
use super::mlp::Mlp;
use super::ngram::Ngram;
use super::traits::Model;
use crate::error::{Error, Result};
use crate::linalg::{bytes_of, check_room};
use crate::real::Real;
use std::fmt;

/// The kind of a model, without the numbers of features and classes. On the command line it is `linear`;
/// `mlp:H[,H…][,relu|tanh|sigmoid|linear]` with the sizes of the hidden layers and their activation (default
/// ReLU); `autoencoder:H[,H…][,sigmoid|tanh|relu|linear]` with the sizes of the layers of the encoder, of
/// which the last is the code, and the activation of the others (default sigmoid);
/// `conv:C[,C…][,relu|tanh|sigmoid|linear]` with the channels of each stage and their activation (default
/// ReLU); or `ngram:M,H[,H…][,tanh|relu|sigmoid|linear]` with the size of an embedding, the sizes of the
/// hidden layers, and their activation (default tanh).
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
    /// The convolutional network: see [`ConvNet`].
    Conv {
        /// The number of channels of each stage, each at least 1.
        channels: Vec<usize>,
        /// The activation of the convolutions.
        activation: Activation,
    },
    /// The network that predicts the next symbol of a text: see [`Ngram`].
    Ngram {
        /// The size of an embedding, at least 1.
        embedding: usize,
        /// The sizes of the hidden layers, each at least 1; there is one at least.
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
pub const ALL: [Description; 5] = [
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
    Description {
        form: "conv:C[,C…][,relu|tanh|sigmoid|linear]",
        title: "the convolutional net: 3×3 convolutions to these numbers of channels, each with 2×2 max pooling",
        initial_weights: "he for relu, xavier for the others",
    },
    Description {
        form: "ngram:M,H[,H…][,tanh|relu|sigmoid|linear]",
        title: "the net that predicts the next character: embeddings of M numbers, then these hidden layers",
        initial_weights: "xavier; he for hidden layers of relu",
    },
];

/// The vectors as long as the parameters that training keeps at least: the parameters, copies of them at
/// checkpoints and at the start, the gradient, and those of two objectives.
const VECTORS: u128 = 6;
/// The passes for which two objectives keep memory: each one over a batch, and over 16 pieces of all
/// examples.
const PASSES: u128 = 2 * 17;
/// The examples of a pass that are in memory at once.
const BLOCK: usize = 128;

const FORM: &str =
    "mlp:H[,H…][,relu|tanh|sigmoid|linear] with sizes H ≥ 1, such as mlp:100 or mlp:100,50,tanh";
const AUTOENCODER_FORM: &str = "autoencoder:H[,H…][,sigmoid|tanh|relu|linear] with the sizes H ≥ 1 of its \
                                encoder, such as autoencoder:400,200,100,50,25,6";
const CONV_FORM: &str =
    "conv:C[,C…][,relu|tanh|sigmoid|linear] with numbers of channels C ≥ 1, such as conv:8,16";
const NGRAM_FORM: &str = "ngram:M,H[,H…][,tanh|relu|sigmoid|linear] with the size M ≥ 1 of an embedding and the \
                          sizes H ≥ 1 of hidden layers, such as ngram:16,64";

impl ModelKind {
    /// The forms of the texts on the command line.
    pub const FORMS: [&str; 5] = [ALL[0].form, ALL[1].form, ALL[2].form, ALL[3].form, ALL[4].form];

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
            "conv" => {
                let (channels, activation) = layers_of(text, layers, Activation::default(), CONV_FORM)?;
                Ok(ModelKind::Conv { channels, activation })
            }
            "ngram" => {
                let (sizes, activation) = layers_of(text, layers, Activation::Tanh, NGRAM_FORM)?;
                match sizes.split_first() {
                    Some((&embedding, hidden)) if !hidden.is_empty() => {
                        Ok(ModelKind::Ngram { embedding, hidden: hidden.to_vec(), activation })
                    }
                    _ => Err(Error::Syntax { what: "model", text: text.into(), form: NGRAM_FORM }),
                }
            }
            _ => Err(Error::unknown("model", text, &ModelKind::FORMS)),
        }
    }

    /// Returns whether the model reconstructs its inputs, and needs no labels.
    pub fn is_autoencoder(&self) -> bool {
        matches!(self, ModelKind::Autoencoder { .. })
    }

    /// Returns whether the features of the model are codes of symbols, which preprocessing must not change.
    pub fn takes_codes(&self) -> bool {
        matches!(self, ModelKind::Ngram { .. })
    }

    /// Returns whether every layer is fully connected, so that the model is a [`network`](Self::network).
    pub fn is_fully_connected(&self) -> bool {
        !matches!(self, ModelKind::Conv { .. } | ModelKind::Ngram { .. })
    }

    /// Returns the number of outputs for the given numbers of features and classes.
    pub fn outputs(&self, features: usize, classes: usize) -> usize {
        if self.is_autoencoder() { features } else { classes }
    }

    /// Returns the numbers of inputs of the layers, but the first one's.
    fn inputs(&self, features: usize) -> Vec<usize> {
        match self {
            ModelKind::Linear => Vec::new(),
            ModelKind::Mlp { hidden, .. } => hidden.clone(),
            ModelKind::Conv { channels, .. } => channels.iter().map(|c| c.saturating_mul(9)).collect(),
            ModelKind::Ngram { embedding, hidden, .. } => {
                [&[features.saturating_mul(*embedding)], &hidden[..]].concat()
            }
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
        initialization.check_inputs(self.inputs(features).into_iter().fold(features, usize::max))
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
    /// If they do not, with the bytes that they need; or if the model cannot have such features.
    pub fn check_room<F: Real>(&self, features: usize, classes: usize) -> Result<()> {
        let outputs = self.outputs(features, classes);
        let (numbers, remedy) = match self {
            ModelKind::Linear => return Ok(()),
            ModelKind::Mlp { hidden, .. } => {
                (numbers_of_layers(features, hidden, outputs), "make its layers smaller")
            }
            ModelKind::Autoencoder { .. } => {
                (numbers_of_layers(features, &self.inputs(features), outputs), "make its layers smaller")
            }
            ModelKind::Conv { channels, activation } => {
                let net = ConvNet::new(features, channels, classes)?.activation(*activation);
                (numbers_of::<F>(&net), "use fewer channels")
            }
            ModelKind::Ngram { embedding, hidden, .. } => {
                let table = (*embedding as u128).saturating_mul(classes as u128);
                let net = numbers_of_layers(features.saturating_mul(*embedding), hidden, classes);
                (net.saturating_add(table.saturating_mul(VECTORS)), "make its layers smaller")
            }
        };
        check_room(&format!("training {self}"), bytes_of::<F>(&[numbers]), remedy)?;
        match self {
            ModelKind::Conv { .. } => Ok(()),
            ModelKind::Ngram { embedding, hidden, .. } => {
                Ngram::new(features, classes, *embedding, hidden).map(drop)
            }
            _ => Mlp::new(features, &self.inputs(features), outputs).map(drop),
        }
    }

    /// Returns the model as a fully connected network. The linear classifier becomes a network without hidden
    /// layers, whose parameters have the same order. An autoencoder has as many outputs as features.
    ///
    /// # Errors
    /// If the model has other layers, or a size is zero.
    pub fn network(&self, features: usize, classes: usize) -> Result<Mlp> {
        let (net, activation) = match self {
            ModelKind::Linear => (Mlp::new(features, &[], classes)?, Activation::default()),
            ModelKind::Mlp { hidden, activation } => (Mlp::new(features, hidden, classes)?, *activation),
            ModelKind::Autoencoder { encoder, activation } => {
                (Mlp::autoencoder(features, encoder)?, *activation)
            }
            ModelKind::Conv { .. } | ModelKind::Ngram { .. } => {
                let what = format!("{self} has layers that are not fully connected");
                return Err(Error::Unsupported { what, remedy: "choose linear, an mlp or an autoencoder" });
            }
        };
        Ok(net.activation(activation))
    }

    /// Builds the model for the given numbers of features and classes. Without an `initialization`, the
    /// weights of a linear classifier start at zero, and those of the others as [`Mlp`], [`ConvNet`] and
    /// [`Ngram`] describe.
    ///
    /// # Panics
    /// If [`check_room`](ModelKind::check_room) says that there is no such model.
    pub fn build<F: Real>(
        &self,
        features: usize,
        classes: usize,
        initialization: Option<Initialization>,
    ) -> Box<dyn Model<F>> {
        const FITS: &str = "the sizes are checked";
        match self {
            ModelKind::Linear => Box::new(
                Linear::new(features, classes).initialization(initialization.unwrap_or(Initialization::Zero)),
            ),
            ModelKind::Mlp { .. } | ModelKind::Autoencoder { .. } => {
                let net = self.network(features, classes).expect(FITS);
                Box::new(match initialization {
                    Some(initialization) => net.initialization(initialization),
                    None => net,
                })
            }
            ModelKind::Conv { channels, activation } => Box::new(
                ConvNet::new(features, channels, classes)
                    .expect(FITS)
                    .activation(*activation)
                    .starting(initialization),
            ),
            ModelKind::Ngram { embedding, hidden, activation } => Box::new(
                Ngram::new(features, classes, *embedding, hidden)
                    .expect(FITS)
                    .activation(*activation)
                    .starting(initialization),
            ),
        }
    }
}

/// Returns how many numbers training a net with these layers keeps at least.
fn numbers_of_layers(features: usize, hidden: &[usize], outputs: usize) -> u128 {
    let sizes: Vec<u128> =
        [features].iter().chain(hidden).chain(&[outputs]).map(|&size| size as u128).collect();
    let of_layer = |size: &[u128]| size[0].saturating_add(1).saturating_mul(size[1]);
    sizes.windows(2).map(of_layer).fold(0, u128::saturating_add).saturating_mul(VECTORS)
}

/// Returns how many numbers training a model keeps, with the memory of two objectives for their passes.
fn numbers_of<F: Real>(model: &impl Model<F>) -> u128 {
    let parameters = model.layout().len() as u128;
    VECTORS * parameters + PASSES * model.scratch_len(BLOCK) as u128
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
                f.write_str(&activation.after_sizes("mlp", hidden, Activation::default()))
            }
            ModelKind::Autoencoder { encoder, activation } => {
                f.write_str(&activation.after_sizes("autoencoder", encoder, Activation::Sigmoid))
            }
            ModelKind::Conv { channels, activation } => {
                f.write_str(&activation.after_sizes("conv", channels, Activation::default()))
            }
            ModelKind::Ngram { embedding, hidden, activation } => {
                let sizes = [&[*embedding], &hidden[..]].concat();
                f.write_str(&activation.after_sizes("ngram", &sizes, Activation::Tanh))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_and_written() {
        let mlps = ["linear", "mlp:100", "mlp:100,50", "mlp:7,tanh", "mlp:7,sigmoid", "mlp:7,2,linear"];
        let others = ["autoencoder:4", "autoencoder:9,4,2", "autoencoder:9,4,tanh", "conv:3", "conv:8,16"];
        let last = ["conv:2,tanh", "ngram:3,4", "ngram:3,4,5", "ngram:3,4,relu"];
        for text in mlps.into_iter().chain(others).chain(last) {
            let kind = ModelKind::parse(text).unwrap();
            assert_eq!(
                (kind.to_string(), kind.build::<f64>(16, 2, None).name()),
                (text.to_string(), text.to_string())
            );
        }
        assert_eq!(ModelKind::parse("mlp:9,relu").unwrap().to_string(), "mlp:9");
        assert_eq!(ModelKind::parse("conv:9,relu").unwrap().to_string(), "conv:9");
        assert_eq!(ModelKind::parse("ngram:9,2,tanh").unwrap().to_string(), "ngram:9,2");
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
    fn what_does_not_fit_the_features_is_said_before_a_model_is_built() {
        let refused = |text: &str, features: usize| {
            let kind = ModelKind::parse(text).unwrap();
            kind.check_room::<f32>(features, 10).map_err(|e| e.to_string()).unwrap_err()
        };
        for features in [2, 9, 15, 65, 2 * 64] {
            let said = refused("conv:8", features);
            assert!(
                said.contains("square images") && said.contains(&format!("{features} features")),
                "{said}"
            );
        }
        assert!(refused("conv:8,8,8,8", 64).contains("8 × 8 pixels cannot be halved 4 times"));
        assert!(refused("conv:1000000", 784).contains("of memory"));
        assert!(refused("conv:18446744073709551615", 64).contains("more parameters than can be counted"));
        assert!(refused("ngram:18446744073709551615,3", 8).contains("of memory"));
        for (text, features) in [("conv:8,16", 64), ("conv:8,16", 3 * 32 * 32), ("conv:1", 16)] {
            assert!(ModelKind::parse(text).unwrap().check_room::<f32>(features, 10).is_ok(), "{text}");
        }
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
        for wrong in ["conv", "conv:", "conv:0", "conv:8,,16", "conv:tanh", "conv:3x3"] {
            let refused = ModelKind::parse(wrong).unwrap_err().to_string();
            assert!(refused.contains("conv:8,16"), "{wrong}: {refused}");
        }
        for wrong in ["ngram", "ngram:16", "ngram:16,tanh", "ngram:0,3", "ngram:3,0"] {
            let refused = ModelKind::parse(wrong).unwrap_err().to_string();
            assert!(refused.contains("ngram:16,64"), "{wrong}: {refused}");
        }
        assert!(ModelKind::parse("liner").unwrap_err().to_string().contains("did you mean 'linear'?"));
    }
}
