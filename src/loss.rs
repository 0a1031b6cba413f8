//! Losses: how bad the scores of an example are, given its class.

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
pub use traits::{Loss, of_scores};
