//! The step of a rule.

use super::rule_info::RuleInfo;
use super::state::{PartState, State};
use crate::real::Real;

/// A first-order update rule in the float type `F`.
///
/// To write your own, name it and write its step. Training, minimizing and comparing then work with it.
///
/// ```
/// use gradus::optimizer::first_order::{RuleInfo, State, UpdateRule};
/// use gradus::prelude::*;
///
/// /// The sign of the gradient, times the learning rate.
/// #[derive(Debug, Clone)]
/// struct SignDescent;
///
/// impl RuleInfo for SignDescent {
///     fn name(&self) -> &'static str { "sign-descent" }
/// }
///
/// impl UpdateRule for SignDescent {
///     fn step(&self, _: &mut State, lr: f64, grad: &[f64], x: &mut [f64]) {
///         x.iter_mut().zip(grad).for_each(|(x, g)| *x -= lr * g.signum());
///     }
/// }
///
/// let mut bowl = problems::Quadratic::new(&[1.0, 10.0]);
/// let found = minimize(
///     &mut bowl,
///     &array![1.0, 1.0],
///     FirstOrder::new(SignDescent, 0.125)?,
///     Stop::iterations(8),
/// )?;
/// assert_eq!(found.x, array![0.0, 0.0]);
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub trait UpdateRule<F: Real = f64>: RuleInfo {
    /// Makes one step: moves `x` in place, given the gradient at `x` (or at the point that
    /// [`probe`](UpdateRule::probe) named) and the learning rate. A step should pass over memory once and
    /// allocate nothing.
    ///
    /// # Panics
    /// The built-in rules panic if `grad`, `x` and the buffers have different lengths.
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]);

    /// Names the point where the rule needs its gradient, if that is not `x`: writes it into `point` and
    /// returns `true`.
    fn probe(&self, _state: &State<F>, _lr: F, _x: &[F], _point: &mut [F]) -> bool {
        false
    }

    /// Takes in the gradient of one part of the parameters, before any part moves. A rule that needs a root
    /// of a matrix computes it here, and says in
    /// [`not_positive`](State::not_positive) of `part.state` if there is none. By default nothing is done.
    fn prepare_part(&self, _part: &mut PartState<F>, _grad: &[F]) {}

    /// Makes the step of one part of the parameters, whose gradient and numbers are given. By default it is
    /// [`step`](UpdateRule::step) on the buffers of the part.
    fn step_part(&self, part: &mut PartState<F>, lr: F, grad: &[F], x: &mut [F]) {
        self.step(&mut part.state, lr, grad, x);
    }

    /// Names the direction v for which the rule needs the product ∇²f(x)·v in this step, if any: writes it
    /// into `v` and returns `true`. Only asked of rules that [need products](RuleInfo::needs_products),
    /// before the step.
    fn direction(&self, _state: &State<F>, _v: &mut [F]) -> bool {
        false
    }

    /// Takes the product of the Hessian and the direction `v`, after the step.
    fn learn_curvature(&self, _state: &mut State<F>, _v: &[F], _product: &[F]) {}
}

/// Makes the step of a rule that goes by layers: all parts take in their gradients, then all move. If a
/// matrix has no root, none moves.
pub(super) fn step_by_parts<F: Real, R: UpdateRule<F>>(
    rule: &R,
    state: &mut State<F>,
    lr: F,
    grad: &[F],
    x: &mut [F],
) {
    state.each_part(grad, x, |part, grad, _| rule.prepare_part(part, grad));
    state.not_positive = state.parts.iter().find_map(|part| part.state.not_positive);
    if state.not_positive.is_none() {
        state.steps += 1;
        state.each_part(grad, x, |part, grad, x| rule.step_part(part, lr, grad, x));
    }
}
