//! The data sets, models and losses on which the optimizers are trained.

use super::final_metrics::FinalMetrics;
use crate::compare::ModelKind;
use crate::data::{self, Prepared, Preprocessing};
use crate::error::{Error, Result};
use crate::loss;
use crate::optimizer::first_order::AnyRule;
use crate::risk::Regularizer;
use crate::schedule::Schedule;
use crate::study::Context;
use crate::train::{Batch, Classifier, Training};

pub(super) const L2: f64 = 1e-4;
/// The numbers of training and test examples of Fashion-MNIST.
pub(super) const FASHION: (usize, usize) = (3000, 2000);

/// A classification problem: a data set, a model and a loss.
#[derive(Clone)]
pub(super) struct TrainingTask {
    pub name: String,
    pub loss: &'static str,
    pub classifier: Classifier<f32>,
    pub batch: usize,
    pub epochs: usize,
}

/// Data set, model, loss, batch size and number of epochs of each problem.
pub(super) const PROBLEMS: [(&str, &str, &str, usize, usize); 5] = [
    ("digits", "linear", "softmax", 32, 15),
    ("digits", "linear", "svm", 32, 15),
    ("digits", "mlp:50", "softmax", 32, 15),
    ("spiral", "mlp:50", "softmax", 32, 80),
    ("fashion-mnist", "linear", "softmax", 32, 5),
];

pub(super) fn all(context: &Context) -> Result<Vec<TrainingTask>> {
    let mut tasks = Vec::new();
    for (name, model, loss, batch, epochs) in PROBLEMS {
        let data = match data::by_name(name, context.seed) {
            Err(Error::DataMissing { .. }) => continue,
            other => other?,
        };
        let mut prepared = Preprocessing::default().prepare::<f32>(&data);
        if name == "fashion-mnist" {
            prepared = part(prepared);
        }
        tasks.push(TrainingTask {
            name: format!("{name}, {model}, {loss}"),
            loss,
            classifier: Classifier::new(prepared, ModelKind::parse(model)?, Regularizer::l2(L2)),
            batch,
            epochs: context.choose(epochs, epochs / 5),
        });
    }
    Ok(tasks)
}

/// Returns the first training and test examples, whose order is random.
pub(super) fn part(data: Prepared<f32>) -> Prepared<f32> {
    let (train, test) = FASHION;
    Prepared {
        train_x: data.train_x.first(train),
        train_y: data.train_y[..train].to_vec(),
        test_x: data.test_x.first(test),
        test_y: data.test_y[..test].to_vec(),
        ..data
    }
}

impl TrainingTask {
    /// Returns the same problem with `times` times as many epochs.
    pub fn longer(&self, times: usize) -> Self {
        TrainingTask { epochs: times * self.epochs, ..self.clone() }
    }

    /// Returns the number of steps of a run with the given batch size.
    pub fn steps(&self, batch: usize) -> usize {
        self.epochs * self.classifier.examples().div_ceil(batch)
    }

    /// Trains at a constant rate with the batch size of the problem.
    pub fn train(&self, rule: AnyRule, lr: f64, seed: u64) -> Result<FinalMetrics> {
        self.train_with(rule, lr, Schedule::Constant, self.batch, seed)
    }

    pub fn train_with(
        &self,
        rule: AnyRule,
        lr: f64,
        schedule: Schedule,
        batch: usize,
        seed: u64,
    ) -> Result<FinalMetrics> {
        // The curve has two points, the start and the end, because only the end is needed.
        let checkpoint_every = Some(self.steps(batch));
        let settings = Training {
            epochs: self.epochs,
            batch: Batch::Size(batch),
            lr,
            schedule,
            seed,
            checkpoint_every,
            ..Training::default()
        };
        let fit = self.classifier.fit(loss::by_name::<f32>(self.loss)?, rule, &settings)?;
        let last = |curve: &[f64]| curve.last().copied().unwrap_or(f64::NAN);
        Ok(if fit.finite() {
            FinalMetrics { loss: last(&fit.curve.train_loss), accuracy: last(&fit.curve.test_accuracy) }
        } else {
            FinalMetrics { loss: f64::INFINITY, accuracy: 0.0 }
        })
    }
}
