//! The symmetric rank-one method, in a trust region.

use super::room::out_of_memory;
use super::scaling::Scaling;
use super::trial_point::TrialPoint;
use super::units::Units;
use crate::error::Result;
use crate::linalg::{all_finite, bytes_of, slice, slice_mut, vector};
use crate::objective::Differentiable;
use crate::optimizer::{Iterate, Optimizer, Saved};
use crate::real::Real;
use crate::stop::Termination;
use ndarray::{Array2, ArrayView2};
use std::ops::ControlFlow;

/// SR1 in a trust region (Conn, Gould & Toint 1991; Nocedal & Wright 2006, algorithm 6.2). The approximation
/// B of the Hessian is corrected by B ← B + rrᵀ/rᵀs, r = y − Bs, unless |rᵀs| < 1e-8·‖r‖·‖s‖. B may become
/// indefinite, like the Hessian itself, so the method uses a trust region instead of a line search. The step
/// s minimizes gᵀs + ½sᵀBs within ‖s‖ ≤ Δ approximately, by Steihaug's truncated conjugate gradients (1983).
/// They stop at the boundary; along negative curvature they go to the boundary.
///
/// On a quadratic function, B is the Hessian after *n* independent steps of any lengths (theorem 6.1 there).
/// An iteration takes one evaluation for each trial and at most 2*n* products with B, *n*² operations each.
/// Memory
/// *n*².
///
/// ```
/// use gradus::optimizer::second_order::Sr1;
/// use gradus::prelude::*;
/// let mut valley = problems::Rosenbrock::new(2);
/// let found = minimize(&mut valley, &array![-1.2, 1.0], Sr1::new(), Stop::grad(1e-8)).unwrap();
/// assert!(found.termination.converged(), "{found}");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Sr1<F = f64> {
    scaling: Scaling,
    b: Vec<F>,
    step: Vec<F>,
    product: Vec<F>,
    residual: Vec<F>,
    direction: Vec<F>,
    y: Vec<F>,
    trial: TrialPoint<F>,
    radius: F,
    corrections: usize,
    units: Units,
    refused: Option<Termination>,
}

/// The share of the predicted decrease from which on a step is accepted.
const ACCEPT: f64 = 1e-4;
/// If f increases by more than this multiple of the predicted decrease, the trial says nothing about the
/// curvature nearby. A matrix that is corrected by it would reduce all later steps to nothing.
const WILD: f64 = 1e6;
/// The relative size of its denominator below which a correction is skipped.
const SKIP: f64 = 1e-8;

impl<F: Real> Sr1<F> {
    /// SR1 with an initial matrix that is scaled by the first pair.
    pub fn new() -> Self {
        Sr1::default()
    }

    /// Sets the initial matrix. The default is [`Scaling::Pair`].
    #[must_use]
    pub fn scaling(self, scaling: Scaling) -> Self {
        Sr1 { scaling, ..self }
    }

    /// Returns the approximation of the Hessian: *n* × *n*, symmetric, possibly indefinite.
    pub fn hessian(&self) -> Array2<F> {
        let n = self.step.len();
        let b = ArrayView2::from_shape((n, n), &self.b).expect("B is n × n");
        let unit = self.units.of_hessian::<F>();
        b.mapv(|b| b / unit)
    }

