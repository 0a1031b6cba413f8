//! The suite: the contenders and problems of a comparison, and the comparison itself.

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

#[cfg(test)]
mod tests {
    use super::super::{DataSettings, Memory, Outcome, Phase};
    use super::*;
    use crate::data;
    use crate::model::ModelKind;
    use crate::optimizer::catalogue::Entry;
    use crate::optimizer::first_order::{RuleInfo, Sgd, State};
    use crate::problems::Beale;

    #[derive(Debug, Clone, Copy)]
    struct Panics;

    impl RuleInfo for Panics {
        fn name(&self) -> &'static str {
            "panics"
        }
    }

    impl UpdateRule for Panics {
        fn step(&self, _: &mut State, lr: f64, _: &[f64], _: &mut [f64]) {
            assert!(lr < 1.0, "too fast");
        }
    }

    fn few() -> Settings {
        Settings { trials: 4, seeds: 2, scale: 0.1, ..Settings::default() }
    }

    /// All but the seconds.
    fn rows(comparison: &Comparison) -> Vec<String> {
        let row = |run: &super::super::Run| {
            let mut run = run.clone();
            run.curve.seconds.clear();
            format!("{run:?}")
        };
        comparison.runs.iter().map(row).collect()
    }

    #[test]
    fn a_run_that_fails_is_a_row_with_its_reason_and_the_others_go_on() {
        let suite = Suite::standard()
            .problems(&["beale"])
            .unwrap()
            .optimizers(&["sgd"])
            .unwrap()
            .with_rule("panics", |_| Panics);
        let compared = suite.compare(&few(), &Silent, &Memory::default()).unwrap().comparison;
        let failed: Vec<_> = compared.runs.iter().filter(|run| run.outcome == Outcome::Failed).collect();
        assert_eq!(failed.len(), 1, "the trial at lr 100");
        assert!(
            failed[0].reason.contains("too fast")
                && failed[0].optimizer == "panics"
                && failed[0].final_loss().is_infinite()
        );
        assert_eq!(compared.of("beale", "panics", Phase::Tuning).len(), 4);
    }

    #[test]
    fn ones_own_problems_and_data_take_part_and_a_store_gives_back_the_same() {
        let settings =
            super::super::DataSettings { model: ModelKind::Linear, svm: true, l2: 1e-2, batch: 16 };
        let suite = Suite::standard()
            .optimizers(&["momentum", "lbfgs", "newton-cg"])
            .unwrap()
            .problems(&["beale"])
            .unwrap()
            .with_problem(ProblemSpec::function("mine", "own", "A function of mine", || Box::new(Beale)))
            .with_problem(ProblemSpec::data(
                "clouds",
                "Clouds",
                || data::by_name("blobs", 0),
                settings,
                20.0,
            ));
        let store = Memory::default();
        let first = suite.compare(&few(), &Silent, &store).unwrap().comparison;
        assert_eq!(rows(&suite.compare(&few(), &Silent, &store).unwrap().comparison), rows(&first));
        assert_eq!(
            rows(&suite.compare(&few(), &Silent, &Memory::default()).unwrap().comparison),
            rows(&first)
        );
        // The hinge has no Hessian.
        assert!(first.best("clouds", "newton-cg").is_empty() && first.best("clouds", "lbfgs").len() == 2);
        let clouds = first.problem("clouds").unwrap();
        assert!(
            clouds.f_star > 0.0 && clouds.f_star < clouds.f_start && clouds.certificate.contains("≤ f* ≤"),
            "{clouds:?}"
        );
        assert_eq!(first.ranking("mine").len(), 3);
    }

    #[test]
    fn an_entry_that_is_compared_by_name_takes_part_if_it_is_named() {
        let catalogue = Catalogue::built_in().with(Entry::rule("quiet", |_| Sgd).compared_by_name());
        let names = Suite::of(&catalogue).optimizer_names();
        assert!(names.contains(&"adam".into()) && !names.contains(&"quiet".into()), "{names:?}");
        let suite = Suite::of(&catalogue).optimizers(&["quiet", "adam", "schedule-free-sgd"]).unwrap();
        assert_eq!(suite.optimizer_names(), ["adam", "schedule-free-sgd", "quiet"]);
        let suite = suite.problems(&["quadratic:10"]).unwrap();
        let compared = suite.compare(&few(), &Silent, &Memory::default()).unwrap().comparison;
        assert_eq!(compared.best("quadratic:10", "quiet").len(), 2);
        assert!(Suite::standard().optimizers(&["sophi"]).err().unwrap().to_string().contains("sophia"));
    }

    /// The problems that take part if they are named, or in the wide suite.
    const ON_REQUEST: [&str; 6] = [
        "curves-autoencoder",
        "fashion-mnist/mlp-wide",
        "fashion-mnist/autoencoder",
        "digits/conv",
        "fashion-mnist/conv",
        "alice/ngram",
    ];

    #[test]
    fn the_wide_suite_is_the_standard_one_and_all_that_is_named_otherwise() {
        let (standard, wide) = (Suite::standard(), Suite::wide());
        let names = [standard.problem_names(), ON_REQUEST.map(String::from).to_vec()].concat();
        assert_eq!(wide.problem_names(), names);
        assert_eq!(
            wide.optimizer_names(),
            [standard.optimizer_names(), standard.names_on_request()].concat()
        );
        assert!(wide.problems_on_request().is_empty() && wide.names_on_request().is_empty());
        // Without their data, problems are left out, since nobody chose them by name.
        assert!(!wide.strict);
        let quiet = Catalogue::built_in().with(Entry::rule("quiet", |_| Sgd).compared_by_name());
        let wide = Suite::of(&quiet).with_all_on_request();
        assert!(wide.optimizer_names().contains(&"quiet".into()));
        let one = wide.problems(&["beale"]).unwrap().optimizers(&["quiet"]).unwrap();
        assert_eq!(
            (one.problem_names(), one.optimizer_names()),
            (vec!["beale".into()], vec!["quiet".into()])
        );
        assert!(
            Suite::quick().problem_names().len() == 6 && !Suite::quick().problems_on_request().is_empty()
        );
    }

    #[test]
    fn a_large_model_is_taken_by_a_slow_rule_if_both_are_named() {
        let named = Suite::standard().problems(&["alice/ngram"]).unwrap();
        let problem = named.specs[0].build(&Settings::quick()).unwrap();
        assert!(problem.dim() > 3000);
        let big = Entry::rule("slow", |_| Sgd).with_needs(crate::optimizer::catalogue::Needs::Matrices);
        let suite = || Suite::of(&Catalogue::built_in().with(big.clone().compared_up_to(100)));
        let takes = |suite: &Suite| {
            let slow = suite.contenders.iter().find(|contender| contender.facts().name == "slow");
            slow.unwrap().takes(&problem)
        };
        assert!(!takes(&suite()) && !takes(&suite().optimizers(&["slow"]).unwrap()));
        assert!(!takes(&suite().problems(&["alice/ngram"]).unwrap()));
        let one_way = suite().problems(&["alice/ngram"]).unwrap().optimizers(&["slow"]).unwrap();
        let other_way = suite().optimizers(&["slow"]).unwrap().problems(&["alice/ngram"]).unwrap();
        assert!(takes(&one_way) && takes(&other_way));
    }

    #[test]
    fn wrapped_rules_take_part_if_they_are_named_and_the_second_gradient_of_sam_is_paid() {
        let names = ["adamw+lookahead", "momentum+lookahead", "momentum+sam", "adamw+sam"];
        assert_eq!(Suite::standard().names_on_request(), names);
        let unknown = Suite::standard().optimizers(&["adamw+sma"]).err().unwrap().to_string();
        assert!(unknown.contains("did you mean 'adamw+sam'?"), "{unknown}");
        let suite = Suite::standard().problems(&["noisy-quadratic", "digits/softmax"]).unwrap();
        let suite = suite.optimizers(&[&names[..], &["adamw", "momentum"]].concat()).unwrap();
        let compared = suite.compare(&few(), &Silent, &Memory::default()).unwrap().comparison;
        for (problem, batches) in [("noisy-quadratic", 1.0), ("digits/softmax", 1438.0 / 64.0)] {
            let budget = compared.problem(problem).unwrap().budget;
            for optimizer in names.into_iter().chain(["adamw", "momentum"]) {
                let gradients = if optimizer.ends_with("+sam") { 2.0 } else { 1.0 };
                let best = compared.best(problem, optimizer);
                assert_eq!(best.len(), 2, "{optimizer} on {problem}");
                for run in best {
                    assert_eq!(run.outcome, Outcome::Finished, "{optimizer} on {problem}: {}", run.reason);
                    let (steps, cost) =
                        (*run.curve.iterations.last().unwrap(), *run.curve.evaluations.last().unwrap());
                    // All but SAM evaluate the start too; the last batch of a pass is smaller.
                    let expected = steps as f64 * gradients / batches;
                    assert!((cost - expected).abs() < 0.05 * expected + 1.0 / batches, "{steps} for {cost}");
                    assert!(cost >= budget && cost < budget + 2.0, "{optimizer} on {problem}: {cost}");
                }
            }
            // The same budget pays half as many steps of SAM.
            let steps = |optimizer: &str| {
                *compared.best(problem, optimizer)[0].curve.iterations.last().unwrap() as f64
            };
            for rule in ["adamw", "momentum"] {
                let (alone, sam) = (steps(rule), steps(&format!("{rule}+sam")));
                assert!((alone / sam - 2.0).abs() < 0.1, "{rule} on {problem}: {alone} and {sam}");
                assert_eq!(steps(&format!("{rule}+lookahead")), alone);
            }
        }
    }

    #[test]
    fn an_autoencoder_takes_part_if_it_is_named_and_no_run_ends_below_its_bound() {
        let suite = Suite::standard();
        assert!(!suite.problem_names().contains(&"curves-autoencoder".into()));
        assert_eq!(suite.problems_on_request(), ON_REQUEST);
        let named = suite.problems(&["curves-autoencoder", "beale"]).unwrap();
        assert_eq!(named.problem_names(), ["beale", "curves-autoencoder"]);

        let settings = DataSettings {
            model: ModelKind::parse("autoencoder:16,4").unwrap(),
            svm: false,
            l2: 0.0,
            batch: 50,
        };
        let names =
            if cfg!(feature = "lapack") { &["adam", "lbfgs", "kfac"][..] } else { &["adam", "lbfgs"] };
        let of = |settings: DataSettings| {
            Suite::standard()
                .optimizers(names)
                .unwrap()
                .problems(&["beale"])
                .unwrap()
                .with_problem(ProblemSpec::data(
                    "small",
                    "A small one",
                    || Ok(data::digits()),
                    settings,
                    40.0,
                ))
                .problems(&["small"])
                .unwrap()
        };
        let compared = of(settings.clone()).compare(&few(), &Silent, &Memory::default()).unwrap().comparison;
        let facts = compared.problem("small").unwrap();
        assert!(
            0.0 < facts.f_star && facts.f_star < facts.target && facts.target < facts.f_start,
            "{facts:?}"
        );
        assert!(facts.certificate.contains("entropy"), "{}", facts.certificate);
        for &optimizer in names {
            let best = compared.best("small", optimizer);
            let fell = |run: &&super::super::Run| {
                facts.f_star < run.final_loss() && run.final_loss() < facts.f_start
            };
            assert!(best.len() == 2 && best.iter().all(fell), "{optimizer}: {best:?}");
            assert!(best.iter().all(|run| run.final_test_accuracy().is_nan()));
        }
        let hinge = of(DataSettings { svm: true, ..settings.clone() });
        let refused = hinge.compare(&few(), &Silent, &Memory::default()).unwrap_err().to_string();
        assert!(refused.contains("has no classes"), "{refused}");
    }

    #[test]
    fn a_classifier_on_data_without_classes_is_refused() {
        let settings = DataSettings { model: ModelKind::Linear, svm: false, l2: 0.0, batch: 10 };
        let curves = || data::Curves { train: 20, test: 10 }.generate(0);
        let spec = ProblemSpec::data("curves", "Curves", curves, settings, 1.0);
        let suite = Suite::standard().problems(&["beale"]).unwrap().with_problem(spec);
        let refused = suite.compare(&few(), &Silent, &Memory::default()).unwrap_err().to_string();
        assert!(refused.contains("linear needs classes"), "{refused}");
    }

    #[test]
    fn the_rules_of_after_the_lecture_take_part_wherever_they_can() {
        let suite =
            Suite::standard().problems(&["quadratic:10", "noisy-quadratic", "digits/svm", "digits/mlp"]);
        let suite = suite.unwrap().optimizers(&["prodigy", "rprop", "sophia", "muon", "lamb"]).unwrap();
        let settings = Settings { trials: 1, seeds: 1, scale: 0.05, ..Settings::default() };
        let compared = suite.compare(&settings, &Silent, &Memory::default()).unwrap().comparison;
        let out = compared.left_out_table();
        let cell = |column: &str, row: usize| out.get(column).unwrap().values.cell(row);
        let left_out: Vec<[String; 3]> = (0..out.rows())
            .map(|row| ["problem", "optimizer", "reason"].map(|name| cell(name, row)))
            .collect();
        assert_eq!(
            left_out,
            [
                ["quadratic:10", "muon", "it needs weight matrices of layers"],
                ["noisy-quadratic", "muon", "it needs weight matrices of layers"],
                ["digits/svm", "sophia", "it needs a Hessian everywhere"],
            ]
        );
        assert!(compared.runs.iter().all(|run| run.outcome != Outcome::Failed), "{:?}", compared.runs);
    }

    #[test]
    fn no_run_ends_below_the_certified_lowest_value() {
        let suite = Suite::standard()
            .problems(&["digits/softmax", "digits/svm"])
            .unwrap()
            .optimizers(&["adam", "lbfgs"])
            .unwrap();
        let compared = suite
            .compare(&Settings { trials: 6, seeds: 1, ..Settings::default() }, &Silent, &Memory::default())
            .unwrap()
            .comparison;
        for run in &compared.runs {
            let facts = compared.problem(&run.problem).unwrap();
            assert!(run.final_loss() >= facts.f_star * (1.0 - 1e-9), "{run:?} against {}", facts.f_star);
        }
        let best = compared.best("digits/softmax", "lbfgs")[0];
        assert!(
            best.final_loss() <= compared.problem("digits/softmax").unwrap().target,
            "{}",
            best.final_loss()
        );
    }
}
