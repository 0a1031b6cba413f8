//! Who takes part: any update rule, any optimizer.

use super::{BuiltProblem, DataAccess, OptimizerFacts, SuiteObjective, Trial};
use crate::error::Result;
use crate::optimizer::Optimizer;
use crate::optimizer::first_order::{FirstOrder, UpdateRule};
use std::fmt::Debug;

/// A setting of an optimizer: what it is called in tables, and its learning rate if it has one.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// "lr=1e-2 momentum=0.9". Two settings of one text must be the same.
    pub text: String,
    /// NaN if there is none.
    pub lr: f64,
}

/// An optimizer as the engine runs it.
pub type BoxedOptimizer = Box<dyn Optimizer<f64, SuiteObjective>>;

/// An optimizer that takes part in a comparison, with the settings that its tuning tries.
///
/// Most need not implement this: see [`Suite::with_rule`](super::Suite::with_rule) and
/// [`Suite::with_optimizer`](super::Suite::with_optimizer).
pub trait Contender: Send + Sync {
    /// What is known of it.
    fn facts(&self) -> OptimizerFacts;

    /// Whether it can be run on a problem at all.
    fn takes(&self, _arena: &BuiltProblem) -> bool {
        true
    }

    /// How it sees a sum over data.
    fn data_access(&self) -> DataAccess {
        DataAccess::Batches
    }

    /// The setting of a trial.
    fn setting(&self, trial: &Trial) -> Setting;

    /// The optimizer of a trial. On an problem, since some need to know the size of a batch.
    ///
    /// # Errors
    /// If the setting is refused; the run is then a row with that reason.
    fn optimizer(&self, trial: &Trial, problem: &BuiltProblem) -> Result<BoxedOptimizer>;

    /// What its runs depend on besides their settings, so that they can be kept for the next time; `None`
    /// keeps none. The built-in optimizers are part of the code whose version is in every key; of one's own
    /// only its author knows when it has changed.
    fn version(&self) -> Option<String> {
        None
    }
}

/// A rule of one's own.
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
        Ok(Box::new(FirstOrder::new((self.make)(trial), trial.lr(DEFAULT_LR))?))
    }
}

/// The learning rate of a rule that names no other: Adam's.
const DEFAULT_LR: f64 = 1e-3;

/// An optimizer of one's own.
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

fn on_one_line(value: &impl Debug) -> String {
    format!("{value:?}").split_whitespace().collect::<Vec<_>>().join(" ")
}
