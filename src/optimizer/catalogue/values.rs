//! The values of all settings of one optimizer, from which a factory makes it.

use super::setting::Value;
use crate::optimizer::first_order::{Clip, Convention, Wrap};
use crate::schedule::Schedule;

/// The values of all settings of an optimizer, defaults included, and what else a factory may need.
///
/// ```
/// use gradus::optimizer::catalogue::Catalogue;
/// let lbfgs = Catalogue::built_in().get("lbfgs")?.configure().set("memory", 5)?;
/// assert_eq!(lbfgs.values().whole("memory"), 5);
/// assert_eq!(lbfgs.values().choice("line-search"), "more-thuente");
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    pub(super) settings: Vec<(&'static str, Value)>,
    /// Whose defaults an update rule has, by default torch.optim's.
    pub convention: Convention,
    /// The learning rate; `None` of an optimizer that has none.
    pub learning_rate: Option<f64>,
    /// The schedule of the learning rate, counted in iterations; constant by default.
    pub schedule: Schedule,
    /// What is wrapped around an update rule; by default nothing.
    pub wrap: Wrap,
    /// How an update rule's gradient is clipped; by default it is not.
    pub clip: Clip,
    /// The seed of the optimizer's own random numbers, 0 by default.
    pub seed: u64,
    /// How many examples each step draws, for optimizers that draw batches themselves; `None` (the default)
    /// for all.
    pub batch: Option<usize>,
}

impl Values {
    /// Returns all settings, in the order of the entry.
    pub fn settings(&self) -> &[(&'static str, Value)] {
        &self.settings
    }

    fn get(&self, name: &str) -> Value {
        let found = self.settings.iter().find(|(known, _)| *known == name);
        found.unwrap_or_else(|| panic!("the entry of this optimizer has no setting '{name}'")).1
    }

    /// Returns the number of that name.
    ///
    /// # Panics
    /// If the entry has no such setting, or its value is no number.
    pub fn number(&self, name: &str) -> f64 {
        match self.get(name) {
            Value::Number(number) => number,
            other => panic!("the setting '{name}' is no number but {other}"),
        }
    }

    /// Returns the whole number of that name.
    ///
    /// # Panics
    /// If the entry has no such setting, or its value is no whole number.
    pub fn whole(&self, name: &str) -> usize {
        match self.get(name) {
            Value::Whole(number) => number,
            other => panic!("the setting '{name}' is no whole number but {other}"),
        }
    }

    /// Returns the form that was chosen.
    ///
    /// # Panics
    /// If the entry has no such setting, or its value is no choice.
    pub fn choice(&self, name: &str) -> &'static str {
        match self.get(name) {
            Value::Choice(chosen) => chosen,
            other => panic!("the setting '{name}' is no choice but {other}"),
        }
    }

    /// Returns whether the switch of that name is on.
    ///
    /// # Panics
    /// If the entry has no such setting, or its value is no switch.
    pub fn flag(&self, name: &str) -> bool {
        match self.get(name) {
            Value::Flag(on) => on,
            other => panic!("the setting '{name}' is no switch but {other}"),
        }
    }
}
