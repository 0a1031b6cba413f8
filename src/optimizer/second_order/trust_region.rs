//! Newton's method in a trust region: minimizes the quadratic model where it is a good approximation.

mod subproblem;

use super::curvature::{self, out_of_memory};
use super::damping::ROUNDING;
use super::units::Units;
use crate::error::{Result, check_hyperparameter};
use crate::linalg::{all_finite, max_norm, norm};
use crate::objective::TwiceDifferentiable;
use crate::optimizer::{Iterate, Optimizer, Saved, Spectrum};
use crate::stop::Termination;
use ndarray::{Array1, Array2, ArrayRef1};
use std::mem::swap;
use std::ops::ControlFlow;
use subproblem::Subproblem;

/// A trust-region Newton method. A few Cholesky factorizations of H + λI solve the subproblem min gᵀp + ½pᵀHp
/// with ‖p‖₂ ≤ Δ nearly exactly, including the "hard case" (Moré & Sorensen 1983; Conn, Gould & Toint 2000,
/// section 7.3; Nocedal & Wright 2006, algorithms 4.1 and 4.3).
///
/// Let ϱ be the decrease of f divided by the predicted one. A step is accepted if ϱ > η = .15. If ϱ < ¼, Δ
/// becomes Δ/4. If ϱ > ¾ and the step went to the boundary, Δ becomes 2Δ, at most Δ_max. The method follows
/// negative curvature to the boundary and so leaves saddle points. Rejected steps belong to the same
/// iteration.
///
/// The iterates are those of `scipy.optimize.minimize(method="trust-exact")`, which counts rejected steps as
/// iterations, with three differences. If a trial step stays inside the region, SciPy 1.17 continues with the
/// factor of the previous λ, and this method with the new one. A step that was rejected is not evaluated
/// again in a smaller region that still contains it. If rounding hides whether f decreases, a step that makes
/// the gradient smaller is accepted.
///
/// Memory: two matrices of n² numbers, 16n² bytes.
///
/// ```
/// use gradus::optimizer::second_order::TrustRegion;
/// use gradus::prelude::*;
/// let found = minimize(problems::Saddle, &array![0.1, 0.0], TrustRegion::new(), Stop::grad(1e-8)).unwrap();
/// // It leaves the saddle, although the gradient on its ridge points to the saddle.
/// assert!((found.value + 0.25).abs() < 1e-15);
/// ```
#[derive(Debug, Clone)]
pub struct TrustRegion {
    initial_radius: f64,
    max_radius: f64,
    radius: f64,
    hessian: Array2<f64>,
    subproblem: Subproblem,
    trial: Array1<f64>,
    trial_grad: Array1<f64>,
    refused: Option<Termination>,
    units: Units,
}

/// η: the share of the predicted decrease from which on a step is accepted.
const ETA: f64 = 0.15;
/// The radius, relative to the [`scale`] of x, below which the region contains no other point.
const SMALLEST: f64 = f64::EPSILON;
/// The length of x below which it counts as a scale of its own. Above, x is not told from one of length 1.
const TINY: f64 = 1e-6;

/// Returns the length in proportion to which x is rounded: max(1, ‖x‖), or ‖x‖ if that is tiny.
fn scale(x: &ArrayRef1<f64>) -> f64 {
    let length = norm(x);
    if length < TINY { length } else { length.max(1.0) }
}

impl Default for TrustRegion {
    fn default() -> Self {
        TrustRegion::new()
    }
}

impl TrustRegion {
    /// A trust region with an initial radius of 1 and a largest radius of 10¹⁰. (SciPy's largest radius is
    /// 1000, with which it takes long to reach a minimum that is far away.)
    pub fn new() -> Self {
        TrustRegion {
            initial_radius: 1.0,
            max_radius: 1e10,
            radius: 1.0,
            hessian: Array2::default((0, 0)),
            subproblem: Subproblem::new(0),
            trial: Array1::default(0),
            trial_grad: Array1::default(0),
            refused: None,
            units: Units::default(),
        }
    }

    /// Sets the initial and the largest radius.
    ///
    /// # Errors
    /// Unless 0 < first ≤ largest, both finite.
    pub fn radii(self, first: f64, largest: f64) -> Result<Self> {
        let positive = |v: f64| v.is_finite() && v > 0.0;
        check_hyperparameter("radius", first, "finite and > 0, and at most the largest radius", |v| {
            positive(v) && v <= largest
        })?;
        check_hyperparameter("largest radius", largest, "finite and > 0", positive)?;
        Ok(TrustRegion { initial_radius: first, max_radius: largest, ..self })
    }

