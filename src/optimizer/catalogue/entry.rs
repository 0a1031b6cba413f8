//! The entry of an optimizer: all that others need to know of it.

use super::any_optimizer::AnyOptimizer;
use super::needs::Needs;
use super::setting::{SettingKind, SettingSpec, Value};
use super::values::Values;
use crate::error::Result;
use crate::optimizer::first_order::{AnyRule, Convention, UpdateRule};
use std::fmt;
use std::sync::Arc;

/// The order of the derivatives that an optimizer uses or approximates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Values alone.
    Zeroth,
    /// Gradients.
    First,
    /// Curvature: that of a Hessian, or an approximation from gradients.
    Second,
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Order::Zeroth => "zeroth",
            Order::First => "first",
            Order::Second => "second",
        })
    }
}

/// How the trials of a tuning choose the value of a setting.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Walk {
    /// In equal logarithmic steps from the first number to the second.
    Log(f64, f64),
    /// Over the same range as learning rates.
    LikeRates,
    /// In equal steps over whole numbers from the first to the second.
    Whole(usize, usize),
    /// A share that is kept, from .5 to .99, drawn in every other trial beside the learning rate.
    KeptShare,
    /// A share that is kept, from the first number to the second in equal logarithmic steps of what is not
    /// kept, drawn in every other trial.
    Kept(f64, f64),
    /// A number between the two on a logarithmic scale, drawn in every other trial.
    Drawn(f64, f64),
}

/// The setting that the tuning of a comparison varies besides the learning rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tuned {
    /// The name of the setting.
    pub setting: &'static str,
    /// Its value where nothing is tuned.
    pub default: f64,
    /// How trials choose it.
    pub walk: Walk,
}

type MakeRule = dyn Fn(Convention) -> AnyRule + Send + Sync;
type MakeOptimizer = dyn Fn(&Values) -> Result<AnyOptimizer> + Send + Sync;

/// What makes the optimizer.
#[derive(Clone)]
pub(super) enum Factory {
    Rule(Arc<MakeRule>),
    Optimizer(Arc<MakeOptimizer>),
}

/// The default learning rate of an update rule that names no other: Adam's.
const LEARNING_RATE: f64 = 1e-3;

/// The settings that a tuning varies beside the learning rate, the first that a rule has: the decay of
/// squares, the velocity that is kept, or the first moment.
const KEPT_SHARES: [&str; 3] = ["decay", "momentum", "beta1"];

/// All that is known of an optimizer without running it, and a factory.
///
/// ```
/// use gradus::optimizer::catalogue::{AnyOptimizer, Catalogue, Entry, Needs, Order, SettingSpec};
/// use gradus::objective::AnyObjective;
/// use gradus::prelude::*;
/// let entry = Entry::optimizer("my-lbfgs", Order::Second, Needs::ExactGradients, |values| {
///     Ok(AnyOptimizer::new(Lbfgs::new(values.whole("memory"))))
/// });
/// let entry = entry
///     .with_summary("L-BFGS with the memory of my choice")
///     .with_settings(&[SettingSpec::whole("memory", "how many steps it remembers", 1, 5)]);
/// let catalogue = Catalogue::built_in().with(entry);
/// let optimizer = catalogue.get("my-lbfgs")?.configure().set("memory", 7)?.optimizer()?;
/// let valley = AnyObjective::new(problems::by_name("rosenbrock")?);
/// assert!(minimize(valley, &array![-1.2, 1.0], optimizer, Stop::grad(1e-6))?.termination.converged());
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Clone)]
pub struct Entry {
    name: &'static str,
    title: &'static str,
    aliases: &'static [&'static str],
    order: Order,
    summary: &'static str,
    source: &'static str,
    needs: Needs,
    matrices: usize,
    settings: Vec<SettingSpec>,
    learning_rate: Option<f64>,
    compared: Compared,
    pub(super) factory: Factory,
}

/// How an optimizer takes part in comparisons.
#[derive(Debug, Clone)]
struct Compared {
    takes_part: bool,
    by_name: bool,
    tuned: Option<Tuned>,
    most_parameters: usize,
    sums_only: Option<&'static str>,
    own_rate: bool,
    whole_data: bool,
    fixed: Vec<(&'static str, Value)>,
    version: Option<&'static str>,
}

impl Compared {
    const ALWAYS: Compared = Compared {
        takes_part: true,
        by_name: false,
        tuned: None,
        most_parameters: usize::MAX,
        sums_only: None,
        own_rate: false,
        whole_data: false,
        fixed: Vec::new(),
        version: None,
    };
}

impl Entry {
    /// Describes an update rule, which `make` makes with the defaults of a convention.
    ///
    /// The learning rate is 1e-3 unless [`with_learning_rate`](Entry::with_learning_rate) sets another. A
    /// comparison tunes it, together with the first of the settings "decay", "momentum" and "beta1" that the
    /// rule has.
    pub fn rule<R>(name: &'static str, make: impl Fn(Convention) -> R + Send + Sync + 'static) -> Self
    where
        R: UpdateRule<f32> + UpdateRule<f64>,
    {
        let make: Arc<MakeRule> = Arc::new(move |convention| AnyRule::new(make(convention)));
        Entry {
            learning_rate: Some(LEARNING_RATE),
            ..Entry::new(name, Order::First, Needs::Gradients, Factory::Rule(make))
        }
    }

