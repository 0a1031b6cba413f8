//! Models: functions from parameters and features to class scores. The parameters are one flat vector, whose
//! parts a [`ParamLayout`] names.
//!
//! The table [`ALL`] lists the kinds of models; [`ModelKind`] builds one from its text on the command line.

mod activation;
mod chain;
mod conv;
mod initialization;
mod kind;
mod linear;
mod mlp;
mod ngram;
mod traits;

pub use crate::objective::{ParamLayout, Part};
pub use activation::Activation;
pub use chain::Chain;
pub use conv::{ConvNet, Convolutions};
pub use initialization::Initialization;
pub use kind::{ALL, Description, ModelKind};
pub use linear::Linear;
pub use mlp::Mlp;
pub use ngram::{Embedding, Ngram};
pub use traits::Model;
