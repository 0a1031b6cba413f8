//! Any update rule under one type, for programs that learn its name at run time.

use super::{Buffers, Clip, NamedSetting, PartState, Room, RuleInfo, SettingMut, State, UpdateRule};
use crate::error::{Error, Result};
use crate::objective::{ParamLayout, Part};
use crate::optimizer::Properties;
use crate::real::Real;
use std::any::Any;
use std::fmt::{self, Debug};
use std::sync::Arc;

/// An update rule whose type is not known at compile time.
///
/// It works in `f32` and in `f64`, and two are equal if their `Debug` texts are: the same rule with the same
/// hyperparameters.
///
/// ```
/// use gradus::optimizer::first_order::{AnyRule, RuleInfo};
/// use gradus::prelude::*;
/// let mut rule = AnyRule::by_name("adam")?;
/// rule.set("beta1", 0.95)?;
/// assert_eq!(rule.hyperparameters(), [("beta1", 0.95), ("beta2", 0.999), ("eps", 1e-8)]);
/// let refused = rule.set("dampening", 0.5).unwrap_err();
/// assert_eq!(refused.to_string(), "adam has no dampening: it has beta1, beta2, eps");
/// assert_eq!(AnyRule::new(Sgd).name(), "sgd");
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Clone)]
pub struct AnyRule {
    rule: Arc<dyn ErasedRule>,
    in_f32: Arc<dyn Steps<f32>>,
    in_f64: Arc<dyn Steps<f64>>,
}

/// The object-safe form of [`RuleInfo`].
trait ErasedRule: Debug + Send + Sync {
    fn name(&self) -> &'static str;
    fn properties(&self) -> Properties;
    fn buffers(&self) -> Buffers;
    fn by_layers(&self) -> bool;
    fn room(&self, part: &Part) -> Room;
    fn check_layout(&self, layout: Option<&ParamLayout>) -> Result<()>;
    fn validate(&self) -> Result<()>;
    fn clip(&self) -> Clip;
    fn climbs(&self) -> Option<f64>;
    fn needs_products(&self) -> bool;
    fn wrapping(&self) -> String;
    fn named_numbers(&self) -> Vec<(&'static str, f64)>;
    fn may_divide_by_zero(&self) -> bool;
    fn seeded(&self, seed: u64) -> AnyRule;
    /// Returns a copy of the rule whose settings `change` has seen, and perhaps changed.
    fn changed(&self, change: &mut dyn FnMut(Vec<NamedSetting<'_>>)) -> AnyRule;
}

/// The object-safe form of [`UpdateRule`].
trait Steps<F: Real>: Send + Sync {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]);
    fn probe(&self, state: &State<F>, lr: F, x: &[F], point: &mut [F]) -> bool;
    fn prepare_part(&self, part: &mut PartState<F>, grad: &[F]);
    fn step_part(&self, part: &mut PartState<F>, lr: F, grad: &[F], x: &mut [F]);
    fn direction(&self, state: &State<F>, v: &mut [F]) -> bool;
    fn learn_curvature(&self, state: &mut State<F>, v: &[F], product: &[F]);
}

impl<R: UpdateRule<f32> + UpdateRule<f64>> ErasedRule for R {
    fn name(&self) -> &'static str {
        RuleInfo::name(self)
    }

    fn properties(&self) -> Properties {
        RuleInfo::properties(self)
    }

    fn buffers(&self) -> Buffers {
        RuleInfo::buffers(self)
    }

    fn by_layers(&self) -> bool {
        RuleInfo::by_layers(self)
    }

    fn room(&self, part: &Part) -> Room {
        RuleInfo::room(self, part)
    }

    fn check_layout(&self, layout: Option<&ParamLayout>) -> Result<()> {
        RuleInfo::check_layout(self, layout)
    }

    fn validate(&self) -> Result<()> {
        RuleInfo::validate(self)
    }

    fn clip(&self) -> Clip {
        RuleInfo::clip(self)
    }

    fn climbs(&self) -> Option<f64> {
        RuleInfo::climbs(self)
    }

