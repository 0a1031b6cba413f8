//! The curve of a training run.

use super::checkpoint::Checkpoint;
use crate::table::Table;

/// The measurements at each checkpoint of a training run: one entry a checkpoint in every column, from the
/// start.
///
/// ```
/// use gradus::prelude::*;
/// let digits = Preprocessing::default().prepare::<f64>(&data::digits());
/// let classifier = Classifier::new(digits, ModelKind::Linear, Regularizer::default());
/// let curve = classifier.fit(Softmax, Adam::default(), &Training::default())?.curve;
/// assert_eq!((curve.epoch[0], curve.epoch[10]), (0.0, 10.0));
/// assert!(curve.train_loss[10] < curve.train_loss[0]);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curve {
    /// The number of epochs done, with fractions.
    pub epoch: Vec<f64>,
    /// The number of steps done.
    pub steps: Vec<usize>,
    /// The number of gradients of single examples evaluated.
    pub example_grads: Vec<u64>,
    /// The risk over the training examples, regularization included.
    pub train_loss: Vec<f64>,
    /// The accuracy on the training examples.
    pub train_accuracy: Vec<f64>,
    /// The accuracy on the test examples.
    pub test_accuracy: Vec<f64>,
    /// The learning rate of the last step.
    pub lr: Vec<f64>,
    /// The number of steps so far whose gradient was clipped.
    pub clipped: Vec<u64>,
    /// The time spent in steps, in seconds.
    pub seconds: Vec<f64>,
}

impl Curve {
    pub(super) fn push<F>(
        &mut self,
        at: &Checkpoint<F>,
        train_loss: f64,
        (train_accuracy, test_accuracy): (f64, f64),
    ) {
        self.epoch.push(at.epochs);
        self.steps.push(at.steps);
        self.example_grads.push(at.example_grads);
        self.train_loss.push(train_loss);
        self.train_accuracy.push(train_accuracy);
        self.test_accuracy.push(test_accuracy);
        self.lr.push(at.lr);
        self.clipped.push(at.clipped);
        self.seconds.push(at.elapsed.as_secs_f64());
    }

    /// Returns the curve as a table with the columns epoch, steps, example_grads, train_loss, train_accuracy,
    /// test_accuracy, lr, clipped, seconds.
    pub fn table(&self, name: &str) -> Table {
        Table::new(name, "A row for each checkpoint, from the start")
            .float("epoch", self.epoch.clone())
            .integer("steps", self.steps.iter().map(|&s| s as i64))
            .integer("example_grads", self.example_grads.iter().map(|&g| g as i64))
            .float_within("train_loss", self.train_loss.clone(), 1e-3, 1e-6)
            .float_within("train_accuracy", self.train_accuracy.clone(), 0.0, 2e-3)
            .float_within("test_accuracy", self.test_accuracy.clone(), 0.0, 5e-3)
            .float("lr", self.lr.clone())
            .integer("clipped", self.clipped.iter().map(|&c| c as i64))
            .timing("seconds", self.seconds.clone())
    }
}
