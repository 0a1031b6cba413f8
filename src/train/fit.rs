//! A trained classifier.

use super::curve::Curve;
use super::trained::Trained;
use crate::real::Real;
use crate::stop::Termination;

/// A trained classifier: its parameters, and how it got there.
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
        !matches!(self.trained.termination, Termination::NotFinite { .. })
    }

    /// Returns the number of steps per second.
    pub fn steps_per_second(&self) -> f64 {
        self.trained.steps as f64 / self.trained.seconds
    }
}
