//! Gauss–Newton: minimizes a sum of squares by linearizing the residuals.

use super::damping::ROUNDING;
use super::descent::{descent, step_length};
use super::linearization::Linearization;
use super::room::out_of_memory;
use crate::linalg::shortest_least_squares;
use crate::line_search::Backtracking;
use crate::objective::Residuals;
use crate::optimizer::{Iterate, Optimizer};
use crate::stop::Termination;
use ndarray::{Array1, s};
use std::ops::ControlFlow;

/// Gauss–Newton for f = c·Σrᵢ², damped: x ← x + αp, where p minimizes ‖J·p + r‖₂ (Nocedal & Wright 2006,
/// section 10.3).
///
/// p is computed by Householder's QR factorization of \[J r\] (LAPACK), and not from JᵀJ, whose condition
/// number is the square of J's. If J does not have full rank, p is the shortest solution, by singular values.
/// α is 1 or shorter, by Armijo's rule; p is always a descent direction. Near a minimum with small residuals
/// the method converges as fast as Newton's, without second derivatives.
///
/// ```
/// use gradus::objective::Residuals;
/// use gradus::optimizer::second_order::{GaussNewton, LevenbergMarquardt};
/// use gradus::prelude::*;
/// use gradus::ndarray::ArrayRef2;
///
/// /// Rosenbrock's function as residuals: r = (10(x₁ − x₀²), 1 − x₀).
/// struct Valley;
///
/// impl Objective for Valley {
///     fn dim(&self) -> usize { 2 }
///     fn value(&mut self, x: &ArrayRef1<f64>) -> f64 { problems::Rosenbrock::new(2).value(x) }
/// }
///
/// impl Differentiable for Valley {
///     fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
///         problems::Rosenbrock::new(2).value_grad(x, grad)
///     }
/// }
///
/// impl Residuals for Valley {
///     fn residual_count(&self) -> usize { 2 }
///     fn scale(&self) -> f64 { 1.0 }
///     fn residuals(&mut self, x: &ArrayRef1<f64>, r: &mut ArrayRef1<f64>) {
///         (r[0], r[1]) = (10.0 * (x[1] - x[0] * x[0]), 1.0 - x[0]);
///     }
///     fn jacobian(&mut self, x: &ArrayRef1<f64>, jacobian: &mut ArrayRef2<f64>) {
///         jacobian.assign(&array![[-20.0 * x[0], 10.0], [-1.0, 0.0]]);
///     }
/// }
///
/// let found = minimize(Valley, &array![-1.2, 1.0], GaussNewton::new(), Stop::grad(1e-8)).unwrap();
/// assert!(found.termination.converged() && found.value < 1e-16);
/// let found = minimize(Valley, &array![-1.2, 1.0], LevenbergMarquardt::new(), Stop::grad(1e-8)).unwrap();
/// assert!(found.termination.converged() && found.value < 1e-16);
/// ```
#[derive(Debug, Clone)]
pub struct GaussNewton {
    line_search: Backtracking,
    at: Linearization,
    direction: Array1<f64>,
    refused: Option<Termination>,
}

impl Default for GaussNewton {
    fn default() -> Self {
        GaussNewton::new()
    }
}

impl GaussNewton {
    /// Gauss–Newton with the default line search.
    pub fn new() -> Self {
        GaussNewton {
            line_search: Backtracking::default(),
            at: Linearization::empty(),
            direction: Array1::default(0),
            refused: None,
        }
    }

    /// Computes the direction p.
    fn solve(&mut self, iteration: usize) -> ControlFlow<Termination> {
        if !self.at.is_finite() {
            return ControlFlow::Break(Termination::HessianNotFinite { iteration });
        }
        self.at.triangularize();
        if self.at.qr.solve(&self.at.factor, &mut self.direction) {
            return ControlFlow::Continue(());
        }
        // The shortest solution of R·p = −Qᵀr is that of J·p = −r. This case is rare and the matrix small, so
        // it may allocate.
        let n = self.direction.len();
        let mut r = self.at.factor.slice(s![..n, ..n]).to_owned();
        r.indexed_iter_mut().filter(|((i, j), _)| i > j).for_each(|(_, below)| *below = 0.0);
        match shortest_least_squares(&r, &self.at.factor.slice(s![..n, n]).mapv(|v| -v)) {
            Some(shortest) => {
                self.direction.assign(&shortest);
                ControlFlow::Continue(())
            }
            None => ControlFlow::Break(Termination::HessianFailed { iteration, shift: 0.0 }),
        }
    }
}

impl<O: Residuals<f64> + ?Sized> Optimizer<f64, O> for GaussNewton {
    fn name(&self) -> String {
        "gauss-newton".into()
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) {
        let n = iterate.x.len();
        self.refused = out_of_memory(Linearization::bytes(objective.residual_count(), n));
        if self.refused.is_some() {
            iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
            return;
        }
        self.direction = Array1::zeros(n);
        self.at = Linearization::start(objective, iterate);
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) -> ControlFlow<Termination> {
        if let Some(refused) = self.refused {
            return ControlFlow::Break(refused);
        }
        self.solve(iterate.k)?;
        let Some(ray) = descent(iterate, &self.direction)? else {
            iterate.alpha = 0.0;
            return ControlFlow::Continue(());
        };
        let (at, direction, x) = (&mut self.at, &self.direction, &iterate.x);
        let full = at.try_step(objective, x, 1.0, direction);
        let hidden = full <= ray.value + ROUNDING * ray.value && -ray.slope <= ROUNDING * ray.value;
        if hidden && at.take(objective, iterate, full, true) {
            iterate.alpha = 1.0;
            return ControlFlow::Continue(());
        }
        let (mut first, x) = (Some(full), &iterate.x);
        let mut value = full;
        let found = self.line_search.search(ray, |alpha| {
            value = first.take().unwrap_or_else(|| at.try_step(objective, x, alpha, direction));
            value
        });
        iterate.alpha = step_length(found, ray.slope)?;
        at.take(objective, iterate, value, false);
        ControlFlow::Continue(())
    }

    fn stays_finite(&self) -> bool {
        true
    }
}