    /// Returns the current radius.
    pub fn radius(&self) -> f64 {
        self.units.length(self.radius)
    }

    /// Returns the multiplier λ of the last step: 0 if it was Newton's step.
    pub fn multiplier(&self) -> f64 {
        self.subproblem.multiplier() / self.units.of_hessian::<f64>()
    }

    /// Changes the radius after a step with this share of the predicted decrease.
    fn resize(&mut self, share: f64, on_boundary: bool) {
        if share < 0.25 {
            self.radius *= 0.25;
            // If the region still contained the rejected step, the same step would be tried again.
            let length = norm(self.subproblem.step());
            while share <= ETA && length > 0.0 && self.radius >= length {
                self.radius *= 0.25;
            }
        } else if share > 0.75 && on_boundary {
            self.radius = (2.0 * self.radius).min(self.max_radius);
        }
    }

    /// Returns the decrease of f at the trial point as a share of the predicted one.
    fn share(&self, iterate: &Iterate<f64>, value: f64, predicted: f64) -> f64 {
        if !value.is_finite() || !all_finite(&self.trial_grad) {
            return f64::NEG_INFINITY;
        }
        let (decrease, rounding) = (iterate.value - value, ROUNDING * iterate.value.abs());
        if predicted <= rounding
            && decrease.abs() <= rounding
            && max_norm(&self.trial_grad) < max_norm(&iterate.grad)
        {
            return 1.0;
        }
        if predicted > 0.0 { decrease / predicted } else { f64::NEG_INFINITY }
    }
}

impl<O: TwiceDifferentiable<f64> + ?Sized> Optimizer<f64, O> for TrustRegion {
    fn name(&self) -> String {
        "trust-region".into()
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) {
        let dim = iterate.x.len();
        self.radius = self.initial_radius;
        self.refused = out_of_memory(dim, 2);
        if self.refused.is_none() {
            self.hessian = Array2::zeros((dim, dim));
            self.subproblem = Subproblem::new(dim);
            self.trial = Array1::zeros(dim);
            self.trial_grad = Array1::zeros(dim);
        }
        iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
        self.units = Units::of(iterate);
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) -> ControlFlow<Termination> {
        if let Some(refused) = self.refused {
            return ControlFlow::Break(refused);
        }
        self.units
            .within_by_length(objective, iterate, |objective, iterate| self.take_step(objective, iterate))
    }

    fn stays_finite(&self) -> bool {
        true
    }

    fn save(&self, saved: &mut Saved) {
        saved.put_one("radius", self.radius);
        self.units.save(saved);
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        self.radius = saved.take_one("radius")?;
        self.units = Units::restored(saved);
        Ok(())
    }

    fn spectrum(&mut self, objective: &mut O, x: &ArrayRef1<f64>) -> Option<Spectrum> {
        curvature::spectrum(objective, x)
    }
}

impl TrustRegion {
    /// Makes one iteration, in the units of the run.
    fn take_step<O: TwiceDifferentiable<f64> + ?Sized>(
        &mut self,
        objective: &mut O,
        iterate: &mut Iterate<f64>,
    ) -> ControlFlow<Termination> {
        objective.hessian(&iterate.x, &mut self.hessian);
        let scale = scale(&iterate.x);
        if !self.subproblem.begin(&self.hessian, &iterate.grad, scale.min(1.0)) {
            return ControlFlow::Break(Termination::HessianNotFinite { iteration: iterate.k });
        }
        let smallest = (SMALLEST * scale).max(f64::MIN_POSITIVE);
        for trials in 1.. {
            let on_boundary = self.subproblem.solve(&self.hessian, &iterate.grad, self.radius);
            let predicted = self.subproblem.predicted_decrease(&self.hessian, &iterate.grad);
            self.trial.assign(&iterate.x);
            self.trial += self.subproblem.step();
            let value = objective.value_grad(&self.trial, &mut self.trial_grad);
            let (share, radius) = (self.share(iterate, value, predicted), self.radius);
            self.resize(share, on_boundary);
            if share > ETA {
                swap(&mut iterate.x, &mut self.trial);
                swap(&mut iterate.grad, &mut self.trial_grad);
                (iterate.value, iterate.alpha) = (value, radius);
                break;
            }
            if self.radius <= smallest {
                let (radius, bound) = (self.radius / scale.max(f64::MIN_POSITIVE), SMALLEST);
                self.radius = self.initial_radius;
                return ControlFlow::Break(Termination::TrustRegionFailed { radius, bound, trials });
            }
        }
        ControlFlow::Continue(())
    }
}
