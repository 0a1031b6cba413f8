//! Levenberg–Marquardt: a compromise between Gauss–Newton and steepest descent.

use super::damping::ROUNDING;
use super::linearization::Linearization;
use super::room::out_of_memory;
use crate::error::{Result, check_hyperparameter};
use crate::linalg::{Householder, bytes_of, norm, slice_mut};
use crate::objective::Residuals;
use crate::optimizer::{Iterate, Optimizer, Saved};
use crate::stop::Termination;
use ndarray::{Array1, Array2, s};
use std::ops::ControlFlow;

/// Levenberg–Marquardt for f = c·Σrᵢ²: x ← x + p, where p minimizes ‖J·p + r‖² + μ‖D·p‖² (Levenberg 1944;
/// Marquardt 1963).
///
/// D is diagonal and contains, for each parameter, the largest norm so far of its column of J, so the units
/// of the parameters do not matter (Moré 1978). The damping μ starts at 10⁻³ and follows Nielsen (1999;
/// Madsen, Nielsen & Tingleff 2004, algorithm 3.16). Let ϱ be the decrease of f divided by the predicted one.
/// A step with ϱ > 10⁻⁴ is accepted, and μ ← μ·max(⅓, 1 − (2ϱ − 1)³). Otherwise μ ← μν and ν ← 2ν, and the
/// next attempt belongs to the same iteration.
///
/// p is computed by Householder's QR factorization (LAPACK), and not from JᵀJ: once of \[J r\], and for each
/// μ of R with √μ·D below it. MINPACK's `lmder`, the algorithm of
/// `scipy.optimize.least_squares(method="lm")`, controls the length of D·p instead of μ. Its iterates
/// therefore differ, but the minima are the same.
///
/// [`GaussNewton`](super::GaussNewton) shows an example.
///
/// ```
/// use gradus::optimizer::second_order::LevenbergMarquardt;
/// assert_eq!(LevenbergMarquardt::new().damping(), 1e-3);
/// ```
#[derive(Debug, Clone)]
pub struct LevenbergMarquardt {
    initial_damping: f64,
    damping: f64,
    growth: f64,
    at: Linearization,
    /// D.
    scaling: Array1<f64>,
    direction: Array1<f64>,
    /// R with √μ·D below it.
    stacked: Array2<f64>,
    qr: Householder,
    refused: Option<Termination>,
}

/// The share of the predicted decrease from which on a step is accepted.
const GOOD: f64 = 1e-4;
/// The length of a step, relative to max(1, ‖x‖), below which the run ends.
const SHORTEST: f64 = f64::EPSILON;

impl Default for LevenbergMarquardt {
    fn default() -> Self {
        LevenbergMarquardt::new()
    }
}

impl LevenbergMarquardt {
    /// Levenberg–Marquardt with an initial damping of 10⁻³.
    pub fn new() -> Self {
        let empty = Array1::default(0);
        LevenbergMarquardt {
            initial_damping: 1e-3,
            damping: 1e-3,
            growth: 2.0,
            at: Linearization::empty(),
            scaling: empty.clone(),
            direction: empty,
            stacked: Array2::default((0, 0)),
            qr: Householder::new(1, 1),
            refused: None,
        }
    }

    /// Sets the initial damping μ: 10⁻⁶ for a start near the minimum, 1 for one that is far away.
    ///
    /// # Errors
    /// If it is not finite and > 0.
    pub fn initial_damping(self, damping: f64) -> Result<Self> {
        check_hyperparameter("damping", damping, "finite and > 0", |v| v.is_finite() && v > 0.0)?;
        Ok(LevenbergMarquardt { initial_damping: damping, ..self })
    }

    /// Returns the current damping μ.
    pub fn damping(&self) -> f64 {
        self.damping
    }

    /// Increases the entries of D to the norms of the Jacobian's columns.
    fn rescale(&mut self) {
        for (d, column) in self.scaling.iter_mut().zip(self.at.jacobian.columns()) {
            *d = d.max(column.dot(&column).sqrt());
        }
    }

