//! An optimizer whose type is not known at compile time.

use crate::error::Result;
use crate::objective::FullObjective;
use crate::optimizer::{Iterate, Optimizer, Saved, Spectrum};
use crate::stop::Termination;
use ndarray::ArrayRef1;
use std::fmt::{self, Debug};
use std::ops::ControlFlow;

/// Any optimizer in `f64`, as one that is chosen by name.
///
/// It runs on every objective that has all traits of [`objective`](crate::objective), such as
/// [`AnyObjective`](crate::objective::AnyObjective).
///
/// ```
/// use gradus::optimizer::catalogue::AnyOptimizer;
/// use gradus::objective::AnyObjective;
/// use gradus::prelude::*;
/// let valley = AnyObjective::new(problems::by_name("rosenbrock")?);
/// let found = minimize(valley, &array![-1.2, 1.0], AnyOptimizer::new(Lbfgs::new(10)), Stop::grad(1e-6))?;
/// assert!(found.termination.converged() && found.optimizer == "lbfgs");
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub struct AnyOptimizer(Box<Erased>);

/// An optimizer of any full objective, however long that lives.
type Erased = dyn for<'a> Optimizer<f64, dyn FullObjective + 'a>;

impl AnyOptimizer {
    /// Wraps an optimizer.
    pub fn new(optimizer: impl for<'a> Optimizer<f64, dyn FullObjective + 'a> + 'static) -> Self {
        AnyOptimizer(Box::new(optimizer))
    }

    /// Fixes one lifetime, for the methods that take no objective.
    fn as_optimizer(&self) -> &dyn ForLifetime {
        &self.0
    }
}

/// The methods of an optimizer that take no objective. A method call on [`Erased`] cannot tell which lifetime
/// of the objective is meant.
trait ForLifetime {
    fn name(&self) -> String;
    fn stays_finite(&self) -> bool;
    fn save(&self, saved: &mut Saved);
    fn shift(&self) -> Option<f64>;
    fn blame(&self, iterate: &Iterate<f64>) -> Option<Termination>;
}

impl ForLifetime for Box<Erased> {
    fn name(&self) -> String {
        Optimizer::<f64, dyn FullObjective>::name(&**self)
    }

    fn stays_finite(&self) -> bool {
        Optimizer::<f64, dyn FullObjective>::stays_finite(&**self)
    }

    fn save(&self, saved: &mut Saved) {
        Optimizer::<f64, dyn FullObjective>::save(&**self, saved);
    }

    fn blame(&self, iterate: &Iterate<f64>) -> Option<Termination> {
        Optimizer::<f64, dyn FullObjective>::blame(&**self, iterate)
    }

    fn shift(&self) -> Option<f64> {
        Optimizer::<f64, dyn FullObjective>::shift(&**self)
    }
}

impl Debug for AnyOptimizer {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_tuple("AnyOptimizer").field(&self.as_optimizer().name()).finish()
    }
}

impl<O: FullObjective> Optimizer<f64, O> for AnyOptimizer {
    fn name(&self) -> String {
        self.as_optimizer().name()
    }

    fn check(&self, objective: &O) -> Result<()> {
        self.0.check(objective as &dyn FullObjective)
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) {
        self.0.start(objective as &mut dyn FullObjective, iterate);
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) -> ControlFlow<Termination> {
        self.0.iterate(objective as &mut dyn FullObjective, iterate)
    }

    fn stays_finite(&self) -> bool {
        self.as_optimizer().stays_finite()
    }

    fn save(&self, saved: &mut Saved) {
        self.as_optimizer().save(saved);
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        Optimizer::<f64, dyn FullObjective>::restore(&mut *self.0, saved)
    }

    fn blame(&self, iterate: &Iterate<f64>) -> Option<Termination> {
        self.as_optimizer().blame(iterate)
    }

    fn shift(&self) -> Option<f64> {
        self.as_optimizer().shift()
    }

    fn spectrum(&mut self, objective: &mut O, x: &ArrayRef1<f64>) -> Option<Spectrum> {
        self.0.spectrum(objective as &mut dyn FullObjective, x)
    }
}
