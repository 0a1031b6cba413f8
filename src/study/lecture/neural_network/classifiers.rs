//! The classifiers of the study, and their training.

use crate::compare::ModelKind;
use crate::data::{Dataset, Preprocessing};
use crate::error::Result;
use crate::loss::Softmax;
use crate::optimizer::first_order::Momentum;
use crate::real::Real;
use crate::risk::Regularizer;
use crate::schedule::Schedule;
use crate::train::{Batch, Classifier, Fit, Training};

pub(super) const L2: f64 = 1e-4;

/// Returns a classifier of a data set with the softmax loss.
pub(super) fn classifier<F: Real>(data: &Dataset, model: &str) -> Result<Classifier<F>> {
    Ok(Classifier::new(
        Preprocessing::default().prepare::<F>(data),
        ModelKind::parse(model)?,
        Regularizer::l2(L2),
    ))
}

/// The training of a classifier in this study: momentum .9 under a half-cosine.
#[derive(Debug, Clone, Copy)]
pub(super) struct CosineTraining {
    pub lr: f64,
    pub epochs: usize,
    pub batch: usize,
}

impl CosineTraining {
    /// Trains, and evaluates only at the start and at the end.
    pub fn train<F: Real>(self, classifier: &Classifier<F>, seed: u64) -> Result<Fit<F>> {
        let settings = Training {
            epochs: self.epochs,
            batch: Batch::Size(self.batch),
            lr: self.lr,
            seed,
            ..Training::default()
        };
        let total = self.epochs * settings.steps_per_epoch(classifier.examples());
        let settings =
            Training { schedule: Schedule::Cosine { total }, checkpoint_every: Some(total), ..settings };
        classifier.fit(Softmax, Momentum::new(0.9), &settings)
    }
}
