//! A rule whose gradient is clipped before the step.

use super::clip::Clip;
use super::{Buffers, NamedSetting, PartState, Room, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::objective::{ParamLayout, Part};
use crate::optimizer::Properties;
use crate::real::Real;

/// Any rule with its gradient clipped. The name of a run says that it clips, and its trace says in which
/// steps, so that a comparison with clipping can be recognized.
///
/// ```
/// use gradus::optimizer::first_order::{Clip, Clipped};
/// use gradus::prelude::*;
/// // Without clipping the first step would end the run: the gradient at the start has length 232.
/// let rule = Clipped::new(Sgd, Clip::Norm(1.0));
/// let found = minimize(
///     problems::Rosenbrock::new(2),
///     &array![-1.2, 1.0],
///     FirstOrder::new(rule, 0.01)?,
///     Stop::iterations(100),
/// )?;
/// assert_eq!(found.optimizer, "sgd, gradient clipped to norm 1");
/// assert!(found.value < 5.0 && found.trace.clipped.iter().any(|&c| c));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clipped<R> {
    /// The rule that receives the clipped gradient.
    pub rule: R,
    /// How the gradient is clipped.
    pub clip: Clip,
}

impl<R> Clipped<R> {
    /// Wraps `rule`.
    pub fn new(rule: R, clip: Clip) -> Self {
        Clipped { rule, clip }
    }
}

impl<R: RuleInfo> RuleInfo for Clipped<R> {
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
        self.clip.validate()?;
        self.rule.validate()
    }

    fn clip(&self) -> Clip {
        self.clip
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
        self.rule.wrapping()
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

impl<F: Real, R: UpdateRule<F>> UpdateRule<F> for Clipped<R> {
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
    fn bounds_out_of_range_name_the_range() {
        for bound in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let refused = Clipped::new(super::super::Sgd, Clip::Norm(bound)).validate();
            assert!(refused.unwrap_err().to_string().contains("clip-norm must be finite and > 0"));
            assert!(Clip::Value(bound).validate().is_err());
        }
    }
}
