//! Two rules for two groups of parameters.

use super::matrices::Matrices;
use super::settings::NamedSetting;
use super::update_rule::step_by_parts;
use super::{Buffers, PartState, Room, RuleInfo, State, UpdateRule};
use crate::error::{Error, Result, check_hyperparameter};
use crate::hash::fnv1a_from;
use crate::objective::{ParamLayout, Part};
use crate::optimizer::Properties;
use crate::real::Real;

/// Two rules for two groups of parameters: one for the weight matrices that [`Matrices`] names, another for
/// all other parameters, each with its own settings. An objective without such a matrix is refused.
///
/// Either rule may be one that goes by layers itself. A rule that takes its gradient at another point than x,
/// such as look-ahead Nesterov, takes it at x here. The state is that of the two rules, each for its own
/// parameters.
///
/// A rule that asks for products with the Hessian, such as [`Sophia`](super::Sophia), gets them: run the
/// groups by [`WithProducts`](super::WithProducts) then. Its random numbers follow the seed of the run, and
/// differ from part to part. What is wrapped around a rule concerns all parameters together, so
/// [`Clipped`](super::Clipped), [`Lookahead`](super::Lookahead) and [`Sam`](super::Sam) go around the groups;
/// [`validate`](RuleInfo::validate) refuses them inside.
///
/// ```
/// use gradus::optimizer::first_order::{Grouped, Matrices};
/// use gradus::prelude::*;
/// let digits = Preprocessing::default().prepare::<f32>(&data::digits());
/// let classifier = Classifier::new(digits, ModelKind::parse("mlp:32")?, Regularizer::default());
/// // Momentum for the hidden matrices at the rate of the run, Adam for the rest at a tenth of it.
/// let rule = Grouped::new(Matrices::Hidden, Momentum::new(0.9), Adam::default()).rest_rate(0.1);
/// let fit = classifier.fit(Softmax, rule, &Training { epochs: 20, lr: 0.05, ..Training::default() })?;
/// assert!(fit.curve.test_accuracy.last() > Some(&0.9));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grouped<M, R> {
    /// The matrices that the first rule takes.
    pub matrices: Matrices,
    /// The rule of these matrices.
    pub first: M,
    /// The rule of all other parameters.
    pub rest: R,
    /// The learning rate of the other parameters as a share of that of the matrices: finite and > 0, default
    /// 1.
    pub rest_rate: f64,
    /// The seed of a run, from which each part of the parameters has its own: default 0.
    pub seed: u64,
}

impl<M, R> Grouped<M, R> {
    /// Groups two rules.
    pub fn new(matrices: Matrices, first: M, rest: R) -> Self {
        Grouped { matrices, first, rest, rest_rate: 1.0, seed: 0 }
    }

    /// Sets the learning rate of the other parameters as a share of that of the matrices.
    #[must_use]
    pub fn rest_rate(self, rest_rate: f64) -> Self {
        Grouped { rest_rate, ..self }
    }
}

/// Returns the seed of one of several that share the seed of a run.
fn seed_of(seed: u64, place: u64) -> u64 {
    fnv1a_from(seed, &place.to_le_bytes())
}

/// Refuses a rule of a group that would change gradients or parameters of the whole.
fn check_bare(rule: &impl RuleInfo) -> Result<()> {
    let around = [rule.clip().words(), rule.wrapping()].into_iter().find(|words| !words.is_empty());
    let refused = |what| Err(Error::Unsupported { what, remedy: "put that around Grouped" });
    match around {
        Some(words) => refused(format!("{} is a rule of a group and has around it: {words}", rule.name())),
        None if rule.climbs().is_some() => {
            refused(format!("{} is a rule of a group, and climbs before it descends", rule.name()))
        }
        None if rule.needs_products() && rule.by_layers() => {
            let what =
                format!("{} is a rule of a group, goes by layers itself, and needs products", rule.name());
            Err(Error::Unsupported { what, remedy: "put no groups into a group" })
        }
        None => Ok(()),
    }
}

