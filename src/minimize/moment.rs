//! What an observer sees.

use crate::objective::{Counted, Evaluations};
use crate::optimizer::Iterate;
use std::time::Duration;

/// The state of a run at one iterate, as an observer sees it.
///
/// ```
/// use gradus::minimize::minimize_observed;
/// use gradus::optimizer::first_order::{Clip, Clipped};
/// use gradus::prelude::*;
/// let mut curve = Vec::new();
/// let rule = FirstOrder::new(Clipped::new(Sgd, Clip::Norm(1.0)), 0.1)?;
/// minimize_observed(problems::Quadratic::new(&[1.0]), &array![2.0], rule, Stop::iterations(20), |moment| {
///     curve.push((moment.evaluations().grad, moment.iterate.value, moment.clipped));
/// })?;
/// assert_eq!(curve[0], (1, 2.0, 0));
/// assert_eq!((curve[19].0, curve[19].2), (20, 10));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug)]
pub struct Moment<'a, F, O> {
    /// The iterate, with its value, its gradient, and the number of iterations done.
    pub iterate: &'a Iterate<F>,
    /// The objective, which may count what it has been asked for.
    pub objective: &'a O,
    /// The number of iterations so far whose gradient was clipped; 0 too if the optimizer clips none. A run
    /// that is resumed counts from 0 again.
    pub clipped: u64,
    /// The time spent in the optimizer so far, without the time that the observer took.
    pub elapsed: Duration,
}

impl<F, O> Moment<'_, F, Counted<O>> {
    /// Returns the numbers of values, gradients and Hessians that have been evaluated so far.
    pub fn evaluations(&self) -> Evaluations {
        self.objective.evaluations()
    }
}
