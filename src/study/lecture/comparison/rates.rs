//! Adam at the learning rates that the lecture recommends, untuned.

use crate::compare::suite::{BoxedOptimizer, BuiltProblem, Contender, OptimizerFacts, Setting, Trial};
use crate::error::Result;
use crate::optimizer::first_order::{Adam, FirstOrder};

/// The rates on the slide.
pub(super) const RATES: [f64; 3] = [1e-3, 5e-4, 1e-4];

/// Adam at one rate.
pub(super) struct AdamAt(pub f64);

/// Returns the name of Adam at a rate in the comparison.
pub(super) fn name(lr: f64) -> String {
    format!("adam@{lr:e}")
}

/// Whether a name is that of Adam at a fixed rate.
pub(super) fn is_fixed(name: &str) -> bool {
    name.starts_with("adam@")
}

impl Contender for AdamAt {
    fn facts(&self) -> OptimizerFacts {
        OptimizerFacts { name: name(self.0), order: 1, tuned: Vec::new(), own: false, needs: String::new() }
    }

    fn setting(&self, _: &Trial) -> Setting {
        Setting { text: format!("lr={:e}", self.0), lr: self.0 }
    }

    fn optimizer(&self, _: &Trial, _: &BuiltProblem) -> Result<BoxedOptimizer> {
        Ok(Box::new(FirstOrder::new(Adam::default(), self.0)?))
    }
}
