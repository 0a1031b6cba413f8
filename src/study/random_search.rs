//! Random search, the lecture's first idea: try random parameters, keep the best. How good, how slow, and
//! why.

mod best_of;
mod pictures;
mod scales;

use super::{Context, Study};
use crate::claim::{Bound, Claim};
use crate::compare::statistics::{self, Estimate};
use crate::compare::{ModelKind, replicates};
use crate::data::{self, Prepared, Preprocessing};
use crate::error::Result;
use crate::findings::Findings;
use crate::loss::Softmax;
use crate::minimize::minimize;
use crate::model::Linear;
use crate::objective::{Differentiable, Objective};
use crate::optimizer::first_order::Sgd;
use crate::optimizer::zeroth_order::RandomSearch;
use crate::real::Real;
use crate::risk::{Regularizer, accuracy};
use crate::stop::Stop;
use crate::table::Table;
use crate::train::{Batch, Classifier, Training, train};
use best_of::{DRAWS, SCALE};
use ndarray::Array1;

pub(super) const STUDY: Study = Study {
    name: "random-search",
    notebook: "02",
    title: "Random search",
    question: "How far does one get by trying random weights and keeping the best?",
    run,
};

const SLIDE: &str = "slide \"Idea #1: Random Search (bad idea!)\"";
/// Draws are judged by their loss on this many training images: a thousand passes over all would take
/// minutes, and which draw is best hardly depends on it.
const JUDGED_BY: usize = 6_000;
/// Learning rate of the one epoch of SGD that random search is held against: not tuned.
const SGD_LR: f64 = 0.1;

/// One data set with the runs on it.
struct Trials {
    data: Prepared<f32>,
    /// Images that judge a draw.
    judges: usize,
    /// Parameters.
    dim: usize,
    /// ‖∇L(0)‖, which decides how much a small random step can gain.
    slope: f64,
    searches: Vec<Search>,
    epochs: Vec<Trained>,
    step: Trained,
}

/// One random search.
struct Search {
    params: Array1<f32>,
    /// The lowest loss after 1, 2, … draws.
    best: Vec<f64>,
    accuracy: f64,
}

/// Where gradients lead.
struct Trained {
    params: Array1<f32>,
    loss: f64,
    accuracy: f64,
}

impl Trials {
    fn of(name: &str, context: &Context, seeds: u64) -> Result<Trials> {
        let data = Preprocessing::default().prepare::<f32>(&data::by_name(name, context.seed)?);
        let model = Linear::new(data.train_x.ncols(), data.classes.len());
        let classifier = Classifier::new(data.clone(), ModelKind::Linear, Regularizer::default());
        let judges = classifier.first(JUDGED_BY);
        let mut risk = judges.risk(Softmax)?;
        let dim = risk.dim();
        let (zero, mut grad) = (Array1::<f32>::zeros(dim), Array1::<f32>::zeros(dim));
        risk.value_grad(&zero, &mut grad);
        let slope = grad.iter().map(|g| g.wide().powi(2)).sum::<f64>().sqrt();
        let right = |params: &Array1<f32>| accuracy(&model, params, &data.test_x, &data.test_y);

        let draws = context.choose(DRAWS, DRAWS / 10);
        let searches = replicates(
            seeds,
            context.progress,
            &format!("random search on {name}"),
            |replicate| -> Result<Search> {
                let optimizer = RandomSearch::new(SCALE, context.seed + replicate)?;
                let found = minimize(judges.risk(Softmax)?, &zero, optimizer, Stop::iterations(draws))?;
                Ok(Search { accuracy: right(&found.x), best: found.trace.value, params: found.x })
            },
        );
        let epochs = replicates(
            seeds,
            context.progress,
            &format!("an epoch of SGD on {name}"),
            |replicate| -> Result<Trained> {
                let settings = Training {
                    epochs: 1,
                    batch: Batch::Size(128),
                    lr: SGD_LR,
                    seed: context.seed + replicate,
                    ..Training::default()
                };
                let params = train(&mut classifier.risk(Softmax)?, Sgd, &zero, &settings)?.params;
                Ok(Trained {
                    loss: judges.risk(Softmax)?.value(&params).wide(),
                    accuracy: right(&params),
                    params,
                })
            },
        );
        // One step down the gradient, exactly as long as a random draw is on average.
        let length = SCALE * (dim as f64).sqrt();
        let params = grad.mapv(|g| (-length / slope * g.wide()) as f32);
        let step = Trained { loss: risk.value(&params).wide(), accuracy: right(&params), params };
        Ok(Trials {
            judges: judges.examples(),
            dim,
            slope,
            searches: searches.into_iter().collect::<Result<_>>()?,
            epochs: epochs.into_iter().collect::<Result<_>>()?,
            step,
            data,
        })
    }

    /// By how much each search lowered the loss of W = 0.
    fn gains(&self) -> Vec<f64> {
        self.searches.iter().map(|search| search.best[0] - search.best[search.best.len() - 1]).collect()
    }