    /// Computes the step for this damping from the triangular factor of \[J r\]. Returns `false` if there is
    /// none.
    fn solve(&mut self) -> bool {
        let n = self.direction.len();
        self.stacked.fill(0.0);
        for i in 0..=n {
            self.stacked.slice_mut(s![i, i..]).assign(&self.at.factor.slice(s![i, i..]));
        }
        for (i, &d) in self.scaling.iter().enumerate() {
            // A parameter on which no residual has depended so far does not move.
            self.stacked[[n + 1 + i, i]] = self.damping.sqrt() * if d > 0.0 { d } else { 1.0 };
        }
        self.qr.triangularize(&mut self.stacked);
        self.qr.solve(&self.stacked, &mut self.direction)
    }

    /// Returns the decrease of f that the damped model predicts: 2c(½pᵀ(μD²p − Jᵀr)).
    fn predicted_decrease(&self, iterate: &Iterate<f64>, scale: f64) -> f64 {
        let damped: f64 = self.direction.iter().zip(&self.scaling).map(|(p, d)| (p * d).powi(2)).sum();
        // The gradient is 2c·Jᵀr.
        -0.5 * iterate.grad.dot(&self.direction) + scale * self.damping * damped
    }

    /// Adapts the damping after a step with this share of the predicted decrease.
    fn shrink(&mut self, share: f64) {
        self.damping *= (1.0 - (2.0 * share - 1.0).powi(3)).max(1.0 / 3.0);
        self.growth = 2.0;
    }

    /// Increases the damping after a step that was rejected.
    fn grow(&mut self) {
        self.damping *= self.growth;
        self.growth *= 2.0;
    }
}

impl<O: Residuals<f64> + ?Sized> Optimizer<f64, O> for LevenbergMarquardt {
    fn name(&self) -> String {
        "levenberg-marquardt".into()
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) {
        let n = iterate.x.len();
        (self.damping, self.growth) = (self.initial_damping, 2.0);
        let (rows, columns) = (2 * n as u128 + 1, n as u128 + 1);
        let linearized = Linearization::bytes(objective.residual_count(), n);
        self.refused = out_of_memory(linearized.saturating_add(bytes_of::<f64>(&[rows, columns])));
        if self.refused.is_some() {
            iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
            return;
        }
        self.scaling = Array1::zeros(n);
        self.direction = Array1::zeros(n);
        self.stacked = Array2::zeros((2 * n + 1, n + 1));
        self.qr = Householder::new(2 * n + 1, n + 1);
        self.at = Linearization::start(objective, iterate);
        self.rescale();
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) -> ControlFlow<Termination> {
        if let Some(refused) = self.refused {
            return ControlFlow::Break(refused);
        }
        if !self.at.is_finite() {
            return ControlFlow::Break(Termination::HessianNotFinite { iteration: iterate.k });
        }
        self.at.triangularize();
        let (scale, size) = (objective.scale(), norm(&iterate.x).max(1.0));
        for trials in 1.. {
            let length = if self.solve() { norm(&self.direction) } else { f64::NAN };
            if length == 0.0 {
                // The gradient is exactly 0.
                iterate.alpha = 0.0;
                return ControlFlow::Continue(());
            }
            let value = if length.is_nan() {
                f64::NAN
            } else {
                self.at.try_step(objective, &iterate.x, 1.0, &self.direction)
            };
            let predicted = self.predicted_decrease(iterate, scale);
            let (decrease, rounding) = (iterate.value - value, ROUNDING * iterate.value);
            let hidden = predicted <= rounding && decrease.abs() <= rounding;
            let share = if hidden { 1.0 } else { decrease / predicted };
            if share > GOOD && value.is_finite() && self.at.take(objective, iterate, value, hidden) {
                self.shrink(share);
                self.rescale();
                iterate.alpha = 1.0;
                break;
            }
            self.grow();
            // The second condition ends the run if the damping overflows.
            if length <= SHORTEST * size || !self.damping.is_finite() {
                return ControlFlow::Break(Termination::TrustRegionFailed {
                    radius: length / size,
                    bound: SHORTEST,
                    trials,
                });
            }
        }
        ControlFlow::Continue(())
    }

    fn stays_finite(&self) -> bool {
        true
    }

    fn save(&self, saved: &mut Saved) {
        saved.put("damping", [self.damping, self.growth]);
        saved.put("scaling", self.scaling.iter().copied());
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        let mut damping = [0.0; 2];
        saved.take("damping", &mut damping)?;
        [self.damping, self.growth] = damping;
        saved.take("scaling", slice_mut(&mut self.scaling))
    }
}
