//! A trained classifier or autoencoder.

use super::curve::Curve;
use super::trained::Trained;
use crate::real::Real;

/// A trained classifier or autoencoder: its parameters, and how it got there.
///
/// ```
/// use gradus::prelude::*;
/// use gradus::train::Fit;
/// let digits = Preprocessing::default().prepare::<f64>(&data::digits());
/// let classifier = Classifier::new(digits, ModelKind::Linear, Regularizer::default());
/// let fit: Fit = classifier.fit(Softmax, Momentum::default(), &Training::default())?;
/// assert!(fit.finite());
/// assert_eq!(fit.curve.train_loss.len(), 11);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Fit<F = f64> {
    /// The parameters, the counts, the time, and why the run ended.
    pub trained: Trained<F>,
    /// A row for each checkpoint, the start included.
    pub curve: Curve,
}

impl<F: Real> Fit<F> {
    /// Returns whether the run ended with finite numbers.
    pub fn finite(&self) -> bool {
        !self.trained.termination.diverged()
    }

    /// Returns the number of steps per second.
    pub fn steps_per_second(&self) -> f64 {
        self.trained.steps as f64 / self.trained.seconds
    }
}
