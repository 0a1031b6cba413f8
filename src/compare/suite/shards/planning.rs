//! The making of a plan.

use super::arithmetic::Arithmetic;
use super::cost::{Expected, Weights};
use super::dealing::{deal, longest_first};
use super::plan::{Plan, PlannedOptimizer, PlannedPair};
use super::record::known;
use crate::compare::suite::{BuiltProblem, Contender, ProblemSpec, Settings, Suite, VERSION, engine, jobs};
use crate::error::{Error, Result, check_hyperparameter};
use crate::progress::Progress;

/// The most shards of a plan.
const MOST: usize = 100_000;

impl Suite {
    /// Deals the pairs of a comparison to shards by their expected cost, the longest first. Builds all
    /// problems once, so that no shard computes a lowest value. Also returns a sentence for each problem
    /// that is left out because its data are missing.
    ///
    /// The expected cost of a run is the seconds in `weights`, or else what its evaluations need.
    ///
    /// # Errors
    /// As [`compare`](Suite::compare); if `shards` is not from 1 to 100,000; and if an optimizer has no
    /// version, since its runs cannot be kept then.
    ///
    /// ```
    /// use gradus::compare::suite::{Settings, Suite, Weights};
    /// use gradus::progress::Silent;
    /// let suite = Suite::standard().problems(&["quadratic:10", "beale"])?.optimizers(&["sgd", "lbfgs"])?;
    /// let (plan, _) = suite.plan(&Settings::quick(), 3, &Weights::default(), &Silent)?;
    /// assert_eq!((plan.pairs.len(), plan.shards), (4, 3));
    /// # Ok::<(), gradus::error::Error>(())
    /// ```
    pub fn plan(
        &self,
        settings: &Settings,
        shards: usize,
        weights: &Weights,
        progress: &dyn Progress,
    ) -> Result<(Plan, Vec<String>)> {
        settings.validate()?;
        check_hyperparameter("shards", shards as f64, "from 1 to 100000", |v| {
            (1.0..=MOST as f64).contains(&v)
        })?;
        let optimizers =
            self.contenders.iter().map(|contender| planned(&**contender)).collect::<Result<Vec<_>>>()?;
        let specs: Vec<&ProblemSpec> = self.specs.iter().collect();
        let (problems, left_out) = engine::build(&specs, settings, self.strict, progress)?;
        let pairs = self.planned_pairs(&problems, settings, shards, weights)?;
        let plan = Plan {
            version: VERSION.into(),
            arithmetic: Arithmetic::here(),
            settings: *settings,
            shards,
            problems: problems.iter().map(known).collect(),
            optimizers,
            pairs,
        };
        Ok((plan, left_out))
    }

    fn planned_pairs(
        &self,
        problems: &[BuiltProblem],
        settings: &Settings,
        shards: usize,
        weights: &Weights,
    ) -> Result<Vec<PlannedPair>> {
        let contenders: Vec<&dyn Contender> = self.contenders.iter().map(|contender| &**contender).collect();
        let pairs = engine::pairs(problems, &contenders)?;
        let named = pairs.iter().map(|pair| (pair.problem, pair.contender.facts().name));
        let expected = Expected::new(weights, named.clone());
        let runs: Vec<usize> = pairs.iter().map(|pair| jobs::count(pair.contender, settings)).collect();
        let of_a_run = named.map(|(problem, optimizer)| expected.of_a_run(problem, &optimizer));
        let seconds: Vec<f64> = of_a_run.zip(&runs).map(|(seconds, &runs)| seconds * runs as f64).collect();
        let shard_of = deal(&seconds, shards);
        let problem_of =
            |at: usize| problems.iter().position(|problem| std::ptr::eq(problem, pairs[at].problem));
        let optimizer_of = |at: usize| {
            let name = pairs[at].contender.facts().name;
            contenders.iter().position(|contender| contender.facts().name == name)
        };
        let planned = |at: usize| PlannedPair {
            problem: problem_of(at).expect("a problem of the list"),
            optimizer: optimizer_of(at).expect("a contender of the list"),
            runs: runs[at],
            seconds: seconds[at],
            shard: shard_of[at],
        };
        Ok(longest_first(&seconds).into_iter().map(planned).collect())
    }
}

fn planned(contender: &dyn Contender) -> Result<PlannedOptimizer> {
    let facts = contender.facts();
    match contender.version() {
        Some(version) => Ok(PlannedOptimizer { facts, version }),
        None => Err(Error::Unsupported {
            what: format!("{} has no version, so its runs cannot be kept and merged", facts.name),
            remedy: "give it one with Entry::with_version or Suite::with_version, and change it with the \
                     optimizer",
        }),
    }
}
