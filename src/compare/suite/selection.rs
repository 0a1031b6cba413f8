//! The suite: the contenders and problems of a comparison, and the comparison itself.

#[cfg(test)]
mod tests;

use super::contender::{OwnOptimizer, OwnRule, Versioned};
use super::{
    Comparison, Contender, DataAccess, FileStore, Plan, ProblemSpec, Settings, Store, SuiteObjective, Trial,
    VERSION, contenders, engine, problem, shards,
};
use crate::error::{Error, Result};
use crate::optimizer::Optimizer;
use crate::optimizer::catalogue::Catalogue;
use crate::optimizer::first_order::UpdateRule;
use crate::progress::{Progress, Silent};
use std::fmt::Debug;
use std::path::Path;

/// The contenders and problems of a comparison: all standard ones, a selection of them, and your own.
///
/// ```
/// use gradus::compare::suite::{Memory, Settings, Suite};
/// use gradus::optimizer::first_order::{RuleInfo, State, UpdateRule};
/// use gradus::prelude::*;
/// use gradus::progress::Silent;
///
/// /// The sign of the gradient, times the learning rate.
/// #[derive(Debug, Clone, Copy)]
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
/// let suite = Suite::standard()
///     .problems(&["quadratic:10"])?
///     .optimizers(&["sgd", "adam"])?
///     .with_rule("sign-descent", |_| SignDescent);
/// let comparison = suite.compare(&Settings::quick(), &Silent, &Memory::default())?.comparison;
/// let runs = comparison.best("quadratic:10", "sign-descent");
/// assert!(runs.len() == 3 && runs.iter().all(|run| run.final_loss().is_finite()));
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub struct Suite {
    pub(super) contenders: Vec<Box<dyn Contender>>,
    /// Those that take part only if they are named.
    pub(super) if_named: Vec<Box<dyn Contender>>,
    pub(super) specs: Vec<ProblemSpec>,
    /// Those that take part only if they are named.
    pub(super) specs_if_named: Vec<ProblemSpec>,
    /// Whether the problems were chosen by name, so that none may be left out.
    pub(super) strict: bool,
    /// Whether the optimizers were chosen by name.
    pub(super) named: bool,
}

/// The outcome of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The runs.
    pub comparison: Comparison,
    /// A sentence for each problem that could not be built.
    pub left_out: Vec<String>,
    /// What was compared, as one shard with its measured seconds. With it beside the tables of the runs, an
    /// archive can be made of them.
    pub plan: Plan,
}

/// The problems of a quick comparison: one of each kind that needs no files.
const QUICK: [&str; 6] =
    ["quadratic:100", "rosenbrock", "wood", "noisy-quadratic", "digits/softmax", "digits/mlp"];

impl Suite {
    /// Returns the suite of all built-in optimizers and all standard problems.
    pub fn standard() -> Self {
        Suite::of(&Catalogue::built_in())
    }

    /// Returns the suite of all standard problems and all optimizers of a catalogue that take part in
    /// comparisons. Some do so only if [`optimizers`](Suite::optimizers) names them, and some problems only
    /// if [`problems`](Suite::problems) names them; [`with_all_on_request`](Suite::with_all_on_request)
    /// adds both.
    pub fn of(catalogue: &Catalogue) -> Self {
        let (contenders, if_named) = (contenders::all(catalogue), contenders::if_named(catalogue));
        let (specs, specs_if_named) = (problem::standard(), problem::if_named());
        Suite { contenders, if_named, specs, specs_if_named, strict: false, named: false }
    }

    /// Returns the suite of all built-in optimizers, and one problem of each kind that needs no files.
    pub fn quick() -> Self {
        Suite::standard().quick_problems()
    }

    /// Returns the suite of all built-in optimizers and problems, also of those that otherwise take part only
    /// if they are named. Their comparison takes many hours of a processor.
    ///
    /// ```
    /// use gradus::compare::suite::Suite;
    /// let (standard, wide) = (Suite::standard(), Suite::wide());
    /// assert!(wide.problem_names().starts_with(&standard.problem_names()));
    /// assert!(wide.problem_names().contains(&"curves-autoencoder".into()));
    /// ```
    pub fn wide() -> Self {
        Suite::standard().with_all_on_request()
    }

