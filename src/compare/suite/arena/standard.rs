//! The standard problems, each by its name, built when it is asked for.

use super::certify::{self, Certificate};
use super::data::{DataSettings, Material};
use super::rotated::Rotated;
use super::{Arena, Build, Kind};
use crate::compare::suite::{ProblemFacts, Settings};
use crate::data::{self, Dataset, Examples, Preprocessing};
use crate::error::Result;
use crate::model::ModelKind;
use crate::objective::Objective;
use crate::problems::{self, Beale, Himmelblau, Problem, Rosenbrock, SixHumpCamel};
use crate::rng;
use ndarray::Array1;
use std::sync::Arc;

/// A problem before it is built: its name, and how.
pub struct Recipe {
    name: String,
    build: BuildArena,
}

type BuildArena = Box<dyn Fn(&Settings) -> Result<Arena> + Send + Sync>;

/// A name, a title, and how the function is built.
type Plane = (&'static str, &'static str, fn() -> Box<dyn Problem>);

/// The share of the first gap at which a function counts as solved.
const SOLVED: f64 = 1e-6;
/// Evaluations of a function.
const FUNCTION_BUDGET: f64 = 10_000.0;

impl Recipe {
    fn new(name: &str, build: impl Fn(&Settings) -> Result<Arena> + Send + Sync + 'static) -> Self {
        Recipe { name: name.into(), build: Box::new(build) }
    }

    /// Its name on the command line.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Builds it: reads its data, and certifies its lowest value.
    ///
    /// # Errors
    /// If its data are missing or unreadable.
    pub fn build(&self, settings: &Settings) -> Result<Arena> {
        (self.build)(settings)
    }

    /// A function of one's own. Its facts give the start and, if known, the minimum.
    pub fn function(
        name: &str,
        group: &'static str,
        title: &str,
        build: impl Fn() -> Box<dyn Problem> + Send + Sync + 'static,
    ) -> Self {
        let (build, title): (Build, String) = (Arc::new(build), title.into());
        let own_name = name.to_owned();
        Recipe::new(name, move |settings| {
            let Certificate { f_star, sentence } = certify::of_function(&build)?;
            let known = KnownValues { f_star, certificate: sentence, solved: SOLVED };
            let budget = settings.scaled(FUNCTION_BUDGET);
            Ok(function(&own_name, group, &title, build.clone(), 0.0, known, budget, settings.seed))
        })
    }

    /// A data set of one's own.
    pub fn data(
        name: &str,
        title: &str,
        data: impl Fn() -> Result<Dataset> + Send + Sync + 'static,
        settings: DataSettings,
        passes: f64,
    ) -> Self {
        Recipe::data_to(SOLVED_BY_A_NET, name, title, data, settings, passes)
    }

    /// The same with the loss that counts as solved if the model is a net.
    fn data_to(
        solved_by_a_net: f64,
        name: &str,
        title: &str,
        data: impl Fn() -> Result<Dataset> + Send + Sync + 'static,
        settings: DataSettings,
        passes: f64,
    ) -> Self {
        let (own_name, title) = (name.to_owned(), title.to_owned());
        Recipe::new(name, move |of_comparison| {
            let prepared = Preprocessing::default().prepare::<f64>(&data()?);
            let material = Material::new(prepared, settings.clone());
            over_data(
                &own_name,
                &title,
                material,
                solved_by_a_net,
                of_comparison.scaled(passes),
                of_comparison.seed,
            )
        })
    }
}

struct KnownValues {
    f_star: f64,
    certificate: String,
    /// The share of the first gap that counts as solved.
    solved: f64,
}

#[expect(clippy::too_many_arguments, reason = "each is a fact of the problem")]
fn function(
    name: &str,
    group: &str,
    title: &str,
    build: Build,
    deviation: f64,
    known: KnownValues,
    budget: f64,
    seed: u64,
) -> Arena {
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
    let identity = format!(
        "{name} {title} noise {deviation} from {start} target {:e} budget {budget} seed {seed}",
        facts.target
    );
    Arena { facts, identity, seed, kind: Kind::Function { build, start, deviation } }
}

/// The share of the first gap that counts as solved for a linear model on data, and the loss that does for a
/// net.
const SOLVED_ON_DATA: f64 = 0.02;
const SOLVED_BY_A_NET: f64 = 0.1;
/// The same for a net on Fashion-MNIST, which is harder: about the lowest that softmax regression comes to
/// there.
const SOLVED_ON_FASHION: f64 = 0.4;

fn over_data(
    name: &str,
    title: &str,
    material: Material,
    solved_by_a_net: f64,
    passes: f64,
    seed: u64,
) -> Result<Arena> {
    let linear = material.settings().model == ModelKind::Linear;
    let start = if linear { Array1::zeros(material.dim()) } else { material.start(seed, super::TUNING_SEED) };
    let f_start = material.risk_on_all_threads()?.value(&start);
    let known = match linear {
        true => certify::of_linear(&material)?,
        false => Certificate {
            f_star: f64::NAN,
            sentence: "unknown: not convex; gaps are measured from 0, below which no loss falls".into(),
        },
    };
    let target =
        if linear { known.f_star + SOLVED_ON_DATA * (f_start - known.f_star) } else { solved_by_a_net };
    let facts = ProblemFacts {
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
    };
    let identity = format!(
        "{name} {:?} data {:016x} target {target:e} passes {passes} seed {seed}",
        material.settings(),
        material.hash()
    );
    Ok(Arena { facts, identity, seed, kind: Kind::Data(Arc::new(material)) })
}