    /// Describes any other optimizer, which `make` makes from the values of its settings.
    pub fn optimizer(
        name: &'static str,
        order: Order,
        needs: Needs,
        make: impl Fn(&Values) -> Result<AnyOptimizer> + Send + Sync + 'static,
    ) -> Self {
        Entry::new(name, order, needs, Factory::Optimizer(Arc::new(make)))
    }

    fn new(name: &'static str, order: Order, needs: Needs, factory: Factory) -> Self {
        Entry {
            name,
            title: name,
            aliases: &[],
            order,
            summary: "",
            source: "",
            needs,
            matrices: 0,
            settings: Vec::new(),
            learning_rate: None,
            compared: Compared::ALWAYS,
            factory,
        }
    }

    /// Sets the name for charts and pages, such as "L-BFGS"; by default the name.
    #[must_use]
    pub fn with_title(self, title: &'static str) -> Self {
        Entry { title, ..self }
    }

    /// Sets other names that are understood.
    #[must_use]
    pub fn with_aliases(self, aliases: &'static [&'static str]) -> Self {
        Entry { aliases, ..self }
    }

    /// Sets the description, one line.
    #[must_use]
    pub fn with_summary(self, summary: &'static str) -> Self {
        Entry { summary, ..self }
    }

    /// Sets the source: paper or slide.
    #[must_use]
    pub fn with_source(self, source: &'static str) -> Self {
        Entry { source, ..self }
    }

    /// Sets the settings. Of an update rule, the defaults are read from the rule.
    ///
    /// # Panics
    /// If an update rule has no setting of one of the names.
    #[must_use]
    pub fn with_settings(self, settings: &[SettingSpec]) -> Self {
        let mut settings = settings.to_vec();
        if let Factory::Rule(make) = &self.factory {
            let rule = make(Convention::default());
            for spec in &mut settings {
                spec.default = value_of(&rule, spec);
            }
        }
        Entry { settings, ..self }
    }

    /// Sets the default learning rate (finite, > 0).
    #[must_use]
    pub fn with_learning_rate(self, lr: f64) -> Self {
        Entry { learning_rate: Some(lr), ..self }
    }

    /// Says how many matrices of *n* × *n* numbers the optimizer keeps, so that a run that would not fit into
    /// memory can be refused.
    #[must_use]
    pub fn with_matrices(self, matrices: usize) -> Self {
        Entry { matrices, ..self }
    }

    /// Says which setting a comparison tunes.
    #[must_use]
    pub fn tuned_by(mut self, setting: &'static str, default: f64, walk: Walk) -> Self {
        self.compared.tuned = Some(Tuned { setting, default, walk });
        self
    }

    /// Limits comparisons to problems of at most so many parameters.
    #[must_use]
    pub fn compared_up_to(mut self, most_parameters: usize) -> Self {
        self.compared.most_parameters = most_parameters;
        self
    }

    /// Limits comparisons to sums over data, for the reason given.
    #[must_use]
    pub fn compared_on_sums(mut self, reason: &'static str) -> Self {
        self.compared.sums_only = Some(reason);
        self
    }

    /// Keeps the learning rate at its default in comparisons, for an update rule that finds its own. Only the
    /// setting of [`tuned_by`](Entry::tuned_by) is tuned.
    #[must_use]
    pub fn compared_at_its_rate(mut self) -> Self {
        self.compared.own_rate = true;
        self
    }

    /// Gives an update rule the gradients of all examples in comparisons, where others get those of batches.
    #[must_use]
    pub fn compared_on_whole_data(mut self) -> Self {
        self.compared.whole_data = true;
        self
    }

    /// Sets a setting for comparisons.
    #[must_use]
    pub fn compared_with(mut self, setting: &'static str, value: Value) -> Self {
        self.compared.fixed.push((setting, value));
        self
    }

    /// Says which version of your own optimizer this is, so that comparisons may keep its runs and can be
    /// run in shards. Only you know when it has changed: change the version then.
    #[must_use]
    pub fn with_version(mut self, version: &'static str) -> Self {
        self.compared.version = Some(version);
        self
    }