    fn needs_products(&self) -> bool {
        RuleInfo::needs_products(self)
    }

    fn wrapping(&self) -> String {
        RuleInfo::wrapping(self)
    }

    fn named_numbers(&self) -> Vec<(&'static str, f64)> {
        RuleInfo::named_numbers(self)
    }

    fn may_divide_by_zero(&self) -> bool {
        RuleInfo::may_divide_by_zero(self)
    }

    fn seeded(&self, seed: u64) -> AnyRule {
        let mut copy = self.clone();
        copy.set_seed(seed);
        AnyRule::new(copy)
    }

    fn changed(&self, change: &mut dyn FnMut(Vec<NamedSetting<'_>>)) -> AnyRule {
        let mut copy = self.clone();
        change(copy.settings_mut());
        AnyRule::new(copy)
    }
}

impl<F: Real, R: UpdateRule<F>> Steps<F> for R {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        UpdateRule::step(self, state, lr, grad, x);
    }

    fn probe(&self, state: &State<F>, lr: F, x: &[F], point: &mut [F]) -> bool {
        UpdateRule::probe(self, state, lr, x, point)
    }

    fn prepare_part(&self, part: &mut PartState<F>, grad: &[F]) {
        UpdateRule::prepare_part(self, part, grad);
    }

    fn step_part(&self, part: &mut PartState<F>, lr: F, grad: &[F], x: &mut [F]) {
        UpdateRule::step_part(self, part, lr, grad, x);
    }

    fn direction(&self, state: &State<F>, v: &mut [F]) -> bool {
        UpdateRule::direction(self, state, v)
    }

    fn learn_curvature(&self, state: &mut State<F>, v: &[F], product: &[F]) {
        UpdateRule::learn_curvature(self, state, v, product);
    }
}

impl AnyRule {
    /// Wraps a rule.
    pub fn new<R: UpdateRule<f32> + UpdateRule<f64>>(rule: R) -> Self {
        let rule = Arc::new(rule);
        AnyRule { in_f32: rule.clone(), in_f64: rule.clone(), rule }
    }

    /// Returns the names and values of the numbers among the rule's settings, such as "momentum", "decay",
    /// "beta1" or "eps".
    pub fn hyperparameters(&self) -> Vec<(&'static str, f64)> {
        self.rule.named_numbers()
    }

    /// Sets one of the rule's numbers.
    ///
    /// # Errors
    /// If the rule has no number of that name, or the value is out of its range.
    pub fn set(&mut self, name: &str, value: f64) -> Result<()> {
        let is_number = |setting: &SettingMut| matches!(setting, SettingMut::Number(_));
        self.change(name, is_number, |setting| {
            if let SettingMut::Number(number) = setting {
                *number = value;
            }
            Ok(())
        })
    }

    /// Gives one of the rule's switches: "centered" of RMSProp, "no-bias-correction" of Adam.
    ///
    /// # Errors
    /// If the rule has no switch of that name.
    pub fn give(&mut self, name: &str) -> Result<()> {
        let is_flag = |setting: &SettingMut| matches!(setting, SettingMut::Flag { .. });
        self.change(name, is_flag, |setting| {
            if let SettingMut::Flag { field, when_given } = setting {
                *field = when_given;
            }
            Ok(())
        })
    }

    /// Chooses one of the rule's forms by name, such as "rate-inside" for the "form" of momentum.
    ///
    /// # Errors
    /// If the rule has no such choice, or no form of that name.
    pub fn choose(&mut self, name: &str, form: &str) -> Result<()> {
        let is_choice = |setting: &SettingMut| matches!(setting, SettingMut::Choice(_));
        self.change(name, is_choice, |setting| {
            let SettingMut::Choice(choice) = setting else { return Ok(()) };
            let names = choice.names();
            let place = names.iter().position(|known| *known == form);
            choice.choose(place.ok_or_else(|| Error::unknown("form", form, names))?);
            Ok(())
        })
    }