    fn searched(&self) -> Estimate {
        statistics::mean(&self.searches.iter().map(|s| s.accuracy).collect::<Vec<_>>())
    }

    fn trained(&self) -> Estimate {
        statistics::mean(&self.epochs.iter().map(|e| e.accuracy).collect::<Vec<_>>())
    }
}

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    let seeds = context.choose(10, 2);
    let trials = ["digits", "fashion-mnist"]
        .map(|name| Trials::of(name, context, seeds))
        .into_iter()
        .collect::<Result<Vec<_>>>()?;
    // The lecture's own data set, where somebody has fetched it.
    let cifar = Trials::of("cifar-10", context, seeds).ok();
    findings.tables.push(table(&trials));
    for trial in &trials {
        claims(trial, &mut findings);
    }
    findings.claims.push(published(cifar.as_ref()));
    best_of::run(&trials, &mut findings);
    findings.figures.push(pictures::accuracies(&trials));
    findings.figures.push(pictures::templates(&trials[1]));
    scales::run(context, &mut findings)?;
    Ok(findings)
}

fn table(trials: &[Trials]) -> Table {
    let mean = |of: Vec<f64>| statistics::mean(&of);
    let rows: Vec<(&str, &str, f64, f64, f64, Estimate)> = trials
        .iter()
        .flat_map(|t| {
            let draws = t.searches[0].best.len() - 1;
            let name = t.data.name.as_str();
            let zero = t.searches[0].best[0];
            let lowest = mean(t.gains()).value;
            let one = |value: f64| Estimate { value, interval: (value, value) };
            [
                (name, "random search", (draws * t.judges) as f64, 0.0, zero - lowest, t.searched()),
                (name, "one gradient step as long", 0.0, t.judges as f64, t.step.loss, one(t.step.accuracy)),
                (
                    name,
                    "one epoch of SGD",
                    0.0,
                    t.data.train_y.len() as f64,
                    mean(t.epochs.iter().map(|e| e.loss).collect()).value,
                    t.trained(),
                ),
            ]
        })
        .collect();
    Table::new(
        "accuracy",
        "A linear softmax classifier found by chance and by slope: what it cost, and how much of the test \
         set it gets right",
    )
    .text("data", rows.iter().map(|r| r.0))
    .text("optimizer", rows.iter().map(|r| r.1))
    .integer("example_losses", rows.iter().map(|r| r.2 as i64))
    .integer("example_gradients", rows.iter().map(|r| r.3 as i64))
    .float_within("train_loss", rows.iter().map(|r| r.4).collect::<Vec<_>>(), 1e-3, 1e-6)
    .float_within("test_accuracy", rows.iter().map(|r| r.5.value).collect::<Vec<_>>(), 0.0, 5e-3)
    .float_within("test_low", rows.iter().map(|r| r.5.interval.0).collect::<Vec<_>>(), 0.0, 1e-2)
    .float_within("test_high", rows.iter().map(|r| r.5.interval.1).collect::<Vec<_>>(), 0.0, 1e-2)
}

fn claims(trial: &Trials, findings: &mut Findings) {
    let (name, searched) = (&trial.data.name, trial.searched());
    let id = |what: &str| if name == "fashion-mnist" { what.to_string() } else { format!("{what}-{name}") };
    let sentence =
        format!("The best of 1,000 random W beats chance, 10 %, on the test images of {name} (accuracy)");
    findings.claims.push(
        Claim::statistical(&id("random-beats-chance"), "02", &sentence, SLIDE).measured_within(
            searched.value,
            searched.interval,
            Bound::AtLeast(0.1),
        ),
    );
    let lead: Vec<f64> = trial
        .epochs
        .iter()
        .zip(&trial.searches)
        .map(|(epoch, search)| epoch.accuracy - search.accuracy)
        .collect();
    let lead = statistics::mean(&lead);
    let sentence = format!(
        "One epoch of SGD beats the best of 1,000 random W by at least 20 points of test accuracy on {name}, \
         with fewer evaluations (difference)"
    );
    findings.claims.push(Claim::statistical(&id("random-is-bad"), "02", &sentence, SLIDE).measured_within(
        lead.value,
        lead.interval,
        Bound::AtLeast(0.2),
    ));
}

/// The lecture's number, which needs the lecture's data.
fn published(cifar: Option<&Trials>) -> Claim {
    let sentence = "The best of 1,000 random W classifies 15.5 % of CIFAR-10's test images";
    let claim = Claim::statistical("random-cifar-10", "02", sentence, SLIDE);
    let bound = Bound::Equals { value: 0.155, tolerance: 0.02 };
    match cifar {
        Some(trial) => {
            let searched = trial.searched();
            claim.measured_within(searched.value, searched.interval, bound)
        }
        None => claim.measured(f64::NAN, bound).note(
            "CIFAR-10 was not on the machine that ran this study; `gradus fetch cifar-10`, then run it \
                   again.",
        ),
    }
}
