//! An optimizer of the catalogue with the settings of one run.

use super::any_optimizer::AnyOptimizer;
use super::entry::{Entry, Factory, value_of};
use super::needs::Needs;
use super::setting::{SettingKind, SettingSpec, Value};
use super::values::Values;
use crate::error::{Error, Result, check_hyperparameter};
use crate::linalg::{available_memory, bytes_in_words, dense_bytes};
use crate::objective::KroneckerBlock;
use crate::optimizer::first_order::{
    AnyRule, Clip, Clipped, Convention, FirstOrder, RuleInfo, WithProducts, Wrap,
};
#[cfg(feature = "lapack")]
use crate::optimizer::second_order::KfacBlocks;
use crate::schedule::Schedule;

/// An optimizer of the catalogue with the settings of one run. Each setting is checked when it is given.
///
/// ```
/// use gradus::optimizer::catalogue::Catalogue;
/// use gradus::objective::AnyObjective;
/// use gradus::prelude::*;
/// let adam = Catalogue::built_in().get("adam")?.configure().set("beta1", 0.95)?.learning_rate(0.01)?;
/// let valley = AnyObjective::new(problems::by_name("rosenbrock")?);
/// let found = minimize(valley, &array![-1.2, 1.0], adam.optimizer()?, Stop::iterations(1000))?;
/// assert!(found.value < 5.0);
/// let refused = Catalogue::built_in().get("newton-cg")?.configure().learning_rate(0.1).unwrap_err();
/// assert!(refused.to_string().contains("lr does not go with newton-cg"), "{refused}");
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Configuration {
    entry: Entry,
    /// The settings that were given, by their places in the entry.
    given: Vec<(usize, Value)>,
    values: Values,
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Value::Number(number)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Value::Whole(number)
    }
}

impl From<i32> for Value {
    /// A whole number as it is typed; a negative one becomes 0, which is checked like any other.
    fn from(number: i32) -> Self {
        Value::Whole(number.max(0) as usize)
    }
}

impl From<bool> for Value {
    fn from(on: bool) -> Self {
        Value::Flag(on)
    }
}

impl From<&'static str> for Value {
    fn from(name: &'static str) -> Self {
        Value::Choice(name)
    }
}

impl Entry {
    /// Starts from the default settings.
    pub fn configure(&self) -> Configuration {
        let values = Values {
            settings: self.settings().iter().map(|spec| (spec.name, spec.default)).collect(),
            convention: Convention::default(),
            learning_rate: self.learning_rate(),
            schedule: Schedule::Constant,
            wrap: Wrap::Off,
            clip: Clip::Off,
            seed: 0,
            batch: None,
        };
        Configuration { entry: self.clone(), given: Vec::new(), values }
    }
}

impl Configuration {
    /// Returns the entry.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Returns the values of all settings.
    pub fn values(&self) -> &Values {
        &self.values
    }

    fn place(&self, name: &str) -> Result<usize> {
        let place = self.entry.settings().iter().position(|spec| spec.is_named(name));
        place.ok_or_else(|| Error::NoSuchSetting {
            what: self.entry.name(),
            setting: name.into(),
            known: self.known_settings(),
        })
    }

