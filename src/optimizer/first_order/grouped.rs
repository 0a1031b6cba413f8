//! Two rules for two groups of parameters.

use super::matrices::Matrices;
use super::settings::NamedSetting;
use super::update_rule::step_by_parts;
use super::{Buffers, PartState, Room, RuleInfo, State, UpdateRule};
use crate::error::{Result, check_hyperparameter};
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
}

impl<M, R> Grouped<M, R> {
    /// Groups two rules.
    pub fn new(matrices: Matrices, first: M, rest: R) -> Self {
        Grouped { matrices, first, rest, rest_rate: 1.0 }
    }

    /// Sets the learning rate of the other parameters as a share of that of the matrices.
    #[must_use]
    pub fn rest_rate(self, rest_rate: f64) -> Self {
        Grouped { rest_rate, ..self }
    }
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
        self.first.validate()?;
        self.rest.validate()
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
}
