//! The specification of a problem, from which it is built.

use super::built_problem::{Build, BuiltProblem, Kind, TUNING_SEED};
use super::certify::{self, Certificate};
use super::data::{DataSettings, Material};
use super::likeness::{of_data, of_function, raw_hash};
use crate::compare::suite::{ProblemFacts, Settings};
use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::model::ModelKind;
use crate::objective::Objective;
use crate::problems::Problem;
use crate::train::{Classifier, check_classes};
use ndarray::Array1;
use std::sync::Arc;

/// The specification of a problem: its name, and how to build it.
pub struct ProblemSpec {
    name: String,
    build: BuildProblem,
}

type BuildProblem = Box<dyn Fn(&Settings, Frozen) -> Result<BuiltProblem> + Send + Sync>;

/// The facts of a plan, which are taken over instead of computing them; `None` to compute them.
pub(super) type Frozen<'a> = Option<&'a ProblemFacts>;

/// The relative gap at which a function counts as solved.
const SOLVED: f64 = 1e-6;
/// The budget of a function, in evaluations.
const FUNCTION_BUDGET: f64 = 10_000.0;

impl ProblemSpec {
    pub(super) fn new(
        name: &str,
        build: impl Fn(&Settings, Frozen) -> Result<BuiltProblem> + Send + Sync + 'static,
    ) -> Self {
        ProblemSpec { name: name.into(), build: Box::new(build) }
    }

    /// Returns the name on the command line.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Builds the problem: reads its data, and computes its lowest value with a certificate.
    ///
    /// # Errors
    /// If the data are missing or unreadable.
    pub fn build(&self, settings: &Settings) -> Result<BuiltProblem> {
        (self.build)(settings, None)
    }

    /// Builds the problem with facts that are known from a plan: reads its data, and computes no lowest
    /// value.
    pub(in crate::compare::suite) fn build_with(
        &self,
        settings: &Settings,
        facts: &ProblemFacts,
    ) -> Result<BuiltProblem> {
        (self.build)(settings, Some(facts))
    }

    /// Specifies a function of your own. Its facts give the start and, if known, the minimum.
    pub fn function(
        name: &str,
        group: &'static str,
        title: &str,
        build: impl Fn() -> Box<dyn Problem> + Send + Sync + 'static,
    ) -> Self {
        let (build, title): (Build, String) = (Arc::new(build), title.into());
        let own_name = name.to_owned();
        ProblemSpec::new(name, move |settings, frozen| {
            let Certificate { f_star, sentence } = match frozen {
                Some(facts) => Certificate { f_star: facts.f_star, sentence: facts.certificate.clone() },
                None => certify::of_function(&build)?,
            };
            let known = KnownValues { f_star, certificate: sentence, solved: SOLVED, frozen };
            let budget = settings.scaled(FUNCTION_BUDGET);
            Ok(function(&own_name, group, &title, build.clone(), 0.0, known, budget, settings.seed))
        })
    }

    /// Specifies a data set of your own. A run makes at most `passes` passes over the data. If the model is
    /// an autoencoder, features must lie between 0 and the full scale of the data.
    pub fn data(
        name: &str,
        title: &str,
        data: impl Fn() -> Result<Dataset> + Send + Sync + 'static,
        settings: DataSettings,
        passes: f64,
    ) -> Self {
        ProblemSpec::data_to(SOLVED_BY_A_NET, name, title, data, settings, passes)
    }

    /// Specifies a data set with the loss at which it counts as solved if the model is a net.
    pub(super) fn data_to(
        solved_by_a_net: f64,
        name: &str,
        title: &str,
        data: impl Fn() -> Result<Dataset> + Send + Sync + 'static,
        settings: DataSettings,
        passes: f64,
    ) -> Self {
        let (own_name, title) = (name.to_owned(), title.to_owned());
        ProblemSpec::new(name, move |of_comparison, frozen| {
            if settings.svm && settings.model.is_autoencoder() {
                let what = format!("{} has no classes, which a hinge needs", settings.model);
                return Err(Error::Unsupported { what, remedy: "set svm to false" });
            }
            if settings.svm && !settings.model.is_fully_connected() {
                let what = format!("{} is compared with the softmax loss only", settings.model);
                return Err(Error::Unsupported { what, remedy: "set svm to false" });
            }
            let dataset = data()?;
            check_classes(&settings.model, dataset.classes.len())?;
            settings.model.check_room::<f64>(dataset.features(), dataset.classes.len())?;
            let prepared = Classifier::<f64>::preprocessing(&settings.model).prepare::<f64>(&dataset);
            let material = Material::new(prepared, settings.clone(), raw_hash(&dataset));
            over_data(
                &own_name,
                &title,
                material,
                solved_by_a_net,
                of_comparison.scaled(passes),
                of_comparison.seed,
                frozen,
            )
        })
    }
}