    /// Adds the optimizers and problems that take part only if they are named. They come last.
    #[must_use]
    pub fn with_all_on_request(mut self) -> Self {
        self.contenders.append(&mut self.if_named);
        self.specs.append(&mut self.specs_if_named);
        self
    }

    /// Keeps only one problem of each kind that needs no files.
    #[must_use]
    pub fn quick_problems(mut self) -> Self {
        self.specs.retain(|spec| QUICK.contains(&spec.name()));
        self
    }

    /// Keeps only the optimizers with these names, in the order of the suite. Those of
    /// [`Suite::names_on_request`] may be among them, and come last. If the problems are named too, then
    /// rules that decompose matrices (Shampoo, SOAP, K-FAC) also run on models that take them long.
    ///
    /// # Errors
    /// If a name is unknown, or `names` is empty.
    pub fn optimizers<S: AsRef<str>>(mut self, names: &[S]) -> Result<Self> {
        self.contenders.append(&mut self.if_named);
        let wanted = checked("optimizer", names, &self.optimizer_names())?;
        self.contenders.retain(|contender| wanted.contains(&contender.facts().name));
        Ok(Suite { named: true, ..self }.with_what_is_named())
    }

    /// Lifts the limits on the size of a problem if optimizers and problems are both chosen by name: nobody
    /// is surprised then that it takes long.
    fn with_what_is_named(mut self) -> Self {
        if self.strict && self.named {
            self.contenders.iter_mut().for_each(|contender| contender.lift_limit());
        }
        self
    }

    /// Keeps only the problems with these names, in the order of the suite. Their data must be available.
    /// Those of [`Suite::problems_on_request`] may be among them, and come last.
    ///
    /// # Errors
    /// If a name is unknown, or there are none.
    pub fn problems<S: AsRef<str>>(mut self, names: &[S]) -> Result<Self> {
        self.specs.append(&mut self.specs_if_named);
        let wanted = checked("problem of the comparison", names, &self.problem_names())?;
        self.specs.retain(|spec| wanted.iter().any(|name| name == spec.name()));
        Ok(Suite { strict: true, ..self }.with_what_is_named())
    }

    /// Adds a contender, which replaces one with the same name.
    #[must_use]
    pub fn with(mut self, contender: impl Contender + 'static) -> Self {
        let name = contender.facts().name;
        self.contenders.retain(|known| known.facts().name != name);
        self.if_named.retain(|known| known.facts().name != name);
        self.contenders.push(Box::new(contender));
        self
    }

    /// Adds your own update rule. Its learning rate is tuned as that of the built-in rules. `rule` returns
    /// the rule of a trial, and may use [`Trial::draw`] for one of its hyperparameters.
    #[must_use]
    pub fn with_rule<R: UpdateRule>(
        self,
        name: &str,
        rule: impl Fn(&Trial) -> R + Send + Sync + 'static,
    ) -> Self {
        self.with(OwnRule { name: name.into(), make: rule })
    }

    /// Adds your own optimizer, which accesses sums over data as `data_access` says. `optimizer` returns the
    /// optimizer of a trial, whose hyperparameters may use [`Trial::log`]. Two trials with the same `Debug`
    /// text count as one setting.
    #[must_use]
    pub fn with_optimizer<P>(
        self,
        name: &str,
        data_access: DataAccess,
        optimizer: impl Fn(&Trial) -> P + Send + Sync + 'static,
    ) -> Self
    where
        P: Optimizer<f64, SuiteObjective> + Debug + 'static,
    {
        self.with(OwnOptimizer { name: name.into(), data_access, make: optimizer })
    }

