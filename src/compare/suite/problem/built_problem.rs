//! A problem that is built: the starts of its runs, the objective that optimizers see, and its facts.

use super::data::Material;
use super::judge::Judge;
use crate::compare::suite::suite_objective::{Body, Noisy};
use crate::compare::suite::{DataAccess, Likeness, ProblemFacts, SuiteObjective};
use crate::data::Batches;
use crate::error::Result;
use crate::problems::Problem;
use crate::rng;
use ndarray::Array1;
use std::sync::Arc;

/// The replicate of the tuning. It is none of the seeds at which settings are compared, since the best of
/// many trials under one seed owes part of its success to that seed.
pub const TUNING_SEED: u64 = 1_000_000;

pub(super) type Build = Arc<dyn Fn() -> Box<dyn Problem> + Send + Sync>;

/// A problem that is built, as the comparison runs it.
pub struct BuiltProblem {
    pub(super) facts: ProblemFacts,
    /// Everything that runs depend on besides the optimizer, as text.
    pub(super) identity: String,
    /// What makes it the same problem on every machine.
    pub(super) likeness: Likeness,
    pub(super) seed: u64,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    /// A function, and the deviation of its noise.
    Function { build: Build, start: Array1<f64>, deviation: f64 },
    /// A mean over data.
    Data(Arc<Material>),
}

impl BuiltProblem {
    /// Returns the facts of the problem.
    pub fn facts(&self) -> &ProblemFacts {
        &self.facts
    }

    /// Returns everything that runs depend on besides the optimizer, as text.
    pub(in crate::compare::suite) fn identity(&self) -> &str {
        &self.identity
    }

    /// Returns what makes it the same problem on every machine.
    pub fn likeness(&self) -> &Likeness {
        &self.likeness
    }

    /// Returns the number of parameters.
    pub fn dim(&self) -> usize {
        self.facts.dim
    }

    /// Returns whether exact gradients are available.
    pub fn exact(&self) -> bool {
        matches!(self.kind, Kind::Data(_)) || self.is_function()
    }

    /// Returns whether the Hessian exists everywhere.
    pub fn smooth(&self) -> bool {
        match &self.kind {
            Kind::Function { .. } => true,
            Kind::Data(material) => material.smooth(),
        }
    }

    /// Returns whether the problem is a function without noise.
    pub fn is_function(&self) -> bool {
        matches!(self.kind, Kind::Function { deviation: 0.0, .. })
    }

    /// Returns whether the problem has the layers and the loss that K-FAC needs.
    pub fn layered(&self) -> bool {
        matches!(&self.kind, Kind::Data(material) if material.smooth() && material.is_fully_connected())
    }

    /// Returns whether the parameters are the matrices and biases of layers.
    pub fn has_matrices(&self) -> bool {
        matches!(self.kind, Kind::Data(_))
    }

    /// Returns the size of the batches of optimizers that draw them themselves, as K-FAC does. It is larger
    /// than that of the update rules, since these optimizers estimate more from a batch.
    pub(in crate::compare::suite) fn layers_batch(&self) -> usize {
        match &self.kind {
            Kind::Data(material) => (4 * material.batch()).min(material.examples()),
            Kind::Function { .. } => 1,
        }
    }

    /// Returns about how many multiplications an evaluation of the gradient takes, and the look of the
    /// judge at a checkpoint.
    pub(in crate::compare::suite) fn multiplications(&self) -> (f64, f64) {
        let dim = self.dim() as f64;
        match &self.kind {
            Kind::Function { .. } => (dim * dim, 0.0),
            Kind::Data(material) => {
                let pass = material.examples() as f64 * dim;
                // The backward pass costs twice as much as the forward pass.
                (3.0 * pass, pass + material.tests() as f64 * dim)
            }
        }
    }

    /// Returns the start of the run of a seed. The tuning starts functions at their standard start; the other
    /// seeds move it a little.
    pub(in crate::compare::suite) fn start(&self, seed: u64) -> Array1<f64> {
        match &self.kind {
            Kind::Function { start, .. } if seed == TUNING_SEED => start.clone(),
            Kind::Function { start, .. } => {
                rng::about(&mut rng::stream(self.seed, "comparison start", seed), start, 0.1, 0.1)
            }
            Kind::Data(material) => material.start(self.seed, seed),
        }
    }

    /// Returns the objective of a run.
    pub(in crate::compare::suite) fn objective(
        &self,
        data_access: DataAccess,
        seed: u64,
    ) -> Result<SuiteObjective> {
        Ok(SuiteObjective::new(match &self.kind {
            Kind::Function { build, deviation: 0.0, .. } => Body::Function(build()),
            Kind::Function { build, deviation, .. } => {
                let stream = rng::stream(self.seed, "comparison noise", seed);
                Body::Noisy(Noisy::new(build(), *deviation, stream))
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

    /// Returns the judge of the iterates of a run; `None` where the value that the optimizer knows is the
    /// true one.
    pub(in crate::compare::suite) fn judge(&self) -> Result<Option<Judge>> {
        Ok(match &self.kind {
            Kind::Function { deviation: 0.0, .. } => None,
            Kind::Function { build, .. } => Some(Judge::Function(build())),
            Kind::Data(material) => Some(Judge::Data { risk: material.risk()?, material: material.clone() }),
        })
    }
}