    /// Computes the step by Steihaug's method, and returns the decrease that the model predicts.
    fn solve(&mut self, grad: &[F]) -> F {
        let n = grad.len();
        let (step, residual, direction) = (&mut self.step, &mut self.residual, &mut self.direction);
        step.fill(F::zero());
        residual.copy_from_slice(grad);
        vector::scale_to(grad, -F::one(), direction);
        let mut squared = vector::dot(residual, residual);
        let norm = squared.sqrt();
        let tolerance = norm * F::of(0.1).min(norm.sqrt()).min(norm);
        for _ in 0..2 * n {
            vector::symmetric_product(&self.b, direction, &mut self.product);
            let curvature = vector::dot(direction, &self.product);
            let alpha = squared / curvature;
            let (ss, sd, dd) =
                (vector::dot(step, step), vector::dot(step, direction), vector::dot(direction, direction));
            let outside = ss + F::of(2.0) * alpha * sd + alpha * alpha * dd >= self.radius * self.radius;
            if curvature <= F::zero() || outside || alpha.is_nan() {
                // Go to the boundary: the positive root of ‖step + τ·direction‖ = Δ.
                let room = (self.radius * self.radius - ss).max(F::zero());
                let tau = room / (sd + (sd * sd + dd * room).sqrt());
                vector::add_scaled(step, tau, direction);
                break;
            }
            vector::add_scaled(step, alpha, direction);
            vector::add_scaled(residual, alpha, &self.product);
            let next = vector::dot(residual, residual);
            if next.sqrt() <= tolerance {
                break;
            }
            vector::conjugate_direction(direction, next / squared, residual);
            squared = next;
        }
        vector::symmetric_product(&self.b, step, &mut self.product);
        -(vector::dot(grad, step) + F::of(0.5) * vector::dot(step, &self.product))
    }

    /// Corrects B ← B + rrᵀ/rᵀs, with Bs in `product` and the gradient at x + s in `trial`.
    fn correct(&mut self, grad: &[F]) {
        let after = slice(&self.trial.grad);
        self.y.iter_mut().zip(after).zip(grad).for_each(|((y, &a), &g)| *y = a - g);
        let n = grad.len();
        if self.corrections == 0 && self.scaling != Scaling::Identity {
            let (sy, ss) = (vector::dot(&self.step, &self.y), vector::dot(&self.step, &self.step));
            let yy = vector::dot(&self.y, &self.y);
            // Slightly less than the scale of the pair, yᵀy/sᵀy, with which r could vanish and the correction
            // would be lost.
            let scale = if sy > F::zero() { F::of(0.9) * yy / sy } else { F::one() };
            if scale.is_finite() && ss > F::zero() {
                self.b.iter_mut().step_by(n + 1).for_each(|diagonal| *diagonal = scale);
                vector::scale_to(&self.step, scale, &mut self.product);
            }
        }
        self.y.iter_mut().zip(&self.product).for_each(|(r, &p)| *r -= p);
        let denominator = vector::dot(&self.y, &self.step);
        let size = vector::dot(&self.y, &self.y).sqrt() * vector::dot(&self.step, &self.step).sqrt();
        if denominator.abs() >= F::of(SKIP) * size && size > F::zero() {
            for (row, &r) in self.b.chunks_exact_mut(n).zip(&self.y) {
                vector::add_scaled(row, r / denominator, &self.y);
            }
            self.corrections += 1;
        }
    }
}

impl<F: Real, O: Differentiable<F> + ?Sized> Optimizer<F, O> for Sr1<F> {
    fn name(&self) -> String {
        "sr1".into()
    }

    fn stays_finite(&self) -> bool {
        true
    }

    fn save(&self, saved: &mut Saved) {
        saved.put("b", self.b.iter().copied());
        saved.put("radius", [self.radius.wide(), self.corrections as f64]);
        self.units.save(saved);
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        saved.take("b", &mut self.b)?;
        let mut radius = [0.0; 2];
        saved.take("radius", &mut radius)?;
        (self.radius, self.corrections) = (F::of(radius[0]), radius[1] as usize);
        self.units = Units::restored(saved);
        Ok(())
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<F>) {
        let dim = iterate.x.len();
        iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
        self.units = Units::of(iterate);
        self.refused = out_of_memory(bytes_of::<F>(&[dim as u128, dim as u128]));
        if self.refused.is_some() {
            return;
        }
        self.b = vec![F::zero(); dim * dim];
        self.b.iter_mut().step_by(dim + 1).for_each(|diagonal| *diagonal = F::one());
        for buffer in
            [&mut self.step, &mut self.product, &mut self.residual, &mut self.direction, &mut self.y]
        {
            *buffer = vec![F::zero(); dim];
        }
        self.trial = TrialPoint::new(dim);
        (self.radius, self.corrections) = (F::one(), 0);
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<F>) -> ControlFlow<Termination> {
        if let Some(refused) = self.refused {
            return ControlFlow::Break(refused);
        }
        self.units
            .within_by_length(objective, iterate, |objective, iterate| self.take_step(objective, iterate))
    }
}

