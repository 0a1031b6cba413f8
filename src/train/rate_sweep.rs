//! The same training at many learning rates.

use super::classifier::Classifier;
use super::settings::Training;
use crate::error::{Error, Result};
use crate::loss::Loss;
use crate::optimizer::first_order::UpdateRule;
use crate::real::Real;

/// The ends of trainings that differ in their learning rates alone.
#[derive(Debug, Clone, PartialEq)]
pub struct RateSweep {
    /// The learning rates, rising.
    pub rates: Vec<f64>,
    /// The test accuracy at the end of each training; 0 where it diverged.
    pub accuracies: Vec<f64>,
}

impl RateSweep {
    /// Returns the highest accuracy.
    pub fn best(&self) -> f64 {
        self.accuracies.iter().copied().fold(0.0, f64::max)
    }

    /// Returns the number of rates whose accuracy is at most `margin` below the highest.
    pub fn good(&self, margin: f64) -> usize {
        let best = self.best();
        self.accuracies.iter().filter(|&&accuracy| accuracy >= best - margin).count()
    }
}

impl<F: Real> Classifier<F> {
    /// Trains once with each of `count` learning rates, evenly spaced on a logarithmic scale from 1e-5 to
    /// 1e2. The learning rate of `settings` has no effect.
    ///
    /// # Errors
    /// As [`fit`](Classifier::fit), and if the model is an autoencoder, which has no accuracy.
    ///
    /// ```
    /// use gradus::prelude::*;
    /// let digits = Preprocessing::default().prepare::<f32>(&data::digits());
    /// let classifier = Classifier::new(digits, ModelKind::Linear, Regularizer::l2(1e-4)).first(200);
    /// let settings = Training { epochs: 1, ..Training::default() };
    /// let sweep = classifier.over_rates(Softmax, Momentum::new(0.9), &settings, 8)?;
    /// assert!(sweep.rates.len() == 8 && sweep.best() > 0.5 && sweep.good(0.01) >= 1);
    /// # Ok::<(), gradus::error::Error>(())
    /// ```
    pub fn over_rates<L: Loss<F>, R: UpdateRule<F>>(
        &self,
        loss: L,
        rule: R,
        settings: &Training,
        count: usize,
    ) -> Result<RateSweep> {
        if self.model.is_autoencoder() {
            let what = format!("{} has no accuracy by which rates are compared", self.model);
            return Err(Error::Unsupported { what, remedy: "fit it at each rate, and look at its error" });
        }
        let steps = settings.epochs * settings.steps_per_epoch(self.examples());
        let share = |i: usize| i as f64 / count.saturating_sub(1).max(1) as f64;
        let rates: Vec<f64> = (0..count).map(|i| 10f64.powf(-5.0 + 7.0 * share(i))).collect();
        let end = |&lr: &f64| -> Result<f64> {
            let settings = Training { lr, checkpoint_every: Some(steps), ..*settings };
            let fit = self.fit(&loss, rule.clone(), &settings)?;
            let last = fit.curve.test_accuracy.last().copied().unwrap_or(0.0);
            Ok(if fit.finite() { last } else { 0.0 })
        };
        let accuracies = rates.iter().map(end).collect::<Result<_>>()?;
        Ok(RateSweep { rates, accuracies })
    }
}
