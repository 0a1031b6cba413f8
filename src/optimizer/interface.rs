//! The interface that all optimizers share.

use super::{Iterate, Saved};
use crate::error::Result;
use crate::real::Real;
use crate::stop::Termination;
use ndarray::ArrayRef1;
use std::ops::ControlFlow;

/// One iteration on an objective: the interface that every optimizer shares, random search and Newton
/// included.
///
/// An optimizer is generic over the objective `O`, so each asks only for what it needs: values, gradients,
/// or Hessians.
pub trait Optimizer<F: Real, O: ?Sized> {
    /// Name on the command line.
    fn name(&self) -> String;

    /// Evaluates the start `iterate.x`, and sizes all buffers. Called once before the first iteration.
    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<F>);

    /// Moves `iterate` to the next point and evaluates it there. `Break` tells why no step could be made;
    /// the iterate is then still the last good one.
    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<F>) -> ControlFlow<Termination>;

    /// Whether it never moves to a point where f is not finite, as those with a line search do not. From the
    /// others the loop keeps a copy of the best point, in case the run diverges.
    fn stays_finite(&self) -> bool {
        false
    }

    /// Writes down what the optimizer remembers between iterations, for a run that is to be resumed. Nothing,
    /// unless an optimizer says otherwise: the resumed run then starts afresh at the saved point.
    fn save(&self, _saved: &mut Saved) {}

    /// Takes back what [`save`](Optimizer::save) wrote; called after [`start`](Optimizer::start) at the saved
    /// point.
    ///
    /// # Errors
    /// If what was saved does not fit.
    fn restore(&mut self, _saved: &Saved) -> Result<()> {
        Ok(())
    }

    /// The shift τ that made the last Hessian positive definite; `None` for optimizers that shift nothing.
    fn shift(&self) -> Option<f64> {
        None
    }

    /// The smallest eigenvalue of the Hessian at `x`, for optimizers that have a Hessian and where *n* is
    /// small enough that it costs nothing to speak of. Below 0 a stationary point is no minimum.
    fn smallest_eigenvalue(&mut self, _objective: &mut O, _x: &ArrayRef1<F>) -> Option<f64> {
        None
    }
}

/// An optimizer that is only lent to a run, so that it can be asked afterwards.
impl<F: Real, O: ?Sized, P: Optimizer<F, O> + ?Sized> Optimizer<F, O> for &mut P {
    fn name(&self) -> String {
        (**self).name()
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<F>) {
        (**self).start(objective, iterate);
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<F>) -> ControlFlow<Termination> {
        (**self).iterate(objective, iterate)
    }

    fn save(&self, saved: &mut Saved) {
        (**self).save(saved);
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        (**self).restore(saved)
    }

    fn stays_finite(&self) -> bool {
        (**self).stays_finite()
    }

    fn shift(&self) -> Option<f64> {
        (**self).shift()
    }

    fn smallest_eigenvalue(&mut self, objective: &mut O, x: &ArrayRef1<F>) -> Option<f64> {
        (**self).smallest_eigenvalue(objective, x)
    }
}
