//! The outcome of a training run.

use crate::stop::Termination;
use ndarray::Array1;

/// The outcome of a training run.
///
/// ```
/// use gradus::model::Linear;
/// use gradus::prelude::*;
/// use gradus::risk::EmpiricalRisk;
/// let digits = Preprocessing::default().prepare::<f64>(&data::digits());
/// let (x, y) = (digits.train_x, digits.train_y);
/// let mut risk = EmpiricalRisk::new(Linear::new(64, 10), Softmax, x, y, Regularizer::default())?;
/// let start = Array1::zeros(risk.dim());
/// let trained = train(&mut risk, Sgd, &start, &Training { epochs: 1, ..Training::default() })?;
/// assert_eq!((trained.steps, trained.epochs), (12, 1.0));
/// assert_eq!(trained.termination.word(), "out_of_iterations");
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Trained<F = f64> {
    /// The last parameters, or their average if one was asked for. If the run diverged, those of the last
    /// checkpoint.
    pub params: Array1<F>,
    /// The number of steps done.
    pub steps: usize,
    /// The number of epochs done, with fractions.
    pub epochs: f64,
    /// The number of gradients of single examples evaluated.
    pub example_grads: u64,
    /// The number of steps whose gradient was clipped; 0 too if nothing is clipped.
    pub clipped: u64,
    /// The time spent in steps, in seconds.
    pub seconds: f64,
    /// Why the run ended.
    pub termination: Termination,
}
