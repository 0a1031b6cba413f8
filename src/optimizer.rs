//! Optimizers: random search, first-order rules, second-order methods, all through one interface.

pub mod first_order;
mod iterate;
pub mod second_order;
pub mod zeroth_order;

pub use iterate::Iterate;

use crate::real::Real;
use crate::stop::Termination;
use std::ops::ControlFlow;

/// One iteration on an objective: the interface that every optimizer shares, random search and Newton included.
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

    /// Whether it never moves to a point where f is not finite, as those with a line search do not. From the others
    /// the loop keeps a copy of the best point, in case the run diverges.
    fn stays_finite(&self) -> bool {
        false
    }
}

/// The entry of an optimizer in the lecture's comparison table, from which the table is generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Properties {
    /// Tracks first moments (momentum).
    pub first_moment: bool,
    /// Tracks second moments (adaptive learning rates).
    pub second_moment: bool,
    /// Forgets old second moments.
    pub leaky: bool,
    /// Corrects the bias of moments that start at zero.
    pub bias_correction: bool,
}
