//! `gradus train`: one training run of a classifier.

mod check;
mod fit;
mod kept;
mod options;
mod outcomes;
mod plan;
mod show;
mod steps;

pub use options::Train;
