//! The standard problems.

use super::built_problem::{Build, BuiltProblem};
use super::data::DataSettings;
use super::problem_spec::{Frozen, KnownValues, ProblemSpec, function};
use super::rotated::Rotated;
use crate::compare::suite::Settings;
use crate::data::{self, Curves, Dataset, Examples};
use crate::error::Result;
use crate::model::ModelKind;
use crate::problems::{self, Beale, Himmelblau, Problem, Rosenbrock, SixHumpCamel};
use crate::rng;
use std::sync::Arc;

/// The loss at which a net on Fashion-MNIST counts as solved: about the lowest loss of softmax regression
/// there.
const SOLVED_ON_FASHION: f64 = 0.4;

/// The loss at which a model of the next character counts as solved: clearly below the entropy of a character
/// given the one before it, which is 2.33 nats in this text.
const SOLVED_ON_ALICE: f64 = 2.1;

/// A name, a title, and a function that builds the problem.
type Plane = (&'static str, &'static str, fn() -> Box<dyn Problem>);

/// Returns all standard problems.
pub(in crate::compare::suite) fn standard() -> Vec<ProblemSpec> {
    let quadratics = [10.0, 1e2, 1e3, 1e4, 1e5, 1e6].map(|kappa: f64| {
        let title = format!("Rotated quadratic in 20 dimensions, κ = {kappa}");
        ProblemSpec::function(&format!("quadratic:{kappa}"), "quadratic", &title, move || {
            Box::new(Rotated::new(20, kappa))
        })
    });
    let planes: [Plane; 4] = [
        ("rosenbrock", "Rosenbrock's valley", || Box::new(Rosenbrock::new(2))),
        ("beale", "Beale's function", || Box::new(Beale)),
        ("himmelblau", "Himmelblau's four basins", || Box::new(Himmelblau)),
        ("six-hump-camel", "The six-hump camel", || Box::new(SixHumpCamel)),
    ];
    let planes = planes.map(|(name, title, build)| ProblemSpec::function(name, "plane", title, build));
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
        ProblemSpec::function(name, "mgh", &title, move || {
            problems::by_name(name).expect("a name of the list")
        })
    });
    let noisy = ProblemSpec::new("noisy-quadratic", noisy);
    quadratics.into_iter().chain(planes).chain(least_squares).chain([noisy]).chain(on_data()).collect()
}

/// Returns the problems that take part only if they are named, or in the wide suite, since they take long.
///
/// The autoencoders are those of Hinton & Salakhutdinov, "Reducing the dimensionality of data with neural
/// networks", Science 313 (2006): that of their curves, and that of their MNIST on Fashion-MNIST, whose
/// images have the same size. Both have fewer images here.
pub(in crate::compare::suite) fn if_named() -> Vec<ProblemSpec> {
    vec![
        ProblemSpec::data(
            "curves-autoencoder",
            "Autoencoder 784–400–200–100–50–25–6 and back on 2,000 images of curves",
            || Curves { train: 2000, test: 500 }.generate(0),
            net("autoencoder:400,200,100,50,25,6", 100),
            50.0,
        ),
        ProblemSpec::data_to(
            SOLVED_ON_FASHION,
            "fashion-mnist/mlp-wide",
            "Net 784–256–128–10 on 10,000 images of Fashion-MNIST",
            images("fashion-mnist", 10_000),
            net("mlp:256,128", 100),
            10.0,
        ),
        ProblemSpec::data(
            "fashion-mnist/autoencoder",
            "Autoencoder 784–1000–500–250–30 and back on 5,000 images of Fashion-MNIST",
            images("fashion-mnist", 5000),
            net("autoencoder:1000,500,250,30", 100),
            20.0,
        ),
        ProblemSpec::data(
            "digits/conv",
            "Convolutional net (8 and 16 channels) on the digits",
            || Ok(data::digits()),
            net("conv:8,16", 64),
            20.0,
        ),
        ProblemSpec::data_to(
            SOLVED_ON_FASHION,
            "fashion-mnist/conv",
            "Convolutional net (8 and 16 channels) on 3,000 images of Fashion-MNIST",
            images("fashion-mnist", 3000),
            net("conv:8,16", 50),
            10.0,
        ),
        ProblemSpec::data_to(
            SOLVED_ON_ALICE,
            "alice/ngram",
            "Neural 9-gram model (embeddings of 8, 32 hidden) on 10,000 contexts of Alice",
            images("alice", 10_000),
            net("ngram:8,32", 100),
            20.0,
        ),
    ]
}

/// Returns the settings of a net without regularization.
fn net(model: &str, batch: usize) -> DataSettings {
    DataSettings { model: ModelKind::parse(model).expect("a model"), svm: false, l2: 0.0, batch }
}

/// Returns a function that reads some images of a data set.
fn images(name: &'static str, count: usize) -> impl Fn() -> Result<Dataset> {
    move || subset(name, count, 2000)
}

fn on_data() -> [ProblemSpec; 7] {
    let linear = |svm, batch| DataSettings { model: ModelKind::Linear, svm, l2: 1e-3, batch };
    let net = |batch| net("mlp:32", batch);
    [
        ProblemSpec::data(
            "digits/softmax",
            "Softmax regression on the digits",
            || Ok(data::digits()),
            linear(false, 64),
            30.0,
        ),
        ProblemSpec::data(
            "digits/svm",
            "Multiclass SVM on the digits",
            || Ok(data::digits()),
            linear(true, 64),
            30.0,
        ),
        ProblemSpec::data(
            "digits/mlp",
            "Two-layer net (32 hidden) on the digits",
            || Ok(data::digits()),
            net(64),
            20.0,
        ),
        ProblemSpec::data(
            "fashion-mnist/softmax",
            "Softmax regression on 5,000 images of Fashion-MNIST",
            images("fashion-mnist", 5000),
            linear(false, 100),
            20.0,
        ),
        ProblemSpec::data(
            "fashion-mnist/svm",
            "Multiclass SVM on 5,000 images of Fashion-MNIST",
            images("fashion-mnist", 5000),
            linear(true, 100),
            20.0,
        ),
        ProblemSpec::data_to(
            SOLVED_ON_FASHION,
            "fashion-mnist/mlp",
            "Two-layer net (32 hidden) on 3,000 images of Fashion-MNIST",
            images("fashion-mnist", 3000),
            net(50),
            10.0,
        ),
        ProblemSpec::data(
            "cifar-10/softmax",
            "Softmax regression on 1,000 images of CIFAR-10",
            images("cifar-10", 1000),
            linear(false, 50),
            10.0,
        ),
    ]
}

/// Returns a fixed random subset: `count` images to train and `tests` images to test on.
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

/// Builds a quadratic whose gradients have normal noise of deviation .1 in every coordinate.
fn noisy(settings: &Settings, frozen: Frozen) -> Result<BuiltProblem> {
    let build: Build = Arc::new(|| Box::new(Rotated::new(20, 100.0)));
    let known = KnownValues {
        f_star: 0.0,
        certificate: "exact: f = 0 at the minimizer".into(),
        solved: 1e-3,
        frozen,
    };
    let title = "Rotated quadratic in 20 dimensions, κ = 100, noise of deviation 0.1 in the gradient";
    Ok(function("noisy-quadratic", "noisy", title, build, 0.1, known, settings.scaled(2000.0), settings.seed))
}