    /// The numbers of an update rule, or all settings of another optimizer.
    fn known_settings(&self) -> Vec<&'static str> {
        let shown =
            |spec: &&SettingSpec| !self.entry.is_rule() || matches!(spec.kind, SettingKind::Number(_));
        self.entry.settings().iter().filter(shown).map(|spec| spec.name).collect()
    }

    /// Gives a setting a value.
    ///
    /// # Errors
    /// If the optimizer has no such setting, or the value is out of its range.
    pub fn set(self, name: &str, value: impl Into<Value>) -> Result<Self> {
        let place = self.place(name)?;
        let value = self.entry.settings()[place].check(value.into())?;
        Ok(self.with(place, value))
    }

    /// Gives a setting the value that a text says, as on the command line.
    ///
    /// # Errors
    /// If the optimizer has no such setting, the text is no such value, or the value is out of its range.
    pub fn set_text(self, name: &str, text: &str) -> Result<Self> {
        let place = self.place(name)?;
        let value = self.entry.settings()[place].parse_as(name, text)?;
        Ok(self.with(place, value))
    }

    fn with(mut self, place: usize, value: Value) -> Self {
        self.given.push((place, value));
        self.values.settings[place].1 = value;
        self
    }

    /// Chooses whose defaults an update rule has. Settings that are given stay as they are.
    ///
    /// # Errors
    /// If the optimizer is no update rule.
    pub fn convention(mut self, convention: Convention) -> Result<Self> {
        let rule = self.entry.make_rule(convention).ok_or_else(|| self.refused("convention"))?;
        self.values.convention = convention;
        for (place, spec) in self.entry.settings().iter().enumerate() {
            if self.given.iter().all(|(given, _)| *given != place) {
                self.values.settings[place].1 = value_of(&rule, spec);
            }
        }
        Ok(self)
    }

    /// Sets the learning rate.
    ///
    /// # Errors
    /// If the optimizer has none, or it is not finite and > 0.
    pub fn learning_rate(mut self, lr: f64) -> Result<Self> {
        self.entry.learning_rate().ok_or_else(|| self.refused("lr"))?;
        check_hyperparameter("lr", lr, "finite and > 0", |v| v.is_finite() && v > 0.0)?;
        self.values.learning_rate = Some(lr);
        Ok(self)
    }

    /// Sets the schedule of the learning rate, counted in iterations.
    ///
    /// # Errors
    /// If the optimizer has no learning rate, or a number of the schedule is out of its range.
    pub fn schedule(mut self, schedule: Schedule) -> Result<Self> {
        self.entry.learning_rate().ok_or_else(|| self.refused("schedule"))?;
        schedule.validate()?;
        self.values.schedule = schedule;
        Ok(self)
    }

    /// Sets how an update rule's gradient is clipped.
    ///
    /// # Errors
    /// If the optimizer is no update rule, or the bound is out of its range.
    pub fn clip(mut self, clip: Clip) -> Result<Self> {
        if !self.entry.is_rule() {
            return Err(self.refused("clip"));
        }
        clip.validate()?;
        self.values.clip = clip;
        Ok(self)
    }

    /// Sets what is wrapped around an update rule.
    ///
    /// # Errors
    /// If the optimizer is no update rule, or a number is out of its range.
    pub fn wrap(mut self, wrap: Wrap) -> Result<Self> {
        if !self.entry.is_rule() {
            return Err(self.refused("wrap"));
        }
        wrap.validate()?;
        self.values.wrap = wrap;
        Ok(self)
    }

    /// Sets the seed of the optimizer's own random numbers.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.values.seed = seed;
        self
    }

    /// Sets how many examples each step draws, for optimizers that draw batches themselves; `None` for all.
    #[must_use]
    pub fn batch(mut self, batch: Option<usize>) -> Self {
        self.values.batch = batch;
        self
    }

    fn refused(&self, what: &str) -> Error {
        let what = format!("{what} does not go with {}, which has no such setting", self.entry.name());
        Error::Unsupported { what, remedy: "leave it out, or choose another optimizer" }
    }

    /// Returns what the optimizer needs of an objective with these settings.
    pub fn needs(&self) -> Needs {
        let more = self
            .entry
            .settings()
            .iter()
            .zip(&self.values.settings)
            .find_map(|(spec, (_, value))| if *value == Value::Flag(true) { spec.needs } else { None });
        more.unwrap_or(self.entry.needs())
    }

    /// Checks that the matrices of a run with `n` parameters fit into memory.
    ///
    /// # Errors
    /// If they do not.
    pub fn check_memory(&self, n: usize) -> Result<()> {
        let bytes = dense_bytes(n, self.entry.matrices());
        let Some(available) = available_memory().filter(|&available| bytes > u128::from(available)) else {
            return Ok(());
        };
        let kind = if self.needs() == Needs::Hessian { "Hessian" } else { "matrix" };
        let what = format!(
            "{} on {n} parameters needs a {kind} of {n} × {n}: {bytes} bytes ({}), and {} are available",
            self.entry.name(),
            bytes_in_words(bytes),
            bytes_in_words(available.into())
        );
        Err(Error::Unsupported {
            what,
            remedy: "use lbfgs or cg, which keep a few vectors, or newton-cg, which needs no Hessian",
        })
    }

    /// Checks that the diagonal blocks of a preconditioner fit into memory: `width` × `width` for each of
    /// `classes`.
    ///
    /// # Errors
    /// If they do not.
    pub fn check_blocks(&self, classes: usize, width: usize) -> Result<()> {
        let bytes = dense_bytes(width, classes);
        let needed = self.needs() == Needs::Blocks;
        let Some(available) = available_memory().filter(|&available| needed && bytes > u128::from(available))
        else {
            return Ok(());
        };
        let what = format!(
            "the preconditioner of {} keeps a matrix of {width} × {width} for each of {classes} classes, {}, \
             and {} are available",
            self.entry.name(),
            bytes_in_words(bytes),
            bytes_in_words(available.into())
        );
        Err(Error::Unsupported { what, remedy: "leave the preconditioner out" })
    }

    /// Checks that the factors of an optimizer that goes by the layers of a net fit into memory, before
    /// anything is evaluated.
    ///
    /// # Errors
    /// If they do not.
    pub fn check_layers(&self, layers: &[KroneckerBlock]) -> Result<()> {
        #[cfg(feature = "lapack")]
        if self.needs() == Needs::Layers {
            let what = format!("{} on a net of this size", self.entry.name());
            // An optimizer of layers that a user has added may have no such setting.
            let blocks = match self.values.settings.iter().find(|(name, _)| *name == "blocks") {
                Some((_, Value::Choice(name))) => KfacBlocks::by_name(name).unwrap_or_default(),
                _ => KfacBlocks::default(),
            };
            let remedy = "make the hidden layers smaller, or use an update rule such as adam";
            return crate::linalg::check_room(&what, blocks.bytes(layers), remedy);
        }
        let _ = layers;
        Ok(())
    }

    /// Makes the update rule, wrapped and clipped if that was asked for; `None` of other optimizers.
    ///
    /// # Errors
    /// If a setting is out of its range.
    pub fn rule(&self) -> Result<Option<Clipped<AnyRule>>> {
        let Some(mut rule) = self.entry.make_rule(self.values.convention) else { return Ok(None) };
        for (place, value) in &self.given {
            let name = self.entry.settings()[*place].name;
            match value {
                Value::Number(number) => rule.set(name, *number)?,
                Value::Choice(form) => rule.choose(name, form)?,
                Value::Flag(true) => rule.give(name)?,
                Value::Flag(false) | Value::Whole(_) => {}
            }
        }
        rule.validate()?;
        rule.set_seed(self.values.seed);
        Ok(Some(Clipped::new(self.values.wrap.around(rule), self.values.clip)))
    }

    /// Makes the optimizer: an update rule with its learning rate and schedule, or any other.
    ///
    /// # Errors
    /// If a setting is refused.
    pub fn optimizer(&self) -> Result<AnyOptimizer> {
        if let Factory::Optimizer(make) = &self.entry.factory {
            return make(&self.values);
        }
        let rule = self.rule()?.expect("an entry has a rule or a factory");
        let lr = self.values.learning_rate.expect("an update rule has a learning rate");
        let schedule = self.values.schedule;
        if rule.needs_products() {
            return Ok(AnyOptimizer::new(WithProducts::new(rule, lr)?.schedule(schedule)));
        }
        Ok(AnyOptimizer::new(FirstOrder::new(rule, lr)?.schedule(schedule)))
    }

    /// Describes the settings in words, such as "momentum 0.9, dampening 0.5". Numbers that are 0, and so
    /// without effect, are left out, as are switches that are off.
    pub fn words(&self) -> String {
        let words = |(name, value): &(&'static str, Value)| match value {
            Value::Number(0.0) | Value::Flag(false) => None,
            Value::Flag(true) => Some((*name).into()),
            Value::Choice(_) if self.entry.is_rule() => None,
            Value::Choice(chosen) => Some(format!("{chosen} {}", name.replace('-', " "))),
            value => Some(format!("{name} {value}")),
        };
        self.values.settings.iter().filter_map(words).collect::<Vec<String>>().join(", ")
    }
}
