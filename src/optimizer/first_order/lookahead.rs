//! Lookahead: slow weights that follow the fast ones of any rule.

use super::hyperparameters::{at_least_one, zero_to_one};
use super::sweep::sweep;
use super::{Buffers, Clip, NamedSetting, PartState, Room, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::objective::{ParamLayout, Part};
use crate::optimizer::Properties;
use crate::real::Real;

/// Lookahead (Zhang, Lucas, Hinton & Ba 2019) around any rule: after every *k* steps of the rule the slow
/// weights move by the share α towards the parameters, s ← s + α(x − s), and the parameters start again from
/// there, x ← s.
///
/// The rule's moments stay as they are ("none" among pytorch-optimizer's ways; optax.lookahead without
/// `reset_state`). Loss and result are those of the parameters, which are the slow weights after every *k*-th
/// step. It keeps one more number per parameter, and every *k*-th step reads or writes 4 more (16 bytes in
/// f32).
///
/// ```
/// use gradus::optimizer::first_order::Lookahead;
/// use gradus::prelude::*;
/// // Five steps halve 32 five times; then half of the way back.
/// let found = minimize(
///     problems::Quadratic::new(&[1.0]),
///     &array![32.0],
///     FirstOrder::new(Lookahead::new(Sgd), 0.5)?,
///     Stop::iterations(5),
/// )?;
/// assert_eq!(found.x[0], 16.5);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lookahead<R> {
    /// The rule that moves the parameters.
    pub rule: R,
    /// *k*, the number of its steps between two moves of the slow weights: ≥ 1, default 5.
    pub every: u64,
    /// α, the share of the way that the slow weights go: from 0 to 1, default .5.
    pub alpha: f64,
}

impl<R> Lookahead<R> {
    /// The default of *k*.
    pub const EVERY: u64 = 5;
    /// The default of α.
    pub const ALPHA: f64 = 0.5;

    /// Wraps `rule` with the defaults.
    pub fn new(rule: R) -> Self {
        Lookahead { rule, every: Self::EVERY, alpha: Self::ALPHA }
    }

    /// Changes *k*.
    #[must_use]
    pub fn every(self, every: u64) -> Self {
        Lookahead { every, ..self }
    }

    /// Changes α.
    #[must_use]
    pub fn alpha(self, alpha: f64) -> Self {
        Lookahead { alpha, ..self }
    }
}

impl<R: RuleInfo> RuleInfo for Lookahead<R> {
    fn name(&self) -> &'static str {
        self.rule.name()
    }

    fn properties(&self) -> Properties {
        self.rule.properties()
    }

    fn buffers(&self) -> Buffers {
        Buffers { slow: Some(0.0), ..self.rule.buffers() }
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
        at_least_one("k", self.every)?;
        zero_to_one("alpha", self.alpha)?;
        self.rule.validate()
    }

    fn clip(&self) -> Clip {
        self.rule.clip()
    }

    fn climbs(&self) -> Option<f64> {
        self.rule.climbs()
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
        format!("{inner}{comma}lookahead every {} steps by {}", self.every, self.alpha)
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

impl<F: Real, R: UpdateRule<F>> UpdateRule<F> for Lookahead<R> {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        if state.fast_steps == 0 {
            state.slow.copy_from_slice(x);
        }
        self.rule.step(state, lr, grad, x);
        state.fast_steps += 1;
        if state.fast_steps.is_multiple_of(self.every) {
            let alpha = F::of(self.alpha);
            sweep(x, [&mut state.slow], grad, |x, [slow], _| {
                *slow += alpha * (*x - *slow);
                *x = *slow;
            });
        }
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
    use super::super::Sgd;
    use super::*;

    #[test]
    fn numbers_out_of_range_name_the_range() {
        let refused = |rule: Lookahead<Sgd>| rule.validate().unwrap_err().to_string();
        assert!(refused(Lookahead::new(Sgd).every(0)).contains("k must be at least 1"));
        assert!(refused(Lookahead::new(Sgd).alpha(1.5)).contains("alpha must be from 0 to 1"));
        assert!(refused(Lookahead::new(Sgd).alpha(f64::NAN)).contains("alpha"));
    }

    #[test]
    fn with_all_of_the_way_it_is_the_rule_itself_and_with_none_it_comes_back() {
        let walk = |alpha: f64| {
            let rule = Lookahead::new(Sgd).every(3).alpha(alpha);
            let (mut state, mut x) = (State::new(&rule, 1), [1.0]);
            (0..6)
                .map(|k| {
                    rule.step(&mut state, 0.25, &[f64::from(k)], &mut x);
                    x[0]
                })
                .collect::<Vec<f64>>()
        };
        assert_eq!(walk(1.0), [1.0, 0.75, 0.25, -0.5, -1.5, -2.75]);
        assert_eq!(walk(0.0), [1.0, 0.75, 1.0, 0.25, -0.75, 1.0]);
    }
}
