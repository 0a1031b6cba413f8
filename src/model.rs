//! Models: how parameters and features become class scores. Parameters are one flat vector.

mod activation;
mod initialization;
mod kind;
mod layout;
mod linear;
mod mlp;
mod traits;

pub use activation::Activation;
pub use initialization::Initialization;
pub use kind::{ALL, Description, ModelKind};
pub use layout::{ParamLayout, Part};
pub use linear::Linear;
pub use mlp::Mlp;
pub use traits::Model;
