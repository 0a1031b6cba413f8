//! L-BFGS and conjugate gradients on large minibatches, beside SGD (Le et al. 2011).

use super::on_batch::OnBatch;
use super::sources::{LE, NOTEBOOK};
use super::tuning::{Tuned, powers, ratio, tuned};
use crate::claim::{Bound, Claim};
use crate::compare::ModelKind;
use crate::compare::statistics::{median, quantile};
use crate::data::{self, Batches};
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel, optimizers};
use crate::findings::Findings;
use crate::loss::{Likelihood, Logistic, Softmax};
use crate::minimize::{minimize, minimize_observed};
use crate::objective::{Differentiable, FiniteSum, Objective};
use crate::optimizer::first_order::Momentum;
use crate::optimizer::second_order::{ConjugateGradient, Lbfgs};
use crate::risk::Regularizer;
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use crate::train::{Batch, Classifier, Training, train_observed};
use ndarray::Array1;
use std::ops::ControlFlow;

/// The examples of a large minibatch, and the iterations on each.
const LARGE: usize = 500;
const ITERATIONS: usize = 20;
const SMALL: usize = 32;
/// The budget in passes over the training examples.
const PASSES: usize = 100;

/// A net and its loss.
struct Task {
    name: &'static str,
    classifier: Classifier<f64>,
    autoencoder: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Method {
    Sgd,
    Lbfgs { batch: Option<usize> },
    Cg { batch: Option<usize> },
}

const METHODS: [(&str, Method); 5] = [
    ("momentum .9, batches of 32", Method::Sgd),
    ("lbfgs, batches of 500", Method::Lbfgs { batch: Some(LARGE) }),
    ("cg, batches of 500", Method::Cg { batch: Some(LARGE) }),
    ("lbfgs, all examples", Method::Lbfgs { batch: None }),
    ("cg, all examples", Method::Cg { batch: None }),
];
const MOMENTUM: usize = 0;
const LBFGS_LARGE: usize = 1;
const CG_LARGE: usize = 2;
const LBFGS_FULL: usize = 3;

/// The training loss after so many passes over the examples.
type Curve = Vec<(f64, f64)>;

fn last(curve: &Curve) -> f64 {
    curve.last().map_or(f64::INFINITY, |&(_, loss)| if loss.is_finite() { loss } else { f64::INFINITY })
}

impl Task {
    fn run(&self, method: Method, lr: f64, passes: usize, seed: u64) -> Result<Curve> {
        if self.autoencoder {
            self.run_under(Logistic, method, lr, passes, seed)
        } else {
            self.run_under(Softmax, method, lr, passes, seed)
        }
    }