/// Asks a rule for its direction within the part at `place`. Where it wants no product, the direction is 0.
fn ask<F: Real, R: UpdateRule<F>>(rule: &R, seed: u64, part: &PartState<F>, v: &mut [F]) -> bool {
    if rule.needs_products() {
        let mut own = rule.clone();
        own.set_seed(seed);
        if own.direction(&part.state, v) {
            return true;
        }
    }
    v.fill(F::zero());
    false
}

/// Returns the properties that one of the two has.
fn either(a: Properties, b: Properties) -> Properties {
    Properties {
        first_moment: a.first_moment || b.first_moment,
        second_moment: a.second_moment || b.second_moment,
        leaky: a.leaky || b.leaky,
        bias_correction: a.bias_correction || b.bias_correction,
    }
}

impl<M: RuleInfo, R: RuleInfo> RuleInfo for Grouped<M, R> {
    fn name(&self) -> &'static str {
        self.first.name()
    }

    fn properties(&self) -> Properties {
        either(self.first.properties(), self.rest.properties())
    }

    fn buffers(&self) -> Buffers {
        self.first.buffers()
    }

    fn by_layers(&self) -> bool {
        true
    }

    fn room(&self, part: &Part) -> Room {
        if self.matrices.takes(part) { self.first.room(part) } else { self.rest.room(part) }
    }

    fn check_layout(&self, layout: Option<&ParamLayout>) -> Result<()> {
        self.matrices.check(self.first.name(), layout)
    }

    fn validate(&self) -> Result<()> {
        check_hyperparameter("rest-rate", self.rest_rate, "finite and > 0", |v| v.is_finite() && v > 0.0)?;
        check_bare(&self.first)?;
        check_bare(&self.rest)?;
        self.first.validate()?;
        self.rest.validate()
    }

    fn needs_products(&self) -> bool {
        self.first.needs_products() || self.rest.needs_products()
    }

    fn set_seed(&mut self, seed: u64) {
        self.seed = seed;
        self.first.set_seed(seed_of(seed, 0));
        self.rest.set_seed(seed_of(seed, 1));
    }

    fn check_fits<F: Real>(&self, lr: f64) -> Result<()> {
        self.first.check_fits::<F>(lr)?;
        self.rest.check_fits::<F>(lr * self.rest_rate)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        self.first.settings_mut()
    }

    fn may_divide_by_zero(&self) -> bool {
        self.first.may_divide_by_zero() || self.rest.may_divide_by_zero()
    }
}

impl<F: Real, M: UpdateRule<F>, R: UpdateRule<F>> UpdateRule<F> for Grouped<M, R> {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        step_by_parts(self, state, lr, grad, x);
    }

    fn prepare_part(&self, part: &mut PartState<F>, grad: &[F]) {
        if self.matrices.takes(&part.part) {
            self.first.prepare_part(part, grad);
        } else {
            self.rest.prepare_part(part, grad);
        }
    }

    fn step_part(&self, part: &mut PartState<F>, lr: F, grad: &[F], x: &mut [F]) {
        if self.matrices.takes(&part.part) {
            self.first.step_part(part, lr, grad, x);
        } else {
            self.rest.step_part(part, F::of(lr.wide() * self.rest_rate), grad, x);
        }
    }

    fn direction(&self, state: &State<F>, v: &mut [F]) -> bool {
        let mut asked = false;
        for (place, part) in (2..).zip(&state.parts) {
            let (seed, v) = (seed_of(self.seed, place), &mut v[part.part.range.clone()]);
            asked |= match self.matrices.takes(&part.part) {
                true => ask(&self.first, seed, part, v),
                false => ask(&self.rest, seed, part, v),
            };
        }
        asked
    }

    fn learn_curvature(&self, state: &mut State<F>, v: &[F], product: &[F]) {
        for part in &mut state.parts {
            let range = part.part.range.clone();
            let (v, product) = (&v[range.clone()], &product[range]);
            // A direction of 0 is that of a part that did not ask.
            if v.iter().all(|v| v.is_zero()) {
                continue;
            }
            if self.matrices.takes(&part.part) {
                self.first.learn_curvature(&mut part.state, v, product);
            } else {
                self.rest.learn_curvature(&mut part.state, v, product);
            }
        }
    }
}
