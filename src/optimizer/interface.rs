//! The interface that all optimizers share.

use super::{Iterate, Saved, Spectrum};
use crate::error::Result;
use crate::real::Real;
use crate::stop::Termination;
use ndarray::ArrayRef1;
use std::ops::ControlFlow;

/// An optimizer: one iteration on an objective. All optimizers share this interface, from random search to
/// Newton.
///
/// An optimizer is generic over the objective `O`, so that each asks only for what it needs: values,
/// gradients or Hessians. To run one, pass it to [`minimize`](fn@crate::minimize::minimize). Every optimizer
/// of the library has an entry in the [catalogue](crate::optimizer::catalogue).
///
/// ```
/// use gradus::optimizer::{Iterate, Optimizer};
/// use gradus::prelude::*;
/// use std::ops::ControlFlow;
///
/// /// Gradient descent with a fixed step.
/// struct Descent {
///     rate: f64,
/// }
///
/// impl<O: Differentiable + ?Sized> Optimizer<f64, O> for Descent {
///     fn name(&self) -> String {
///         "descent".into()
///     }
///
///     fn start(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) {
///         iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
///     }
///
///     fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) -> ControlFlow<Termination> {
///         iterate.x.scaled_add(-self.rate, &iterate.grad);
///         iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
///         ControlFlow::Continue(())
///     }
/// }
///
/// let bowl = problems::Quadratic::new(&[1.0, 10.0]);
/// let found = minimize(bowl, &array![3.0, -2.0], Descent { rate: 0.1 }, Stop::grad(1e-8))?;
/// assert!(found.termination.converged());
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub trait Optimizer<F: Real, O: ?Sized> {
    /// Returns the name, as on the command line and in tables.
    fn name(&self) -> String;

    /// Checks that the objective has what the optimizer needs beyond its type, such as layers. The loop calls
    /// it before [`start`](Optimizer::start). By default every objective will do.
    ///
    /// # Errors
    /// If it has not.
    fn check(&self, _objective: &O) -> Result<()> {
        Ok(())
    }

    /// Evaluates the objective at the start `iterate.x`, and allocates all buffers. The loop calls it once,
    /// before the first iteration.
    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<F>);

    /// Moves `iterate` to the next point and evaluates the objective there. If no step can be made, returns
    /// `Break` with the reason, and `iterate` stays at the last good point.
    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<F>) -> ControlFlow<Termination>;

    /// Returns whether the optimizer never moves to a point where f is not finite, as is the case with a line
    /// search. For other optimizers the loop keeps a copy of the best point, in case the run diverges.
    fn stays_finite(&self) -> bool {
        false
    }

    /// Returns the reason behind a run that is not finite any more, if the optimizer knows it.
    fn blame(&self, _iterate: &Iterate<F>) -> Option<Termination> {
        None
    }

    /// Saves what the optimizer remembers between iterations, so that the run can be resumed. By default
    /// nothing is saved, and a resumed run starts afresh at the saved point.
    fn save(&self, _saved: &mut Saved) {}

    /// Restores what [`save`](Optimizer::save) wrote. The loop calls it after [`start`](Optimizer::start) at
    /// the saved point.
    ///
    /// # Errors
    /// If the saved columns do not fit the optimizer.
    fn restore(&mut self, _saved: &Saved) -> Result<()> {
        Ok(())
    }

    /// Returns the shift τ that made the last Hessian positive definite; `None` for optimizers that shift no
    /// Hessian.
    fn shift(&self) -> Option<f64> {
        None
    }

    /// Returns the smallest eigenvalue of the Hessian at `x`, for optimizers that have a Hessian, if *n* is
    /// small enough for a cheap computation. A stationary point with a negative eigenvalue is not a minimum.
    fn spectrum(&mut self, _objective: &mut O, _x: &ArrayRef1<F>) -> Option<Spectrum> {
        None
    }
}

/// A borrowed optimizer, which the caller can inspect after the run.
impl<F: Real, O: ?Sized, P: Optimizer<F, O> + ?Sized> Optimizer<F, O> for &mut P {
    fn name(&self) -> String {
        (**self).name()
    }

    fn check(&self, objective: &O) -> Result<()> {
        (**self).check(objective)
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

    fn blame(&self, iterate: &Iterate<F>) -> Option<Termination> {
        (**self).blame(iterate)
    }

    fn shift(&self) -> Option<f64> {
        (**self).shift()
    }

    fn spectrum(&mut self, objective: &mut O, x: &ArrayRef1<F>) -> Option<Spectrum> {
        (**self).spectrum(objective, x)
    }
}
