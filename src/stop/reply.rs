//! What an observer of a run replies.

use std::ops::ControlFlow;

/// The reply of an observer: an observer that returns nothing lets the run go on, and one that returns a
/// [`ControlFlow`] may end it by `Break`.
///
/// ```
/// use gradus::minimize::minimize_observed;
/// use gradus::prelude::*;
/// use std::ops::ControlFlow;
/// let rule = || FirstOrder::new(Sgd, 1e-3);
/// let (valley, x0, stop) = (|| problems::Rosenbrock::new(2), array![-1.2, 1.0], Stop::iterations(5));
/// let mut values = Vec::new();
/// minimize_observed(valley(), &x0, rule()?, stop, |moment| values.push(moment.iterate.value))?;
/// assert_eq!(values.len(), 5);
/// let found = minimize_observed(valley(), &x0, rule()?, stop, |moment| match moment.iterate.k {
///     3 => ControlFlow::Break(()),
///     _ => ControlFlow::Continue(()),
/// })?;
/// assert_eq!((found.iterations, found.termination.word()), (3, "stopped_by_observer"));
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub trait Reply {
    /// Returns `Break` to end the run.
    fn flow(self) -> ControlFlow<()>;
}

impl Reply for () {
    fn flow(self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl Reply for ControlFlow<()> {
    fn flow(self) -> ControlFlow<()> {
        self
    }
}
