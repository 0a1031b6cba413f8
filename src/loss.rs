//! Losses: functions of an example's class scores and its true class, which training minimizes on average.
//! Some of them also take real-valued targets, which an autoencoder needs: see [`TargetLoss`].
//!
//! The table [`ALL`] lists the losses with their formulas and sources. [`by_name`] builds one from its name
//! on the command line. To add a loss, write a file with an implementation of [`Loss`] and an entry in the
//! table; the tests of this module then check its derivatives.

mod catalogue;
mod huber;
mod logistic;
mod one_vs_all_svm;
mod rows;
mod softmax;
mod squared;
mod structured_svm;
mod svm;
#[cfg(test)]
mod tests;
mod traits;

pub use catalogue::{ALL, Description, NAMES, by_name};
pub use huber::Huber;
pub use logistic::Logistic;
pub use one_vs_all_svm::OneVsAllSvm;
pub use softmax::Softmax;
pub use squared::Squared;
pub use structured_svm::StructuredSvm;
pub use svm::MulticlassSvm;
pub use traits::{Likelihood, Loss, TargetLoss, of_scores};
