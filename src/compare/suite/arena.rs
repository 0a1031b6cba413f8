//! A problem as the comparison runs it: where runs start, what optimizers see, what is known of its lowest
//! value.

mod certify;
mod data;
mod dual;
mod rotated;
mod smoothed;
mod standard;

pub use data::DataSettings;
pub use standard::Recipe;
pub(super) use standard::standard;

use super::task::{Body, Sum};
use super::{ProblemFacts, Sight, Task};
use crate::data::Batches;
use crate::error::Result;
use crate::problems::Problem;
use crate::rng;
use data::Material;
use ndarray::Array1;
use std::sync::Arc;

/// The replicate of the tuning, none of the seeds at which settings are compared: the best of many trials
/// under one seed is partly that seed's luck.
pub const TUNING_SEED: u64 = 1_000_000;

type Build = Arc<dyn Fn() -> Box<dyn Problem> + Send + Sync>;

/// A problem as the comparison runs it.
pub struct Arena {
    facts: ProblemFacts,
    /// All that runs depend on besides the optimizer, as text.
    identity: String,
    seed: u64,
    kind: Kind,
}

enum Kind {
    /// A function, and its noise.
    Function { build: Build, start: Array1<f64>, deviation: f64 },
    /// A mean over data.
    Data(Arc<Material>),
}

impl Arena {
    /// What is known of it.
    pub fn facts(&self) -> &ProblemFacts {
        &self.facts
    }

    /// All that runs depend on besides the optimizer.
    pub(super) fn identity(&self) -> &str {
        &self.identity
    }

    /// Number of parameters.
    pub fn dim(&self) -> usize {
        self.facts.dim
    }

    /// Whether exact gradients can be had.
    pub fn exact(&self) -> bool {
        matches!(self.kind, Kind::Data(_)) || self.is_function()
    }

    /// Whether there is a Hessian everywhere.
    pub fn smooth(&self) -> bool {
        match &self.kind {
            Kind::Function { .. } => true,
            Kind::Data(material) => material.smooth(),
        }
    }

    /// Whether it is a function without noise.
    pub fn is_function(&self) -> bool {
        matches!(self.kind, Kind::Function { deviation: 0.0, .. })
    }

    /// Whether it has layers and a loss for K-FAC.
    pub fn layered(&self) -> bool {
        matches!(&self.kind, Kind::Data(material) if material.smooth())
    }

    /// The batch for optimizers that draw batches themselves, as K-FAC does: larger than that of the rules,
    /// since they estimate more.
    pub(super) fn layers_batch(&self) -> usize {
        match &self.kind {
            Kind::Data(material) => (4 * material.batch()).min(material.examples()),
            Kind::Function { .. } => 1,
        }
    }

    /// Where the run of a seed starts. The tuning starts functions at their standard start; a seed moves it a
    /// little.
    pub(super) fn start(&self, seed: u64) -> Array1<f64> {
        match &self.kind {
            Kind::Function { start, .. } if seed == TUNING_SEED => start.clone(),
            Kind::Function { start, .. } => {
                rng::about(&mut rng::stream(self.seed, "comparison start", seed), start, 0.1, 0.1)
            }
            Kind::Data(material) => material.start(self.seed, seed),
        }
    }

    /// What the optimizer of a run sees.
    pub(super) fn task(&self, sight: Sight, seed: u64) -> Result<Task> {
        Ok(Task::new(match &self.kind {
            Kind::Function { build, deviation: 0.0, .. } => Body::Function(build()),
            Kind::Function { build, deviation, .. } => {
                let stream = rng::stream(self.seed, "comparison noise", seed);
                Body::Noisy { function: build(), deviation: *deviation, stream }
            }
            Kind::Data(material) => {
                let of_run = self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ seed;
                let batches = match sight {
                    Sight::Batches => {
                        Some(Batches::without_replacement(material.examples(), material.batch(), of_run)?)
                    }
                    Sight::Whole => None,
                };
                Body::Data { risk: material.risk()?, batches }
            }
        }))
    }

    /// Who judges the iterates of a run; `None` where the optimizer's own value is already the true one.
    pub(super) fn judge(&self) -> Result<Option<Judge>> {
        Ok(match &self.kind {
            Kind::Function { deviation: 0.0, .. } => None,
            Kind::Function { build, .. } => Some(Judge::Function(build())),
            Kind::Data(material) => Some(Judge::Data { risk: material.risk()?, material: material.clone() }),
        })
    }
}

/// Evaluates iterates off the clock and off the count.
pub(super) enum Judge {
    Function(Box<dyn Problem>),
    Data { risk: Box<dyn Sum>, material: Arc<Material> },
}

impl Judge {
    /// The true loss, and the accuracy on test examples.
    pub fn see(&mut self, x: &Array1<f64>) -> (f64, f64) {
        match self {
            Judge::Function(function) => (function.value(x), f64::NAN),
            Judge::Data { risk, material } => (risk.value(x), material.test_accuracy(x)),
        }
    }
}
