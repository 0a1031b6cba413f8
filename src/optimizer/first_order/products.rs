//! The adapter of update rules that ask for products with the Hessian.

use super::{FirstOrder, UpdateRule};
use crate::error::Result;
use crate::linalg::{slice, slice_mut};
use crate::objective::HessVec;
use crate::optimizer::{Iterate, Optimizer, Saved};
use crate::real::Real;
use crate::schedule::Schedule;
use crate::stop::Termination;
use ndarray::Array1;
use std::ops::ControlFlow;

/// An update rule as [`FirstOrder`] makes an optimizer of it, on a function that also has products of its
/// Hessian with vectors. A rule that asks for none is the same as under [`FirstOrder`]. The first two
/// derivatives are those of the same point.
///
/// ```
/// use gradus::optimizer::first_order::{Sophia, WithProducts};
/// use gradus::prelude::*;
/// let rule = WithProducts::new(Sophia::default(), 0.01)?;
/// let found = minimize(problems::Rosenbrock::new(2), &array![-1.2, 1.0], rule, Stop::iterations(100))?;
/// assert_eq!((found.evaluations.grad, found.evaluations.hess), (101, 10));
/// assert!(FirstOrder::new(Sophia::default(), 0.01).is_err());
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct WithProducts<R, F = f64> {
    inner: FirstOrder<R, F>,
    direction: Array1<F>,
    product: Array1<F>,
}

impl<F: Real, R: UpdateRule<F>> WithProducts<R, F> {
    /// Makes an optimizer of `rule` with the constant learning rate `lr`.
    ///
    /// # Errors
    /// If `lr` is not finite and > 0, or a hyperparameter of the rule is out of its range.
    pub fn new(rule: R, lr: F) -> Result<Self> {
        let (direction, product) = (Array1::default(0), Array1::default(0));
        Ok(WithProducts { inner: FirstOrder::of_gradients(rule, lr)?, direction, product })
    }

    /// Sets the schedule of the learning rate, as [`FirstOrder::schedule`] does.
    #[must_use]
    pub fn schedule(self, schedule: Schedule) -> Self {
        WithProducts { inner: self.inner.schedule(schedule), ..self }
    }
}

impl<F: Real, R: UpdateRule<F>, O: HessVec<F> + ?Sized> Optimizer<F, O> for WithProducts<R, F> {
    fn name(&self) -> String {
        Optimizer::<F, O>::name(&self.inner)
    }

    fn check(&self, objective: &O) -> Result<()> {
        Optimizer::<F, O>::check(&self.inner, objective)
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<F>) {
        let dim = if self.inner.parts_mut().0.needs_products() { iterate.x.len() } else { 0 };
        (self.direction, self.product) = (Array1::zeros(dim), Array1::zeros(dim));
        self.inner.start(objective, iterate);
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<F>) -> ControlFlow<Termination> {
        let (rule, state) = self.inner.parts_mut();
        let asked = rule.needs_products() && rule.direction(state, slice_mut(&mut self.direction));
        if asked {
            objective.hess_vec(&iterate.x, &self.direction, &mut self.product);
        }
        self.inner.iterate(objective, iterate)?;
        if asked {
            let (rule, state) = self.inner.parts_mut();
            rule.learn_curvature(state, slice(&self.direction), slice(&self.product));
        }
        ControlFlow::Continue(())
    }

    fn blame(&self, iterate: &Iterate<F>) -> Option<Termination> {
        Optimizer::<F, O>::blame(&self.inner, iterate)
    }

    fn save(&self, saved: &mut Saved) {
        Optimizer::<F, O>::save(&self.inner, saved);
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        Optimizer::<F, O>::restore(&mut self.inner, saved)
    }
}
