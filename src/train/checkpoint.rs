//! What an observer of a training run sees.

use ndarray::Array1;
use std::time::Duration;

/// The state of a training run, as an observer sees it: at the start, after every epoch (or as often as
/// [`Training::checkpoint_every`](super::Training::checkpoint_every) says), and at the end.
///
/// ```
/// use gradus::prelude::*;
/// let digits = Preprocessing::default().prepare::<f64>(&data::digits());
/// let classifier = Classifier::new(digits, ModelKind::Linear, Regularizer::default());
/// let settings = Training { epochs: 2, checkpoint_every: Some(5), ..Training::default() };
/// let mut seen = Vec::new();
/// classifier.fit_observed(Softmax, Sgd, &settings, |checkpoint, loss| seen.push((checkpoint.steps, loss)))?;
/// assert_eq!((seen[0].0, seen[1].0), (0, 5));
/// assert!(seen[1].1 < seen[0].1);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug)]
pub struct Checkpoint<'a, F> {
    /// The number of steps done.
    pub steps: usize,
    /// The number of epochs done, with fractions.
    pub epochs: f64,
    /// The number of gradients of single examples evaluated.
    pub example_grads: u64,
    /// The parameters, or their average if one was asked for.
    pub params: &'a Array1<F>,
    /// The mean loss of the batches since the last checkpoint; NaN at the start. Where an optimizer of the
    /// whole risk runs, the value of its objective.
    pub batch_loss: f64,
    /// The learning rate of the last step.
    pub lr: f64,
    /// The number of steps whose gradient was clipped; 0 too if nothing is clipped.
    pub clipped: u64,
    /// The time spent in steps, without the time that the observer took.
    pub elapsed: Duration,
}
