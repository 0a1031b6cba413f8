//! The suite: which contenders, which problems, and the comparison of them.

use super::contender::{OwnOptimizer, OwnRule};
use super::{Comparison, Contender, Recipe, Settings, Sight, Store, Task, Trial, arena, contenders, engine};
use crate::error::{Error, Result};
use crate::optimizer::Optimizer;
use crate::optimizer::first_order::UpdateRule;
use crate::study::Progress;
use std::fmt::Debug;

/// Contenders and problems: the standard ones, some of them, and one's own.
///
/// ```
/// use gradus::compare::suite::{Memory, Settings, Suite};
/// use gradus::prelude::*;
/// use gradus::study::Silent;
///
/// /// The sign of the gradient, times the learning rate.
/// #[derive(Debug, Clone, Copy)]
/// struct SignDescent;
///
/// impl UpdateRule for SignDescent {
///     fn name(&self) -> &'static str { "sign-descent" }
///     fn properties(&self) -> Properties { Properties { first_moment: false, second_moment: false, leaky: false, bias_correction: false } }
///     fn step(&self, _: &mut State, lr: f64, grad: &[f64], x: &mut [f64]) {
///         x.iter_mut().zip(grad).for_each(|(x, g)| *x -= lr * g.signum());
///     }
/// }
///
/// let suite = Suite::standard().problems(&["quadratic:10"])?.optimizers(&["sgd", "adam"])?.with_rule("sign-descent", |_| SignDescent);
/// let compared = suite.compare(&Settings::quick(), &Silent, &Memory::default())?;
/// let ends: Vec<f64> = compared.comparison.best("quadratic:10", "sign-descent").iter().map(|run| run.final_loss()).collect();
/// assert_eq!(ends.len(), 3);
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub struct Suite {
    contenders: Vec<Box<dyn Contender>>,
    recipes: Vec<Recipe>,
    /// Whether problems were asked for by name, so that none may be left out.
    strict: bool,
}

/// A comparison, and what there is to say about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The runs.
    pub comparison: Comparison,
    /// Problems that could not be built, each with its reason.
    pub left_out: Vec<String>,
}

/// What a quick comparison is of: one problem of each kind that needs no files.
const QUICK: [&str; 6] = ["quadratic:100", "rosenbrock", "wood", "noisy-quadratic", "digits/softmax", "digits/mlp"];

impl Suite {
    /// All built-in optimizers and all standard problems.
    pub fn standard() -> Self {
        Suite { contenders: contenders::all(), recipes: arena::standard(), strict: false }
    }

    /// All built-in optimizers, and one problem of each kind that needs no files.
    pub fn quick() -> Self {
        let mut suite = Suite::standard();
        suite.recipes.retain(|recipe| QUICK.contains(&recipe.name()));
        suite
    }

    /// Only the optimizers of these names, in the suite's order.
    ///
    /// # Errors
    /// If a name is unknown, or there are none.
    pub fn optimizers<S: AsRef<str>>(mut self, names: &[S]) -> Result<Self> {
        let known = self.optimizer_names();
        let wanted = checked("optimizer", names, &known)?;
        self.contenders.retain(|contender| wanted.contains(&contender.facts().name));
        Ok(self)
    }

    /// Only the problems of these names, in the suite's order. Their data must be there.
    ///
    /// # Errors
    /// If a name is unknown, or there are none.
    pub fn problems<S: AsRef<str>>(mut self, names: &[S]) -> Result<Self> {
        let wanted = checked("problem of the comparison", names, &self.problem_names())?;
        self.recipes.retain(|recipe| wanted.iter().any(|name| name == recipe.name()));
        Ok(Suite { strict: true, ..self })
    }

    /// Another contender, in place of one of the same name.
    #[must_use]
    pub fn with(mut self, contender: impl Contender + 'static) -> Self {
        let name = contender.facts().name;
        self.contenders.retain(|known| known.facts().name != name);
        self.contenders.push(Box::new(contender));
        self
    }

    /// A rule of one's own, tuned over the learning rate as the built-in ones are. `rule` gives its hyperparameters in a trial: it may
    /// use [`Trial::draw`] for one of them.
    #[must_use]
    pub fn with_rule<R: UpdateRule>(self, name: &str, rule: impl Fn(&Trial) -> R + Send + Sync + 'static) -> Self {
        self.with(OwnRule { name: name.into(), make: rule })
    }

    /// An optimizer of one's own, which sees sums over data batch by batch or whole. `optimizer` makes it in a trial: its
    /// hyperparameters may walk along [`Trial::log`], and two trials of equal `Debug` texts count as one setting.
    #[must_use]
    pub fn with_optimizer<P>(self, name: &str, sight: Sight, optimizer: impl Fn(&Trial) -> P + Send + Sync + 'static) -> Self
    where
        P: Optimizer<f64, Task> + Debug + 'static,
    {
        self.with(OwnOptimizer { name: name.into(), sight, make: optimizer })
    }

    /// Another problem, in place of one of the same name.
    #[must_use]
    pub fn with_problem(mut self, recipe: Recipe) -> Self {
        self.recipes.retain(|known| known.name() != recipe.name());
        self.recipes.push(recipe);
        self
    }

    /// The names of the optimizers.
    pub fn optimizer_names(&self) -> Vec<String> {
        self.contenders.iter().map(|contender| contender.facts().name).collect()
    }

    /// The names of the problems.
    pub fn problem_names(&self) -> Vec<String> {
        self.recipes.iter().map(|recipe| recipe.name().into()).collect()
    }

    /// Runs what the store does not hold yet, in parallel on rayon's threads, and gives all runs. All but their seconds is the same
    /// whatever the number of threads, and whether it was interrupted or not.
    ///
    /// # Errors
    /// If a setting is out of its range, data that were asked for by name are missing, or the store cannot be written.
    pub fn compare(&self, settings: &Settings, progress: &dyn Progress, store: &dyn Store) -> Result<Compared> {
        settings.validate()?;
        let recipes: Vec<&Recipe> = self.recipes.iter().collect();
        let (arenas, left_out) = engine::build(&recipes, settings, self.strict, progress)?;
        let contenders: Vec<&dyn Contender> = self.contenders.iter().map(|contender| &**contender).collect();
        let comparison = engine::compare(&arenas, &contenders, settings, progress, store)?;
        Ok(Compared { comparison, left_out })
    }
}

/// The names that were asked for, each known.
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
