//! The interface of everything that takes part in a comparison.

use super::elsewhere::Elsewhere;
use super::{BuiltProblem, DataAccess, OptimizerFacts, SuiteObjective, Trial};
use crate::error::Result;
use crate::optimizer::Optimizer;
use crate::optimizer::first_order::{FirstOrder, UpdateRule};
use std::fmt::Debug;

/// A setting of an optimizer: its text in tables, and its learning rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// The text, such as "lr=1e-2 momentum=0.9". Two settings with the same text must be the same.
    pub text: String,
    /// The learning rate; NaN if the optimizer has none.
    pub lr: f64,
}

/// An optimizer of any type, as the engine runs it.
pub type BoxedOptimizer = Box<dyn Optimizer<f64, SuiteObjective>>;

/// An optimizer that takes part in a comparison, with the settings that its tuning tries.
///
/// Few programs need to implement it: [`Suite::with_rule`](super::Suite::with_rule) and
/// [`Suite::with_optimizer`](super::Suite::with_optimizer) do so for most optimizers.
pub trait Contender: Send + Sync {
    /// Returns the facts of the optimizer.
    fn facts(&self) -> OptimizerFacts;

    /// Returns whether the optimizer can be run on a problem.
    fn takes(&self, _problem: &BuiltProblem) -> bool {
        true
    }

    /// Lets the optimizer take problems that are too large only for the time of a comparison. A suite calls
    /// this if both the optimizers and the problems are named.
    fn lift_limit(&mut self) {}

    /// Returns how the optimizer accesses a sum over data.
    fn data_access(&self) -> DataAccess {
        DataAccess::Batches
    }

    /// Returns the setting of a trial.
    fn setting(&self, trial: &Trial) -> Setting;

    /// Returns the optimizer of a trial. It depends on the problem, since some optimizers need to know the
    /// size of a batch.
    ///
    /// # Errors
    /// If the setting is refused. The run is then a row with that reason.
    fn optimizer(&self, trial: &Trial, problem: &BuiltProblem) -> Result<BoxedOptimizer>;

    /// Returns the version of the optimizer, on which its runs depend besides their settings. With a version,
    /// a store may keep the runs; with `None` it keeps none. The version of the code, which is in every key,
    /// covers the built-in optimizers. Of your own optimizer, only you know when it has changed.
    fn version(&self) -> Option<String> {
        None
    }
}

/// An update rule of the caller.
pub(super) struct OwnRule<M> {
    pub name: String,
    pub make: M,
}

impl<R: UpdateRule, M: Fn(&Trial) -> R + Send + Sync> Contender for OwnRule<M> {
    fn facts(&self) -> OptimizerFacts {
        OptimizerFacts {
            name: self.name.clone(),
            order: 1,
            tuned: vec!["lr".into()],
            own: true,
            needs: String::new(),
        }
    }

    fn setting(&self, trial: &Trial) -> Setting {
        let lr = trial.lr(DEFAULT_LR);
        Setting { text: format!("lr={lr:e} {}", on_one_line(&(self.make)(trial))), lr }
    }

    fn optimizer(&self, trial: &Trial, _: &BuiltProblem) -> Result<BoxedOptimizer> {
        let (rule, lr) = ((self.make)(trial), trial.lr(DEFAULT_LR));
        // Both gradients of a step are then of the same examples.
        if rule.climbs().is_some() {
            return Ok(Box::new(Elsewhere::new(rule, lr)?));
        }
        Ok(Box::new(FirstOrder::new(rule, lr)?))
    }
}

/// The default learning rate of such a rule: that of Adam.
const DEFAULT_LR: f64 = 1e-3;

/// An optimizer of the caller.
pub(super) struct OwnOptimizer<M> {
    pub name: String,
    pub data_access: DataAccess,
    pub make: M,
}

impl<P: Optimizer<f64, SuiteObjective> + Debug + 'static, M: Fn(&Trial) -> P + Send + Sync> Contender
    for OwnOptimizer<M>
{
    fn facts(&self) -> OptimizerFacts {
        OptimizerFacts {
            name: self.name.clone(),
            order: 2,
            tuned: vec!["its own".into()],
            own: true,
            needs: String::new(),
        }
    }

    fn data_access(&self) -> DataAccess {
        self.data_access
    }

    fn setting(&self, trial: &Trial) -> Setting {
        Setting { text: on_one_line(&(self.make)(trial)), lr: f64::NAN }
    }

    fn optimizer(&self, trial: &Trial, _: &BuiltProblem) -> Result<BoxedOptimizer> {
        Ok(Box::new((self.make)(trial)))
    }
}

/// A contender with a version, so that its runs can be kept.
pub(super) struct Versioned {
    pub inner: Box<dyn Contender>,
    pub version: String,
}

impl Contender for Versioned {
    fn facts(&self) -> OptimizerFacts {
        self.inner.facts()
    }

    fn takes(&self, problem: &BuiltProblem) -> bool {
        self.inner.takes(problem)
    }

    fn lift_limit(&mut self) {
        self.inner.lift_limit();
    }

    fn data_access(&self) -> DataAccess {
        self.inner.data_access()
    }

    fn setting(&self, trial: &Trial) -> Setting {
        self.inner.setting(trial)
    }

    fn optimizer(&self, trial: &Trial, problem: &BuiltProblem) -> Result<BoxedOptimizer> {
        self.inner.optimizer(trial, problem)
    }

    fn version(&self) -> Option<String> {
        Some(self.version.clone())
    }
}

fn on_one_line(value: &impl Debug) -> String {
    format!("{value:?}").split_whitespace().collect::<Vec<_>>().join(" ")
}
