//! A problem as the comparison runs it: where runs start, what optimizers see, what is known of its lowest
//! value.

use super::data::Material;
use super::judge::Judge;
use crate::compare::suite::suite_objective::Body;
use crate::compare::suite::{DataAccess, ProblemFacts, SuiteObjective};
use crate::data::Batches;
use crate::error::Result;
use crate::problems::Problem;
use crate::rng;
use ndarray::Array1;
use std::sync::Arc;

/// The replicate of the tuning, none of the seeds at which settings are compared: the best of many trials
/// under one seed is partly that seed's luck.
pub const TUNING_SEED: u64 = 1_000_000;

pub(super) type Build = Arc<dyn Fn() -> Box<dyn Problem> + Send + Sync>;

/// A problem as the comparison runs it.
pub struct BuiltProblem {
    pub(super) facts: ProblemFacts,
    /// Everything that runs depend on besides the optimizer, as text.
    pub(super) identity: String,
    pub(super) seed: u64,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    /// A function, and its noise.
    Function { build: Build, start: Array1<f64>, deviation: f64 },
    /// A mean over data.
    Data(Arc<Material>),
}

impl BuiltProblem {
    /// What is known of it.
    pub fn facts(&self) -> &ProblemFacts {
        &self.facts
    }

    /// All that runs depend on besides the optimizer.
    pub(in crate::compare::suite) fn identity(&self) -> &str {
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
    pub(in crate::compare::suite) fn layers_batch(&self) -> usize {
        match &self.kind {
            Kind::Data(material) => (4 * material.batch()).min(material.examples()),
            Kind::Function { .. } => 1,
        }
    }

    /// Where the run of a seed starts. The tuning starts functions at their standard start; a seed moves it a
    /// little.
    pub(in crate::compare::suite) fn start(&self, seed: u64) -> Array1<f64> {
        match &self.kind {
            Kind::Function { start, .. } if seed == TUNING_SEED => start.clone(),
            Kind::Function { start, .. } => {
                rng::about(&mut rng::stream(self.seed, "comparison start", seed), start, 0.1, 0.1)
            }
            Kind::Data(material) => material.start(self.seed, seed),
        }
    }

    /// What the optimizer of a run sees.
    pub(in crate::compare::suite) fn objective(
        &self,
        data_access: DataAccess,
        seed: u64,
    ) -> Result<SuiteObjective> {
        Ok(SuiteObjective::new(match &self.kind {
            Kind::Function { build, deviation: 0.0, .. } => Body::Function(build()),
            Kind::Function { build, deviation, .. } => {
                let stream = rng::stream(self.seed, "comparison noise", seed);
                Body::Noisy { function: build(), deviation: *deviation, stream }
            }
            Kind::Data(material) => {
                let of_run = self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ seed;
                let batches = match data_access {
                    DataAccess::Batches => {
                        Some(Batches::without_replacement(material.examples(), material.batch(), of_run)?)
                    }
                    DataAccess::Whole => None,
                };
                Body::Data { risk: material.risk()?, batches }
            }
        }))
    }

    /// Who judges the iterates of a run; `None` where the optimizer's own value is already the true one.
    pub(in crate::compare::suite) fn judge(&self) -> Result<Option<Judge>> {
        Ok(match &self.kind {
            Kind::Function { deviation: 0.0, .. } => None,
            Kind::Function { build, .. } => Some(Judge::Function(build())),
            Kind::Data(material) => Some(Judge::Data { risk: material.risk()?, material: material.clone() }),
        })
    }
}