    /// Says which version of your own optimizer this is. A store then keeps its runs, and a comparison with
    /// it can be run in shards. Only you know when the optimizer has changed: change the version then.
    ///
    /// # Errors
    /// If there is no optimizer of that name.
    ///
    /// ```
    /// use gradus::compare::suite::Suite;
    /// use gradus::prelude::*;
    /// let suite = Suite::quick().with_rule("heavy", |_| Momentum::new(0.99)).with_version("heavy", "1")?;
    /// assert!(suite.with_version("light", "1").is_err());
    /// # Ok::<(), gradus::error::Error>(())
    /// ```
    pub fn with_version(mut self, name: &str, version: &str) -> Result<Self> {
        let known = self.optimizer_names();
        checked("optimizer", &[name], &known)?;
        let version_of = |inner: Box<dyn Contender>| -> Box<dyn Contender> {
            if inner.facts().name == name {
                Box::new(Versioned { inner, version: version.into() })
            } else {
                inner
            }
        };
        self.contenders = self.contenders.into_iter().map(version_of).collect();
        Ok(self)
    }

    /// Adds a problem, which replaces one with the same name.
    #[must_use]
    pub fn with_problem(mut self, spec: ProblemSpec) -> Self {
        self.specs.retain(|known| known.name() != spec.name());
        self.specs_if_named.retain(|known| known.name() != spec.name());
        self.specs.push(spec);
        self
    }

    /// Returns the names of the optimizers.
    pub fn optimizer_names(&self) -> Vec<String> {
        self.contenders.iter().map(|contender| contender.facts().name).collect()
    }

    /// Returns the names of the optimizers that take part only if [`Suite::optimizers`] names them.
    pub fn names_on_request(&self) -> Vec<String> {
        self.if_named.iter().map(|contender| contender.facts().name).collect()
    }

    /// Returns the names of the problems.
    pub fn problem_names(&self) -> Vec<String> {
        self.specs.iter().map(|spec| spec.name().into()).collect()
    }

    /// Returns the names of the problems that take part only if [`Suite::problems`] names them.
    pub fn problems_on_request(&self) -> Vec<String> {
        self.specs_if_named.iter().map(|spec| spec.name().into()).collect()
    }

    /// Executes the runs that the store does not hold yet, in parallel on the threads of rayon, and returns
    /// all runs. Everything except their seconds is the same whatever the number of threads, and whether the
    /// comparison was interrupted or not.
    ///
    /// # Errors
    /// If a setting is out of its range, the data of a problem that was chosen by name are missing, or the
    /// store cannot be written.
    pub fn compare(
        &self,
        settings: &Settings,
        progress: &dyn Progress,
        store: &dyn Store,
    ) -> Result<Compared> {
        settings.validate()?;
        let specs: Vec<&ProblemSpec> = self.specs.iter().collect();
        let (problems, left_out) = engine::build(&specs, settings, self.strict, progress)?;
        let contenders: Vec<&dyn Contender> = self.contenders.iter().map(|contender| &**contender).collect();
        let comparison = engine::compare(&problems, &contenders, settings, progress, store)?;
        let plan = shards::record(&problems, &contenders, settings, &comparison.runs);
        Ok(Compared { comparison, left_out, plan })
    }

    /// Compares as [`compare`](Suite::compare) does, without reporting progress. It keeps finished runs of
    /// built-in optimizers in `folder/kept`, and writes the tables into `folder` as CSV files.
    ///
    /// # Errors
    /// As [`compare`](Suite::compare), and if the folder cannot be written.
    pub fn compare_into(&self, folder: &Path, settings: &Settings) -> Result<Compared> {
        let store = FileStore::open(&folder.join("kept"), VERSION)?;
        let compared = self.compare(settings, &Silent, &store)?;
        compared.comparison.write_csv(folder)?;
        Ok(compared)
    }
}

/// Returns the names as texts, or an error if one is unknown.
fn checked<S: AsRef<str>>(kind: &'static str, names: &[S], known: &[String]) -> Result<Vec<String>> {
    if names.is_empty() {
        let what = format!("a comparison of no {kind}");
        return Err(Error::Unsupported { what, remedy: "name at least one" });
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let check = |name: &S| {
        let name = name.as_ref();
        known.contains(&name).then(|| name.to_owned()).ok_or_else(|| Error::unknown(kind, name, &known))
    };
    names.iter().map(check).collect()
}
