//! Sharpness-aware minimization: the gradient at the worst point near by.

use super::hyperparameters::not_negative;
use super::{Buffers, Clip, NamedSetting, PartState, Room, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::linalg::{norm, vector};
use crate::objective::{ParamLayout, Part};
use crate::optimizer::Properties;
use crate::real::Real;
use ndarray::aview1;

/// Sharpness-aware minimization (Foret et al. 2021) around any rule: the rule receives the gradient at
/// x + ρ·g/‖g‖₂, where g is the gradient at x, so that it descends to where the whole neighbourhood is low.
///
/// Both gradients are those of the same examples: on minibatches the second one is of the same batch, and
/// with accumulation each batch has its own climb (the paper's *m*-sharpness). A step costs two gradients,
/// which the evaluation counts and `example_grads` show; loss and result are those at x. Where g is 0 there
/// is no direction, and the rule receives the gradient at x. optax.contrib.sam with `normalize()` and
/// `sgd(ρ)` as its inner optimizer and `sync_period` 2 is the same, but divides 0 by 0 there. The wrapper
/// keeps no numbers per parameter; the climb reads 2 and writes 1 (12 bytes in f32).
///
/// ```
/// use gradus::optimizer::first_order::Sam;
/// use gradus::prelude::*;
/// // From 3 the gradient is taken at 3 + .05.
/// let found = minimize(
///     problems::Quadratic::new(&[1.0]),
///     &array![3.0],
///     FirstOrder::new(Sam::new(Sgd), 0.5)?,
///     Stop::iterations(1),
/// )?;
/// assert_eq!((found.x[0], found.evaluations.grad), (3.0 - 0.5 * 3.05, 3));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sam<R> {
    /// The rule that receives the gradient.
    pub rule: R,
    /// ρ, the radius of the neighbourhood: finite and ≥ 0, default .05 (the paper's).
    pub rho: f64,
}

impl<R> Sam<R> {
    /// The default of ρ.
    pub const RHO: f64 = 0.05;

    /// Wraps `rule` with the default radius.
    pub fn new(rule: R) -> Self {
        Sam { rule, rho: Self::RHO }
    }

    /// Changes the radius.
    #[must_use]
    pub fn rho(self, rho: f64) -> Self {
        Sam { rho, ..self }
    }
}

/// Writes `x` + `radius`·g/‖g‖₂ into `point`, or `x` if g is 0.
pub(crate) fn climb<F: Real>(radius: F, x: &[F], grad: &[F], point: &mut [F]) {
    let length = norm(&aview1(grad));
    // Squares that are too small for the type, or too large: the length by shares of the largest entry.
    let share = if length > F::min_positive_value().sqrt() && length.is_finite() {
        radius / length
    } else {
        let largest = grad.iter().fold(F::zero(), |largest, g| largest.max(g.abs()));
        let sum: F = grad.iter().map(|&g| (g / largest) * (g / largest)).sum();
        if largest.is_zero() { F::zero() } else { radius / sum.sqrt() / largest }
    };
    vector::move_along(x, share, grad, point);
}

impl<R: RuleInfo> RuleInfo for Sam<R> {
    fn name(&self) -> &'static str {
        self.rule.name()
    }

    fn properties(&self) -> Properties {
        self.rule.properties()
    }

    fn buffers(&self) -> Buffers {
        self.rule.buffers()
    }

    fn by_layers(&self) -> bool {
        self.rule.by_layers()
    }

    fn room(&self, part: &Part) -> Room {
        self.rule.room(part)
    }

    fn check_layout(&self, layout: Option<&ParamLayout>) -> Result<()> {
        self.rule.check_layout(layout)
    }

    fn validate(&self) -> Result<()> {
        not_negative("rho", self.rho)?;
        self.rule.validate()
    }

    fn clip(&self) -> Clip {
        self.rule.clip()
    }

    fn climbs(&self) -> Option<f64> {
        Some(self.rho)
    }

    fn needs_products(&self) -> bool {
        self.rule.needs_products()
    }

    fn set_seed(&mut self, seed: u64) {
        self.rule.set_seed(seed);
    }

    fn wrapping(&self) -> String {
        let inner = self.rule.wrapping();
        let comma = if inner.is_empty() { "" } else { ", " };
        format!("{inner}{comma}sharpness-aware within {}", self.rho)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        self.rule.settings_mut()
    }

    fn named_numbers(&self) -> Vec<(&'static str, f64)> {
        self.rule.named_numbers()
    }

    fn may_divide_by_zero(&self) -> bool {
        self.rule.may_divide_by_zero()
    }
}

impl<F: Real, R: UpdateRule<F>> UpdateRule<F> for Sam<R> {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        self.rule.step(state, lr, grad, x);
    }

    fn probe(&self, state: &State<F>, lr: F, x: &[F], point: &mut [F]) -> bool {
        self.rule.probe(state, lr, x, point)
    }

    fn prepare_part(&self, part: &mut PartState<F>, grad: &[F]) {
        self.rule.prepare_part(part, grad);
    }

    fn step_part(&self, part: &mut PartState<F>, lr: F, grad: &[F], x: &mut [F]) {
        self.rule.step_part(part, lr, grad, x);
    }

    fn direction(&self, state: &State<F>, v: &mut [F]) -> bool {
        self.rule.direction(state, v)
    }

    fn learn_curvature(&self, state: &mut State<F>, v: &[F], product: &[F]) {
        self.rule.learn_curvature(state, v, product);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_climb_has_the_radius_asked_for_whatever_the_size_of_the_gradient() {
        for scale in [1.0f32, 1e-25, 1e25, 1e-38] {
            let mut point = [0.0f32; 3];
            climb(0.5, &[1.0, 2.0, 3.0], &[3.0 * scale, 0.0, -4.0 * scale], &mut point);
            let off = [point[0] - 1.3, point[1] - 2.0, point[2] - 2.6];
            assert!(off.iter().all(|off| off.abs() < 1e-6), "{scale}: {point:?}");
        }
        let mut point = [0.0f64; 2];
        climb(0.5, &[1.0, 2.0], &[0.0, 0.0], &mut point);
        assert_eq!(point, [1.0, 2.0]);
        climb(0.5, &[1.0, 2.0], &[f64::NAN, 1.0], &mut point);
        assert!(point[0].is_nan());
    }

    #[test]
    fn a_radius_out_of_range_names_the_range() {
        for rho in [-0.1, f64::NAN, f64::INFINITY] {
            let refused = Sam::new(super::super::Sgd).rho(rho).validate().unwrap_err().to_string();
            assert!(refused.contains("rho must be finite and ≥ 0"), "{refused}");
        }
    }
}