/// All standard problems.
pub(in super::super) fn standard() -> Vec<Recipe> {
    let quadratics = [10.0, 1e2, 1e3, 1e4, 1e5, 1e6].map(|kappa: f64| {
        let title = format!("Rotated quadratic in 20 dimensions, κ = {kappa}");
        Recipe::function(&format!("quadratic:{kappa}"), "quadratic", &title, move || {
            Box::new(Rotated::new(20, kappa))
        })
    });
    let planes: [Plane; 4] = [
        ("rosenbrock", "Rosenbrock's valley", || Box::new(Rosenbrock::new(2))),
        ("beale", "Beale's function", || Box::new(Beale)),
        ("himmelblau", "Himmelblau's four basins", || Box::new(Himmelblau)),
        ("six-hump-camel", "The six-hump camel", || Box::new(SixHumpCamel)),
    ];
    let planes = planes.map(|(name, title, build)| Recipe::function(name, "plane", title, build));
    let least_squares = [
        "helical-valley",
        "bard",
        "box",
        "kowalik-osborne",
        "wood",
        "broyden-tridiagonal",
        "variably-dimensioned",
    ]
    .map(|name| {
        let title = format!("Moré, Garbow & Hillstrom: {name}");
        Recipe::function(name, "mgh", &title, move || problems::by_name(name).expect("a name of the list"))
    });
    let noisy = Recipe::new("noisy-quadratic", noisy);
    quadratics.into_iter().chain(planes).chain(least_squares).chain([noisy]).chain(on_data()).collect()
}

fn on_data() -> [Recipe; 7] {
    let linear = |svm, batch| DataSettings { model: ModelKind::Linear, svm, l2: 1e-3, batch };
    let images = |name: &'static str, count| move || subset(name, count, 2000);
    let net = |batch| DataSettings {
        model: ModelKind::parse("mlp:32").expect("a model"),
        svm: false,
        l2: 0.0,
        batch,
    };
    [
        Recipe::data(
            "digits/softmax",
            "Softmax regression on the digits",
            || Ok(data::digits()),
            linear(false, 64),
            30.0,
        ),
        Recipe::data(
            "digits/svm",
            "Multiclass SVM on the digits",
            || Ok(data::digits()),
            linear(true, 64),
            30.0,
        ),
        Recipe::data(
            "digits/mlp",
            "Two-layer net (32 hidden) on the digits",
            || Ok(data::digits()),
            net(64),
            20.0,
        ),
        Recipe::data(
            "fashion-mnist/softmax",
            "Softmax regression on 5,000 images of Fashion-MNIST",
            images("fashion-mnist", 5000),
            linear(false, 100),
            20.0,
        ),
        Recipe::data(
            "fashion-mnist/svm",
            "Multiclass SVM on 5,000 images of Fashion-MNIST",
            images("fashion-mnist", 5000),
            linear(true, 100),
            20.0,
        ),
        Recipe::data_to(
            SOLVED_ON_FASHION,
            "fashion-mnist/mlp",
            "Two-layer net (32 hidden) on 3,000 images of Fashion-MNIST",
            images("fashion-mnist", 3000),
            net(50),
            10.0,
        ),
        Recipe::data(
            "cifar-10/softmax",
            "Softmax regression on 1,000 images of CIFAR-10",
            images("cifar-10", 1000),
            linear(false, 50),
            10.0,
        ),
    ]
}

/// So many images to train and to test on, drawn once and for all.
fn subset(name: &str, count: usize, tests: usize) -> Result<Dataset> {
    let whole = data::by_name(name, 0)?;
    let drawn = |examples: &Examples, count: usize, part: u64| -> Result<Examples> {
        let order = rng::permutation(&mut rng::stream(2017, name, part), examples.len());
        let chosen: Vec<usize> = order[..count.min(order.len())].iter().map(|&i| i as usize).collect();
        let features = match &examples.features {
            data::Features::Bytes(bytes) => data::Features::Bytes(bytes.select(ndarray::Axis(0), &chosen)),
            data::Features::Real(values) => data::Features::Real(values.select(ndarray::Axis(0), &chosen)),
        };
        Examples::new(features, chosen.iter().map(|&i| examples.labels[i]).collect())
    };
    Ok(Dataset { train: drawn(&whole.train, count, 0)?, test: drawn(&whole.test, tests, 1)?, ..whole })
}

/// A quadratic whose gradients have normal noise of deviation .1 in every coordinate.
fn noisy(settings: &Settings) -> Result<Arena> {
    let build: Build = Arc::new(|| Box::new(Rotated::new(20, 100.0)));
    let known =
        KnownValues { f_star: 0.0, certificate: "exact: f = 0 at the minimizer".into(), solved: 1e-3 };
    let title = "Rotated quadratic in 20 dimensions, κ = 100, noise of deviation 0.1 in the gradient";
    Ok(function("noisy-quadratic", "noisy", title, build, 0.1, known, settings.scaled(2000.0), settings.seed))
}
