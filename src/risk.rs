//! The empirical risk: the mean loss of a model over a data set, plus regularization. Training minimizes it.

mod accuracy;
mod blocks;
mod class_blocks;
mod curvature;
mod dynamic;
mod empirical_risk;
mod hessian_memory;
mod kronecker;
mod reconstruction;
mod regularizer;
mod targets;
#[cfg(test)]
mod tests;

pub use accuracy::accuracy;
pub(crate) use accuracy::accuracy_on_one_thread;
pub use empirical_risk::EmpiricalRisk;
pub use reconstruction::reconstruction_error;
pub use regularizer::Regularizer;
