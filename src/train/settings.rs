//! The settings of a training run.

use crate::error::{Error, Result, check_hyperparameter};
use crate::optimizer::first_order::Averaging;
use crate::schedule::Schedule;

/// The number of examples of a step, and how they are drawn.
///
/// ```
/// use gradus::prelude::*;
/// use gradus::train::Batch;
/// let steps = |batch| Training { batch, ..Training::default() }.steps_per_epoch(1000);
/// assert_eq!((steps(Batch::Size(300)), steps(Batch::WithReplacement(300)), steps(Batch::Full)), (4, 4, 1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Batch {
    /// This many examples (≥ 1), each drawn once an epoch in a fresh random order. The last batch of an epoch
    /// may be smaller.
    Size(usize),
    /// This many examples (≥ 1), drawn independently.
    WithReplacement(usize),
    /// All examples: plain gradient descent.
    Full,
}

/// The settings of a training run.
///
/// Defaults: 10 epochs, batches of 128, a constant learning rate of .01, seed 0, a checkpoint after every
/// epoch, no accumulation, no averaging.
///
/// ```
/// use gradus::prelude::*;
/// let settings = Training { epochs: 3, lr: 0.1, ..Training::default() };
/// assert_eq!(settings.steps_per_epoch(1000), 8);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Training {
    /// The number of passes over the data (≥ 1).
    pub epochs: usize,
    /// The batch of a step.
    pub batch: Batch,
    /// The learning rate (finite, > 0).
    pub lr: f64,
    /// The schedule of the learning rate, counted in steps.
    pub schedule: Schedule,
    /// The seed of the batches.
    pub seed: u64,
    /// The number of steps between two checkpoints (≥ 1); `None` for an epoch.
    pub checkpoint_every: Option<usize>,
    /// The number of batches (≥ 1) whose gradients are averaged before a step, each example with the same
    /// weight. A step is then that of a batch this many times larger, in the memory of one batch. The last
    /// step of an epoch takes the batches that are left.
    pub accumulate: usize,
    /// The average of the parameters that checkpoints and the result show, counted in steps.
    pub average: Averaging,
}

impl Default for Training {
    fn default() -> Self {
        Training {
            epochs: 10,
            batch: Batch::Size(128),
            lr: 0.01,
            schedule: Schedule::Constant,
            seed: 0,
            checkpoint_every: None,
            accumulate: 1,
            average: Averaging::Off,
        }
    }
}

impl Training {
    /// Returns the number of steps in an epoch over `examples` examples.
    pub fn steps_per_epoch(&self, examples: usize) -> usize {
        self.batches_per_epoch(examples).div_ceil(self.accumulate.max(1))
    }

    pub(super) fn batches_per_epoch(&self, examples: usize) -> usize {
        match self.batch {
            Batch::Full => 1,
            Batch::Size(size) | Batch::WithReplacement(size) => examples.div_ceil(size.max(1)),
        }
    }

    pub(super) fn validate(&self) -> Result<()> {
        check_hyperparameter("lr", self.lr, "finite and > 0", |v| v.is_finite() && v > 0.0)?;
        check_hyperparameter("epochs", self.epochs as f64, "at least 1", |v| v >= 1.0)?;
        check_hyperparameter("accumulate", self.accumulate as f64, "at least 1", |v| v >= 1.0)?;
        self.schedule.validate()?;
        self.average.validate()?;
        match self.checkpoint_every {
            Some(0) => {
                Err(Error::Hyperparameter { name: "checkpoint_every", value: 0.0, range: "at least 1" })
            }
            _ => Ok(()),
        }
    }
}