impl<F: Real> Sr1<F> {
    /// Makes one iteration, in the units of the run.
    fn take_step<O: Differentiable<F> + ?Sized>(
        &mut self,
        objective: &mut O,
        iterate: &mut Iterate<F>,
    ) -> ControlFlow<Termination> {
        if iterate.grad.iter().all(|g| g.is_zero()) {
            return ControlFlow::Break(Termination::NOWHERE_TO_GO);
        }
        for trials in 1.. {
            let grad = slice(&iterate.grad);
            let predicted = self.solve(grad);
            let length = vector::dot(&self.step, &self.step).sqrt();
            let start = slice(&iterate.x);
            vector::move_along(start, F::one(), &self.step, slice_mut(&mut self.trial.x));
            let value = objective.value_grad(&self.trial.x, &mut self.trial.grad);
            let finite = value.is_finite() && all_finite(&self.trial.grad);
            let decrease = iterate.value - value;
            // Near a minimum both decreases are rounding. The gradient then decides whether the step is good.
            let rounding = F::of(10.0) * F::epsilon() * iterate.value.abs();
            let after = slice(&self.trial.grad);
            let ratio = if decrease.abs() <= rounding && predicted <= rounding {
                if vector::dot(after, after) < vector::dot(grad, grad) { F::one() } else { F::zero() }
            } else {
                decrease / predicted
            };
            if finite && ratio >= -F::of(WILD) {
                self.correct(grad);
            }
            if !finite || ratio.is_nan() || ratio <= F::of(0.1) {
                self.radius = F::of(0.5) * length;
            } else if ratio > F::of(0.75) && length > F::of(0.8) * self.radius {
                self.radius *= F::of(2.0);
            }
            if finite && ratio > F::of(ACCEPT) {
                std::mem::swap(&mut iterate.x, &mut self.trial.x);
                std::mem::swap(&mut iterate.grad, &mut self.trial.grad);
                (iterate.value, iterate.alpha) = (value, length);
                return ControlFlow::Continue(());
            }
            if self.radius <= F::epsilon() * vector::dot(start, start).sqrt()
                || self.radius < F::min_positive_value()
                || trials >= 200
            {
                let slope = vector::dot(grad, &self.step);
                let failure =
                    Termination::LineSearchFailed { alpha: self.radius.wide(), slope: slope.wide(), trials };
                let least = self.units.least_value::<F>();
                return ControlFlow::Break(
                    self.trial.diagnose(failure, objective, iterate, &self.step, least),
                );
            }
        }
        unreachable!("the loop ends by a return")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eight eigenvalues from 1 to 1e8: rounding makes conjugate gradients need 14 products, more than in
    /// exact arithmetic. After 10 products the residual would be 20 times the gradient.
    #[test]
    fn steihaugs_method_takes_up_to_twice_as_many_products_as_there_are_parameters() {
        let n: usize = 8;
        let eigenvalues: Vec<f64> = (0..n).map(|i| 10f64.powf(8.0 * i as f64 / (n as f64 - 1.0))).collect();
        let zeros = || vec![0.0; n];
        let (step, product, residual, direction) = (zeros(), zeros(), zeros(), zeros());
        let mut sr1 =
            Sr1 { b: vec![0.0; n * n], step, product, residual, direction, radius: 1e100, ..Sr1::new() };
        sr1.b.iter_mut().step_by(n + 1).zip(&eigenvalues).for_each(|(b, e)| *b = *e);
        let predicted = sr1.solve(&[1e-6; 8]);
        let left = eigenvalues.iter().zip(&sr1.step).map(|(e, s)| (e * s + 1e-6).powi(2)).sum::<f64>().sqrt();
        assert!(left < 1e-9, "{left}");
        let exact = eigenvalues.iter().map(|e| 0.5e-12 / e).sum::<f64>();
        assert!((predicted / exact - 1.0).abs() < 1e-3, "{predicted} instead of {exact}");
    }
}
