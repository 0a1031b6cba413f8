//! What distinguishes one line-search method from another: the direction it searches along.

use super::first_trial::FirstTrial;
use crate::error::Result;
use crate::optimizer::{Iterate, Saved};
use crate::real::Real;

/// The formula of a line-search method: how it turns gradients into directions, and what it learns from each
/// step. [`LineSearchMethod`](super::LineSearchMethod) is the optimizer around it.
///
/// Steepest descent, as the smallest example:
///
/// ```
/// use gradus::error::Result;
/// use gradus::optimizer::second_order::{LineSearchMethod, SearchDirection, Step};
/// use gradus::line_search::LineSearch;
/// use gradus::optimizer::Saved;
/// use gradus::prelude::*;
///
/// struct Steepest;
///
/// impl<O: ?Sized> SearchDirection<f64, O> for Steepest {
///     fn name(&self) -> String { "steepest-descent".into() }
///     fn start(&mut self, _dim: usize) {}
///     fn is_fresh(&self) -> bool { true }
///     fn forget(&mut self) {}
///     fn update_direction(&mut self, direction: &mut [f64], grad: &[f64], _grad_before: &[f64]) -> f64 {
///         direction.iter_mut().zip(grad).for_each(|(d, &g)| *d = -g);
///         -grad.iter().map(|g| g * g).sum::<f64>()
///     }
///     fn learn(&mut self, _step: Step<f64>) {}
///     fn save(&self, _saved: &mut Saved) {}
///     fn restore(&mut self, _saved: &Saved) -> Result<()> { Ok(()) }
/// }
///
/// let method = LineSearchMethod::from_direction(Steepest, LineSearch::default());
/// let bowl = problems::Quadratic::new(&[1.0, 2.0]);
/// let found = minimize(bowl, &array![1.0, 1.0], method, Stop::grad(1e-8)).unwrap();
/// assert!(found.termination.converged());
/// ```
pub trait SearchDirection<F: Real, O: ?Sized> {
    /// Whether the next direction depends on the last one, so that a saved run must contain it.
    const KEEPS_DIRECTION: bool = true;

    /// Whether the formula does not depend on the scale of f and x, and uses the objective by its gradients
    /// alone. From a start where ‖∇f‖ or ‖x‖ has an extreme size, it then sees gradients in other units.
    const SCALE_FREE: bool = false;

    /// The optimizer's name on the command line.
    fn name(&self) -> String;

    /// Returns the bytes that [`start`](SearchDirection::start) allocates, so that a run that would not fit
    /// into memory ends before it. By default 0: a few vectors.
    fn bytes(&self, _dim: usize) -> u128 {
        0
    }

    /// Allocates the memory for `dim` parameters, and forgets what an earlier run has learned.
    fn start(&mut self, dim: usize);

    /// Looks at the objective once before each iteration. Does nothing by default.
    fn prepare(&mut self, _objective: &mut O, _iterate: &Iterate<F>) {}

    /// Whether nothing is known about the curvature, so that the next direction is −∇f (or that of the
    /// preconditioner). If a search along such a direction fails, the run ends.
    fn is_fresh(&self) -> bool;

    /// Forgets what is known about the curvature, because the direction did not descend or the search along
    /// it failed. [`is_fresh`](SearchDirection::is_fresh) is true afterwards.
    fn forget(&mut self);

    /// Replaces the last direction by the next one, d, and returns the slope ∇f·d. `grad_before` is the
    /// gradient before the last step; it has no meaning while [`is_fresh`](SearchDirection::is_fresh).
    fn update_direction(&mut self, direction: &mut [F], grad: &[F], grad_before: &[F]) -> F;

    /// Returns the step length to try first, by default what the user has set. `value_before` is f before the
    /// last step, NaN if there was none.
    #[inline]
    fn first_trial(&self, setting: FirstTrial, iterate: &Iterate<F>, slope: F, value_before: F) -> F {
        setting.length(iterate, slope, self.is_fresh(), value_before)
    }

    /// Learns from a step that was taken.
    fn learn(&mut self, step: Step<F>);

    /// Writes what a resumed run needs, except for the direction.
    fn save(&self, saved: &mut Saved);

    /// Reads what [`save`](SearchDirection::save) wrote. Called after [`start`](SearchDirection::start).
    ///
    /// # Errors
    /// If a column is missing or has another length.
    fn restore(&mut self, saved: &Saved) -> Result<()>;
}

/// A step that was taken: x₊ = x + α·d.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a, F> {
    /// The step length α > 0.
    pub alpha: F,
    /// The direction d.
    pub direction: &'a [F],
    /// The slope ∇f(x)·d < 0.
    pub slope: F,
    /// ∇f(x).
    pub grad_before: &'a [F],
    /// ∇f(x₊).
    pub grad: &'a [F],
}