    fn run_under<L: Likelihood + Copy>(
        &self,
        loss: L,
        method: Method,
        lr: f64,
        passes: usize,
        seed: u64,
    ) -> Result<Curve> {
        let risk = || self.classifier.risk(loss);
        let start = self.classifier.initial(seed);
        match method {
            Method::Sgd => by_momentum(risk()?, risk()?, &start, lr, passes, seed),
            Method::Lbfgs { batch: Some(size) } | Method::Cg { batch: Some(size) } => {
                let batches = Batches::without_replacement(self.classifier.examples(), size, seed)?;
                let stop = Stop::iterations(ITERATIONS);
                on_batches(risk()?, risk()?, start, passes, batches, |objective, x| {
                    let found = match method {
                        Method::Cg { .. } => minimize(objective, x, ConjugateGradient::default(), stop),
                        _ => minimize(objective, x, Lbfgs::new(10), stop),
                    };
                    Ok(found?.x)
                })
            }
            Method::Lbfgs { batch: None } => on_all(risk()?, &start, Lbfgs::new(10), passes),
            Method::Cg { batch: None } => on_all(risk()?, &start, ConjugateGradient::default(), passes),
        }
    }
}

fn by_momentum(
    mut risk: impl FiniteSum,
    mut whole: impl Objective,
    start: &Array1<f64>,
    lr: f64,
    passes: usize,
    seed: u64,
) -> Result<Curve> {
    let settings = Training { batch: Batch::Size(SMALL), lr, seed, epochs: passes, ..Training::default() };
    let mut curve = Curve::new();
    let trained = train_observed(&mut risk, Momentum::new(0.9), start, &settings, |seen| {
        curve.push((seen.epochs, whole.value(seen.params)));
    })?;
    if trained.termination.diverged() {
        curve.push((passes as f64, f64::INFINITY));
    }
    Ok(curve)
}

/// Runs a few iterations on one large batch after another.
fn on_batches<R: FiniteSum>(
    mut risk: R,
    mut whole: impl Objective,
    mut x: Array1<f64>,
    passes: usize,
    mut batches: Batches,
    iterate: impl Fn(&mut OnBatch<R>, &Array1<f64>) -> Result<Array1<f64>>,
) -> Result<Curve> {
    let (examples, mut seen) = (risk.terms() as f64, 0.0);
    let mut curve = vec![(0.0, whole.value(&x))];
    while seen < passes as f64 {
        let batch = batches.next().to_vec();
        let size = batch.len() as f64;
        let mut objective = OnBatch::new(&mut risk, batch);
        x = iterate(&mut objective, &x)?;
        seen += objective.evaluations as f64 * size / examples;
        curve.push((seen, whole.value(&x)));
    }
    Ok(curve)
}

/// Runs on all examples.
fn on_all<O: Differentiable, P>(risk: O, start: &Array1<f64>, optimizer: P, passes: usize) -> Result<Curve>
where
    P: crate::optimizer::Optimizer<f64, crate::objective::Counted<O>>,
{
    let mut curve = Curve::new();
    minimize_observed(risk, start, optimizer, Stop::iterations(passes), |moment| {
        let evaluations = moment.evaluations();
        let seen = (evaluations.value + evaluations.grad) as f64;
        curve.push((seen, moment.iterate.value));
        if seen >= passes as f64 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(curve)
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let model = ModelKind::parse("autoencoder:32,16,6")?;
    let images = Classifier::<f64>::preprocessing(&model).prepare::<f64>(&data::digits());
    let digits = data::Preprocessing::default().prepare::<f64>(&data::digits());
    let tasks = [
        Task {
            name: "softmax",
            classifier: Classifier::new(digits, ModelKind::Linear, Regularizer::l2(1e-4)),
            autoencoder: false,
        },
        Task {
            name: "autoencoder",
            classifier: Classifier::new(images, model, Regularizer::default()),
            autoencoder: true,
        },
    ];
    let passes = context.choose(PASSES, 3);
    let mut all = Vec::new();
    for task in &tasks {
        let mut of_task = Vec::new();
        for (label, method) in METHODS {
            // Only momentum has a rate.
            let rates = if method == Method::Sgd { powers(1e-3, 7, 2.0) } else { vec![f64::NAN] };
            let run = |lr, seed| task.run(method, lr, passes, seed);
            of_task.push(tuned(&rates, context, label, run, last)?);
        }
        all.push(of_task);
    }
    findings.claims.extend(claims(&all));
    findings.tables.push(table(&tasks, &all));
    findings.figures.push(figure(&tasks, &all));
    Ok(())
}

fn ends(tuned: &Tuned<Curve>) -> Vec<f64> {
    tuned.runs.iter().map(last).collect()
}

fn claims(all: &[Vec<Tuned<Curve>>]) -> [Claim; 3] {
    let claim = |id: &str, sentence: &str, task: usize, method: usize| {
        let found = ratio(&ends(&all[task][method]), &ends(&all[task][MOMENTUM]));
        Claim::statistical(id, NOTEBOOK, sentence, LE)
            .reading(
                "they report that L-BFGS and conjugate gradients with large minibatches train autoencoders \
                 and other models faster than SGD, in seconds; we count passes over the examples, and take \
                 a tuned momentum as the rival",
            )
            .measured_within(found.value, found.interval, Bound::AtMost(1.0))
            .note(
                "Both evaluate as many gradients of examples. A pass in large batches takes less time than \
                 one in batches of 32, which is what the paper profits from on parallel machines.",
            )
    };
    [
        claim(
            "papers-lbfgs-autoencoder",
            "On an autoencoder, L-BFGS on minibatches of 500 ends with a lower training loss than momentum \
             at its best rate on minibatches of 32, after 100 passes over the examples (ratio)",
            1,
            LBFGS_LARGE,
        ),
        claim(
            "papers-cg-autoencoder",
            "On an autoencoder, conjugate gradients on minibatches of 500 end with a lower training loss \
             than momentum at its best rate on minibatches of 32, after 100 passes over the examples \
             (ratio)",
            1,
            CG_LARGE,
        ),
        claim(
            "papers-lbfgs-softmax",
            "On a softmax classifier, L-BFGS on all examples ends with a lower training loss than momentum \
             at its best rate on minibatches of 32, after 100 passes over the examples (ratio)",
            0,
            LBFGS_FULL,
        ),
    ]
}

fn table(tasks: &[Task], all: &[Vec<Tuned<Curve>>]) -> Table {
    let rows: Vec<(usize, usize)> =
        (0..tasks.len()).flat_map(|t| (0..METHODS.len()).map(move |m| (t, m))).collect();
    let column = |of: &dyn Fn(usize, usize) -> f64| rows.iter().map(|&(t, m)| of(t, m)).collect::<Vec<_>>();
    let caption = "Training loss after 100 passes over the digits: medians and quartiles over ten seeds. On \
                   a minibatch, L-BFGS and conjugate gradients make 20 iterations; every evaluation of the \
                   line search counts. The rate of momentum is the best of seven";
    Table::new("large_batches", caption)
        .text("task", rows.iter().map(|r| tasks[r.0].name))
        .text("method", rows.iter().map(|r| METHODS[r.1].0))
        .float_within("lr", column(&|t, m| all[t][m].setting), 2.2, 0.0)
        .float_within("train_loss", column(&|t, m| median(&ends(&all[t][m]))), 0.1, 1e-4)
        .float_within("quarter", column(&|t, m| quantile(&ends(&all[t][m]), 0.25)), 0.2, 1e-4)
        .float_within("three_quarters", column(&|t, m| quantile(&ends(&all[t][m]), 0.75)), 0.2, 1e-4)
}

fn figure(tasks: &[Task], all: &[Vec<Tuned<Curve>>]) -> Figure {
    let caption = "Training loss over passes through the examples, of the seed whose final loss is in the \
                   middle of ten. Every evaluation of a line search counts.";
    let figure =
        Figure::new("large_batches", "L-BFGS and conjugate gradients beside SGD", caption).columns(2);
    let looks = optimizers(METHODS.map(|method| method.0));
    tasks.iter().zip(all).fold(figure, |figure, (task, of_task)| {
        let x = Axis::linear("passes over the examples");
        let panel = Panel::new(task.name, x, Axis::log("training loss").lower_is_better());
        figure.panel(of_task.iter().zip(METHODS).zip(&looks).fold(panel, |panel, ((tuned, method), look)| {
            let curve = in_the_middle(&tuned.runs);
            let (x, y): (Vec<f64>, Vec<f64>) = curve.iter().skip(1).copied().unzip();
            panel.line(method.0, x, y, *look)
        }))
    })
}

/// Returns the run whose final loss is in the middle.
fn in_the_middle(runs: &[Curve]) -> &Curve {
    let mut order: Vec<&Curve> = runs.iter().collect();
    order.sort_by(|a, b| last(a).total_cmp(&last(b)));
    order[(order.len() - 1) / 2]
}