    /// Returns the name of the form that is chosen; `None` if the rule has no such choice.
    pub fn chosen(&self, name: &str) -> Option<&'static str> {
        let mut chosen = None;
        self.rule.changed(&mut |settings| {
            chosen = settings.into_iter().find_map(|(known, setting)| match setting {
                SettingMut::Choice(choice) if known == name => Some(choice.names()[choice.place()]),
                _ => None,
            });
        });
        chosen
    }

    /// Changes the setting of that name and kind, and checks the rule.
    fn change(
        &mut self,
        name: &str,
        kind: impl Fn(&SettingMut) -> bool,
        change: impl Fn(SettingMut) -> Result<()>,
    ) -> Result<()> {
        let mut outcome = Ok(());
        let changed = self.rule.changed(&mut |mut settings| {
            settings.retain(|(_, setting)| kind(setting));
            let known = settings.iter().map(|(name, _)| *name).collect();
            outcome = match settings.into_iter().find(|(known, _)| *known == name) {
                Some((_, setting)) => change(setting),
                None => Err(Error::NoSuchSetting { what: RuleInfo::name(self), setting: name.into(), known }),
            };
        });
        outcome?;
        RuleInfo::validate(&changed)?;
        *self = changed;
        Ok(())
    }

    /// Returns the share of velocity or first moment that is kept, if the rule has one: ρ, or β₁ in Adam's
    /// family.
    pub fn momentum(&self) -> Option<f64> {
        self.hyperparameters().into_iter().find(|(name, _)| MOMENTA.contains(name)).map(|(_, value)| value)
    }

    /// Sets ρ of momentum, Nesterov and RMSProp, or β₁ of Adam's family and Lion, without checking its range.
    /// Other rules have no momentum and stay as they are.
    #[must_use]
    pub fn with_momentum(self, rho: f64) -> Self {
        self.rule.changed(&mut |settings| {
            let momentum = settings.into_iter().find(|(name, _)| MOMENTA.contains(name));
            if let Some((_, SettingMut::Number(momentum))) = momentum {
                *momentum = rho;
            }
        })
    }

    /// Returns the rule's step in the float type `F`.
    fn steps<F: Real>(&self) -> &dyn Steps<F> {
        let both: [&dyn Any; 2] = [&self.in_f32, &self.in_f64];
        let step = both.into_iter().find_map(|steps| steps.downcast_ref::<Arc<dyn Steps<F>>>());
        step.expect("a float type is f32 or f64").as_ref()
    }
}

/// The names that momentum has: ρ, or β₁ in Adam's family.
const MOMENTA: [&str; 2] = ["momentum", "beta1"];

impl Debug for AnyRule {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.rule.fmt(f)
    }
}

impl PartialEq for AnyRule {
    fn eq(&self, other: &Self) -> bool {
        format!("{self:?}") == format!("{other:?}")
    }
}

impl RuleInfo for AnyRule {
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
        *self = self.rule.seeded(seed);
    }

    fn wrapping(&self) -> String {
        self.rule.wrapping()
    }

    fn named_numbers(&self) -> Vec<(&'static str, f64)> {
        self.rule.named_numbers()
    }

    fn may_divide_by_zero(&self) -> bool {
        self.rule.may_divide_by_zero()
    }
}

impl<F: Real> UpdateRule<F> for AnyRule {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        self.steps::<F>().step(state, lr, grad, x);
    }

    fn probe(&self, state: &State<F>, lr: F, x: &[F], point: &mut [F]) -> bool {
        self.steps::<F>().probe(state, lr, x, point)
    }

    fn prepare_part(&self, part: &mut PartState<F>, grad: &[F]) {
        self.steps::<F>().prepare_part(part, grad);
    }

    fn step_part(&self, part: &mut PartState<F>, lr: F, grad: &[F], x: &mut [F]) {
        self.steps::<F>().step_part(part, lr, grad, x);
    }

    fn direction(&self, state: &State<F>, v: &mut [F]) -> bool {
        self.steps::<F>().direction(state, v)
    }

    fn learn_curvature(&self, state: &mut State<F>, v: &[F], product: &[F]) {
        self.steps::<F>().learn_curvature(state, v, product);
    }
}
