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
mod share;
mod sharing;
mod targets;
#[cfg(test)]
mod test_risks;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_bytes;
#[cfg(test)]
mod tests_of_layers;
#[cfg(test)]
mod tests_of_passes;
#[cfg(test)]
mod tests_of_reconstructions;

pub use accuracy::accuracy;
pub(crate) use accuracy::{accuracy_on_one_thread, right_answers};
pub use empirical_risk::EmpiricalRisk;
pub use reconstruction::reconstruction_error;
pub(crate) use reconstruction::{example_errors, mean_of_examples};
pub use regularizer::Regularizer;
pub use share::Share;
