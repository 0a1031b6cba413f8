//! Training: the minibatch loop, and classifiers and autoencoders with the curve of their losses, and of
//! their accuracies or errors.
//!
//! The loop draws a batch, evaluates its gradient, and makes a step of an update rule. Observers are not on
//! its clock.

mod accumulated;
mod by_optimizer;
mod checkpoint;
mod classifier;
mod curve;
mod evaluated;
mod fit;
mod keeping;
mod minibatch_loop;
mod rate_sweep;
mod settings;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_ranks;
mod trained;
mod training_run;

pub use by_optimizer::ByOptimizer;
pub use checkpoint::Checkpoint;
pub use classifier::Classifier;
pub(crate) use classifier::check_classes;
pub use curve::Curve;
pub use fit::Fit;
pub use keeping::Keeping;
pub use minibatch_loop::{train, train_kept, train_observed};
pub use rate_sweep::RateSweep;
pub use settings::{Batch, Training};
pub use trained::Trained;