pub(super) struct KnownValues<'a> {
    pub(super) f_star: f64,
    pub(super) certificate: String,
    /// The relative gap at which the problem counts as solved.
    pub(super) solved: f64,
    pub(super) frozen: Frozen<'a>,
}

#[expect(clippy::too_many_arguments, reason = "each is a fact of the problem")]
pub(super) fn function(
    name: &str,
    group: &str,
    title: &str,
    build: Build,
    deviation: f64,
    known: KnownValues,
    budget: f64,
    seed: u64,
) -> BuiltProblem {
    let mut problem = build();
    let start = problem.facts().start;
    let f_start = problem.value(&start);
    let floor = if known.f_star.is_finite() { known.f_star } else { 0.0 };
    let facts = ProblemFacts {
        name: name.into(),
        title: title.into(),
        group: group.into(),
        stochastic: deviation > 0.0,
        dim: start.len(),
        f_start,
        f_star: known.f_star,
        certificate: known.certificate,
        target: floor + known.solved * (f_start - floor),
        budget,
    };
    let facts = known.frozen.cloned().unwrap_or(facts);
    let identity = format!(
        "{name} {title} noise {deviation} from {start} target {:e} budget {budget} seed {seed}",
        facts.target
    );
    let likeness =
        of_function(title, &mut *problem, &start, deviation).with("budget", budget).with("seed", seed);
    BuiltProblem { facts, identity, likeness, seed, kind: Kind::Function { build, start, deviation } }
}

/// The relative gap at which a linear model counts as solved, and the loss at which a net does.
const SOLVED_ON_DATA: f64 = 0.02;
const SOLVED_BY_A_NET: f64 = 0.1;
/// The share of what the mean image leaves over the lowest cross-entropy at which an autoencoder counts as
/// solved.
const SOLVED_BY_AN_AUTOENCODER: f64 = 0.5;

fn over_data(
    name: &str,
    title: &str,
    material: Material,
    solved_by_a_net: f64,
    passes: f64,
    seed: u64,
    frozen: Frozen,
) -> Result<BuiltProblem> {
    let facts = match frozen {
        Some(facts) => facts.clone(),
        None => facts_over_data(name, title, &material, solved_by_a_net, passes, seed)?,
    };
    let identity = format!(
        "{name} {:?} data {:016x} target {:e} passes {passes} seed {seed}",
        material.settings(),
        material.hash(),
        facts.target
    );
    let likeness = of_data(title, &material, seed)?.with("budget", passes).with("seed", seed);
    Ok(BuiltProblem { facts, identity, likeness, seed, kind: Kind::Data(Arc::new(material)) })
}

fn facts_over_data(
    name: &str,
    title: &str,
    material: &Material,
    solved_by_a_net: f64,
    passes: f64,
    seed: u64,
) -> Result<ProblemFacts> {
    let linear = material.settings().model == ModelKind::Linear;
    let start = if linear { Array1::zeros(material.dim()) } else { material.start(seed, TUNING_SEED) };
    let f_start = material.risk_on_all_threads()?.value(&start);
    let (known, target) = match &material.settings().model {
        ModelKind::Linear => {
            let known = certify::of_linear(material)?;
            let target = known.f_star + SOLVED_ON_DATA * (f_start - known.f_star);
            (known, target)
        }
        ModelKind::Autoencoder { .. } => {
            let (lowest, of_mean) = material.cross_entropies();
            (certify::of_autoencoder(lowest), lowest + SOLVED_BY_AN_AUTOENCODER * (of_mean - lowest))
        }
        ModelKind::Mlp { .. } | ModelKind::Conv { .. } | ModelKind::Ngram { .. } => {
            (certify::of_net(), solved_by_a_net)
        }
    };
    Ok(ProblemFacts {
        name: name.into(),
        title: title.into(),
        group: if linear { "linear" } else { "net" }.into(),
        stochastic: true,
        dim: material.dim(),
        f_start,
        f_star: known.f_star,
        certificate: known.sentence,
        target,
        budget: passes,
    })
}
