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
    /// The accuracy on the training examples; empty for an autoencoder, which has no classes.
    pub train_accuracy: Vec<f64>,
    /// The accuracy on the test examples; empty for an autoencoder.
    pub test_accuracy: Vec<f64>,
    /// The reconstruction error of an autoencoder on the training examples, which
    /// [`reconstruction_error`](crate::risk::reconstruction_error) defines; empty for a classifier.
    pub train_error: Vec<f64>,
    /// The reconstruction error of an autoencoder on the test examples; empty for a classifier.
    pub test_error: Vec<f64>,
    /// The learning rate of the last step.
    pub lr: Vec<f64>,
    /// The number of steps so far whose gradient was clipped.
    pub clipped: Vec<u64>,
    /// The time spent in steps, in seconds.
    pub seconds: Vec<f64>,
}

/// How good parameters are on the training and on the test examples.
#[derive(Debug, Clone, Copy)]
pub(super) enum Quality {
    /// The accuracies of a classifier.
    Accuracies(f64, f64),
    /// The reconstruction errors of an autoencoder.
    Errors(f64, f64),
}

impl Curve {
    pub(super) fn push<F>(&mut self, at: &Checkpoint<F>, train_loss: f64, quality: Quality) {
        self.epoch.push(at.epochs);
        self.steps.push(at.steps);
        self.example_grads.push(at.example_grads);
        self.train_loss.push(train_loss);
        let (of_train, of_test, train, test) = match quality {
            Quality::Accuracies(train, test) => {
                (&mut self.train_accuracy, &mut self.test_accuracy, train, test)
            }
            Quality::Errors(train, test) => (&mut self.train_error, &mut self.test_error, train, test),
        };
        of_train.push(train);
        of_test.push(test);
        self.lr.push(at.lr);
        self.clipped.push(at.clipped);
        self.seconds.push(at.elapsed.as_secs_f64());
    }

    /// Returns whether the curve is that of an autoencoder, with errors in place of accuracies.
    pub fn has_errors(&self) -> bool {
        !self.train_error.is_empty()
    }

    /// Returns the curve as a table with the columns epoch, steps, example_grads, train_loss,
    /// train_accuracy, test_accuracy, lr, clipped, seconds. Of an autoencoder, train_error and test_error
    /// take the place of the accuracies.
    pub fn table(&self, name: &str) -> Table {
        let table = Table::new(name, "A row for each checkpoint, from the start")
            .float("epoch", self.epoch.clone())
            .integer("steps", self.steps.iter().map(|&s| s as i64))
            .integer("example_grads", self.example_grads.iter().map(|&g| g as i64))
            .float_within("train_loss", self.train_loss.clone(), 1e-3, 1e-6);
        let table = if self.has_errors() {
            table.float_within("train_error", self.train_error.clone(), 1e-3, 1e-6).float_within(
                "test_error",
                self.test_error.clone(),
                1e-3,
                1e-6,
            )
        } else {
            table.float_within("train_accuracy", self.train_accuracy.clone(), 0.0, 2e-3).float_within(
                "test_accuracy",
                self.test_accuracy.clone(),
                0.0,
                5e-3,
            )
        };
        table
            .float("lr", self.lr.clone())
            .integer("clipped", self.clipped.iter().map(|&c| c as i64))
            .timing("seconds", self.seconds.clone())
    }
}
