//! Newton's method, damped by a line search, with the Hessian shifted where it is not positive definite.

use crate::linalg::Cholesky;
use crate::line_search::{Backtracking, Ray, Search};
use crate::objective::TwiceDifferentiable;
use crate::optimizer::{Iterate, Optimizer};
use crate::stop::Termination;
use ndarray::{Array1, Array2};
use std::ops::ControlFlow;

/// Damped Newton: x ← x − α(H + τI)⁻¹∇f (slide "Second-Order Optimization"), α by Armijo's backtracking
/// from 1, τ = 0 where LAPACK's Cholesky says that H is positive definite, else the smallest of 1e-3‖H‖·4ʲ
/// for which H + τI is (Nocedal & Wright 2006, algorithm 3.3).
#[derive(Debug, Clone, Default)]
pub struct Newton {
    line_search: Backtracking,
    hessian: Array2<f64>,
    direction: Array1<f64>,
    trial: Array1<f64>,
    shift: f64,
}

impl Newton {
    /// Newton with the default line search.
    pub fn new() -> Self {
        Newton::default()
    }

    /// The shift τ of the last iteration: 0 where the Hessian was positive definite.
    pub fn shift(&self) -> f64 {
        self.shift
    }

    /// Solves (H + τI)·d = −∇f with the first shift that makes H + τI positive definite.
    fn solve(&mut self, iterate: &Iterate<f64>) -> ControlFlow<Termination> {
        let scale = self.hessian.iter().fold(0.0f64, |a, &h| a.max(h.abs())).max(f64::MIN_POSITIVE);
        self.shift = 0.0;
        for attempt in 0..40 {
            let mut shifted = self.hessian.clone();
            shifted.diag_mut().mapv_inplace(|d| d + self.shift);
            if let Some(factor) = Cholesky::new(shifted) {
                self.direction.assign(&iterate.grad);
                self.direction.mapv_inplace(|g| -g);
                factor.solve_in_place(&mut self.direction);
                return ControlFlow::Continue(());
            }
            self.shift = 1e-3 * scale * 4f64.powi(attempt);
        }
        ControlFlow::Break(Termination::HessianFailed { iteration: iterate.k, shift: self.shift })
    }
}

impl<O: TwiceDifferentiable<f64> + ?Sized> Optimizer<f64, O> for Newton {
    fn name(&self) -> String {
        "newton".into()
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) {
        let dim = iterate.x.len();
        self.hessian = Array2::zeros((dim, dim));
        self.direction = Array1::zeros(dim);
        self.trial = Array1::zeros(dim);
        iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) -> ControlFlow<Termination> {
        objective.hessian(&iterate.x, &mut self.hessian);
        self.solve(iterate)?;
        let ray = Ray { value: iterate.value, slope: iterate.grad.dot(&self.direction) };
        let (x, direction, trial) = (&iterate.x, &self.direction, &mut self.trial);
        let found = self.line_search.search(ray, |alpha| {
            trial.assign(x);
            trial.scaled_add(alpha, direction);
            objective.value(trial)
        });
        match found {
            Search::Failed { alpha, trials } => ControlFlow::Break(Termination::LineSearchFailed { alpha, slope: ray.slope, trials }),
            Search::Found { alpha, .. } => {
                iterate.x.scaled_add(alpha, &self.direction);
                iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
                iterate.alpha = alpha;
                ControlFlow::Continue(())
            }
        }
    }
}