    /// Leaves the optimizer out of comparisons.
    #[must_use]
    pub fn not_compared(mut self) -> Self {
        self.compared.takes_part = false;
        self
    }

    /// Leaves the optimizer out of comparisons that do not name it.
    #[must_use]
    pub fn compared_by_name(mut self) -> Self {
        self.compared.by_name = true;
        self
    }

    /// Sets what the optimizer needs of an objective.
    #[must_use]
    pub fn with_needs(self, needs: Needs) -> Self {
        Entry { needs, ..self }
    }

    /// Returns the name on the command line and in tables.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the version of your own optimizer, if it has one.
    pub fn version(&self) -> Option<&'static str> {
        self.compared.version
    }

    /// Returns the name for charts and pages.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// Returns the other names that are understood.
    pub fn aliases(&self) -> &'static [&'static str] {
        self.aliases
    }

    /// Returns the order of derivatives.
    pub fn order(&self) -> Order {
        self.order
    }

    /// Returns the description, one line.
    pub fn summary(&self) -> &'static str {
        self.summary
    }

    /// Returns the source: paper or slide.
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// Returns what the optimizer needs of an objective with its default settings.
    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// Returns how many matrices of *n* × *n* numbers the optimizer keeps.
    pub fn matrices(&self) -> usize {
        self.matrices
    }

    /// Returns the settings.
    pub fn settings(&self) -> &[SettingSpec] {
        &self.settings
    }

    /// Returns the setting of that name or alias.
    pub fn setting(&self, name: &str) -> Option<&SettingSpec> {
        self.settings.iter().find(|spec| spec.is_named(name))
    }

    /// Returns the default learning rate; `None` of an optimizer that has none.
    pub fn learning_rate(&self) -> Option<f64> {
        self.learning_rate
    }

    /// Returns the update rule with the defaults of a convention; `None` of other optimizers.
    pub fn make_rule(&self, convention: Convention) -> Option<AnyRule> {
        match &self.factory {
            Factory::Rule(make) => Some(make(convention)),
            Factory::Optimizer(_) => None,
        }
    }

    /// Whether it is an update rule.
    pub fn is_rule(&self) -> bool {
        matches!(self.factory, Factory::Rule(_))
    }

    /// Whether the optimizer takes part in comparisons.
    pub fn is_compared(&self) -> bool {
        self.compared.takes_part
    }

    /// Whether the optimizer takes part only in comparisons that name it.
    pub fn is_compared_by_name(&self) -> bool {
        self.compared.by_name
    }

    /// Returns the setting that a comparison tunes besides the learning rate; `None` if there is none.
    pub fn tuned(&self) -> Option<Tuned> {
        let kept = || {
            let name = KEPT_SHARES.into_iter().find(|name| self.settings.iter().any(|s| s.name == *name))?;
            let Value::Number(default) = self.setting(name)?.default else { return None };
            Some(Tuned { setting: name, default, walk: Walk::KeptShare })
        };
        self.compared.tuned.or_else(|| if self.is_rule() { kept() } else { None })
    }

    /// Returns how many parameters a problem of a comparison may have at most.
    pub fn most_parameters(&self) -> usize {
        self.compared.most_parameters
    }

    /// Returns why comparisons are limited to sums over data, if they are.
    pub fn why_only_sums(&self) -> Option<&'static str> {
        self.compared.sums_only
    }

    /// Whether comparisons keep the learning rate at its default.
    pub fn is_compared_at_its_rate(&self) -> bool {
        self.compared.own_rate
    }

    /// Whether comparisons give the gradients of all examples to an update rule.
    pub fn is_compared_on_whole_data(&self) -> bool {
        self.compared.whole_data
    }

    /// Returns the settings that comparisons fix.
    pub fn fixed_in_comparisons(&self) -> &[(&'static str, Value)] {
        &self.compared.fixed
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Entry")
            .field("name", &self.name)
            .field("order", &self.order)
            .field("needs", &self.needs)
            .field("settings", &self.settings)
            .field("learning_rate", &self.learning_rate)
            .finish_non_exhaustive()
    }
}

/// Returns the value that a rule has for a setting.
///
/// # Panics
/// If the rule has no such setting.
pub(super) fn value_of(rule: &AnyRule, spec: &SettingSpec) -> Value {
    let found = match spec.kind {
        SettingKind::Flag => Some(Value::Flag(false)),
        SettingKind::Choice(_) => rule.chosen(spec.name).map(Value::Choice),
        _ => {
            let mut numbers = rule.hyperparameters().into_iter();
            numbers.find(|(name, _)| *name == spec.name).map(|(_, number)| Value::Number(number))
        }
    };
    found.unwrap_or_else(|| panic!("{rule:?} has no setting '{}'", spec.name))
}
