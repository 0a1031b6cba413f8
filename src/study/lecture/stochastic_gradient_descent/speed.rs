//! What minibatches gain: the work needed to reach a target loss, for the full batch and for minibatches of
//! several sizes.

use crate::claim::{Bound, Claim};
use crate::compare::ModelKind;
use crate::compare::statistics::{self, median, quantile};
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::loss::Softmax;
use crate::objective::Objective;
use crate::optimizer::first_order::Sgd;
use crate::real::Real;
use crate::risk::Regularizer;
use crate::study::Context;
use crate::table::Table;
use crate::train::{Batch, Classifier, Training, train_observed};
use std::ops::ControlFlow;

/// The training loss is evaluated on this many examples. Evaluating it on all of them would cost more than
/// the training itself.
const WATCHED: usize = 6_000;
/// The training loss to reach, on Fashion-MNIST with λ = 1e-4. The minimum is .4055.
const TARGET: f64 = 0.45;
/// The learning rates over which every batch size is tuned, including the full batch.
const RATES: [f64; 8] = [2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01];
const SIZES: [usize; 10] = [4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096];

/// One run up to the target.
#[derive(Debug, Clone)]
struct RunToTarget {
    example_grads: Vec<f64>,
    seconds: Vec<f64>,
    loss: Vec<f64>,
    steps: usize,
    reached: bool,
}

/// A number of a run, such as its work.
type Measure = fn(&RunToTarget) -> f64;
/// A column of a run.
type Column = fn(&RunToTarget) -> Vec<f64>;

impl RunToTarget {
    /// Returns the number of gradients of single examples until the target is reached. Infinite if it is not
    /// reached.
    fn work(&self) -> f64 {
        if self.reached { self.example_grads.last().copied().unwrap_or(f64::INFINITY) } else { f64::INFINITY }
    }

    fn time(&self) -> f64 {
        if self.reached { self.seconds.last().copied().unwrap_or(f64::INFINITY) } else { f64::INFINITY }
    }
}

/// One batch size at its best learning rate, over seeds.
struct TunedBatchSize {
    batch: Batch,
    lr: f64,
    ways: Vec<RunToTarget>,
}

impl TunedBatchSize {
    fn size(&self, examples: usize) -> usize {
        match self.batch {
            Batch::Full => examples,
            Batch::Size(size) | Batch::WithReplacement(size) => size,
        }
    }

    fn all(&self, of: Measure) -> Vec<f64> {
        self.ways.iter().map(of).collect()
    }
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let data = Preprocessing::default().prepare::<f32>(&data::by_name("fashion-mnist", context.seed)?);
    let classifier = Classifier::new(data, ModelKind::Linear, Regularizer::l2(1e-4));
    let watched = classifier.first(WATCHED);
    let sizes = context.choose(&SIZES[..], &SIZES[4..6]);
    let seeds = context.choose(10, 2);
    context.progress.start("batch sizes: tuning, then ten seeds", sizes.len() as u64 + 1);
    let tune = |batch: Batch, seeds: u64| -> Result<TunedBatchSize> {
        let tuned = tuned(&classifier, &watched, batch, context.seed, seeds);
        context.progress.advance(1);
        tuned
    };
    let minibatch = sizes.iter().map(|&size| tune(Batch::Size(size), seeds)).collect::<Result<Vec<_>>>()?;
    // The full batch has no randomness, so one seed suffices. Its time is measured three times.
    let full = tune(Batch::Full, context.choose(3, 1))?;
    let examples = classifier.examples();
    findings.tables.push(table(&minibatch, &full, examples));
    findings.figures.push(curves(&minibatch, &full));
    findings.figures.push(costs(&minibatch));
    claims(&minibatch, &full, findings);
    Ok(())
}

/// Tunes the learning rate with one seed by the work needed to reach the target. Then runs all seeds one
/// after the other, so that they do not disturb each other's times.
fn tuned(
    classifier: &Classifier<f32>,
    watched: &Classifier<f32>,
    batch: Batch,
    seed: u64,
    seeds: u64,
) -> Result<TunedBatchSize> {
    let mut best = (f64::INFINITY, RATES[0]);
    for lr in RATES {
        let work = way(classifier, watched, batch, lr, seed, best.0)?.work();
        if work < best.0 {
            best = (work, lr);
        }
    }
    let ways = (0..seeds)
        .map(|replicate| way(classifier, watched, batch, best.1, seed + replicate, f64::INFINITY))
        .collect::<Result<_>>()?;
    Ok(TunedBatchSize { batch, lr: best.1, ways })
}

/// Runs until the target is reached, or until the run has cost more than `most` gradients of single examples.
fn way(
    classifier: &Classifier<f32>,
    watched: &Classifier<f32>,
    batch: Batch,
    lr: f64,
    seed: u64,
    most: f64,
) -> Result<RunToTarget> {
    let (mut risk, mut whole) = (classifier.risk(Softmax)?, watched.risk(Softmax)?);
    let examples = classifier.examples();
    // Evaluates the loss twenty times per epoch, and over more epochs for larger batches. For the full batch,
    // evaluates it every second step.
    let (epochs, every) = match batch {
        Batch::Full => (300, 2),
        Batch::Size(size) | Batch::WithReplacement(size) => {
            (3 * (size / 256).max(1), (examples / 20 / size).max(1))
        }
    };
    let settings = Training { epochs, batch, lr, seed, checkpoint_every: Some(every), ..Training::default() };
    let mut way = RunToTarget {
        example_grads: Vec::new(),
        seconds: Vec::new(),
        loss: Vec::new(),
        steps: 0,
        reached: false,
    };
    let start = classifier.initial(seed);
    train_observed(&mut risk, Sgd, &start, &settings, |checkpoint| {
        let loss = whole.value(checkpoint.params).wide();
        way.example_grads.push(checkpoint.example_grads as f64);
        way.seconds.push(checkpoint.elapsed.as_secs_f64());
        way.loss.push(loss);
        (way.steps, way.reached) = (checkpoint.steps, loss <= TARGET);
        let hopeless = checkpoint.example_grads as f64 > most;
        if way.reached || hopeless { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(way)
}

fn table(minibatch: &[TunedBatchSize], full: &TunedBatchSize, examples: usize) -> Table {
    let rows = || minibatch.iter().chain([full]);
    let column = |of: Measure, q: f64| rows().map(|t| quantile(&t.all(of), q)).collect::<Vec<_>>();
    let caption = format!(
        "Work until the training loss on Fashion-MNIST (evaluated on {WATCHED} examples) is {TARGET}, for \
         each batch size at its best learning rate: quartiles over seeds"
    );
    Table::new("batch_size", caption)
        .integer("batch", rows().map(|t| t.size(examples) as i64))
        // Neighbours on the grid of learning rates may tie, so rounding may choose either.
        .float_within("lr", rows().map(|t| t.lr).collect::<Vec<_>>(), 1.6, 0.0)
        .float_within("steps", column(|w| w.steps as f64, 0.5), 0.3, 0.0)
        .statistic(
            "examples",
            column(RunToTarget::work, 0.5),
            column(RunToTarget::work, 0.25),
            column(RunToTarget::work, 0.75),
        )
        .timing("seconds", column(RunToTarget::time, 0.5))
        .timing("seconds_low", column(RunToTarget::time, 0.25))
        .timing("seconds_high", column(RunToTarget::time, 0.75))
}

/// Draws the loss over gradients of single examples and over seconds, for the full batch and some
/// minibatches.
fn curves(minibatch: &[TunedBatchSize], full: &TunedBatchSize) -> Figure {
    let caption = "The same runs, each of one seed, over two measures of cost. A full-batch step makes more \
                   progress than a minibatch step, but a minibatch step is so much cheaper that minibatches \
                   win by work and by time.";
    let figure =
        Figure::new("curves", "Training loss of SGD and of full-batch gradient descent", caption).columns(2);
    let loss = || Axis::linear("training loss").range(0.4, 1.2).lower_is_better();
    let shown: Vec<&TunedBatchSize> =
        minibatch.iter().filter(|t| matches!(t.batch, Batch::Size(32 | 128 | 1024))).chain([full]).collect();
    let views: [(&str, Column); 2] = [
        ("gradients of single examples", |w| w.example_grads.clone()),
        ("seconds spent in steps", |w| w.seconds.clone()),
    ];
    views.into_iter().fold(figure, |figure, (label, x)| {
        let panel = Panel::new("", Axis::log(label), loss())
            .with(Layer::HorizontalMark { label: "target".into(), y: TARGET });
        figure.panel(shown.iter().enumerate().fold(panel, |panel, (color, tuned)| {
            let name = match tuned.batch {
                Batch::Full => "full batch".to_string(),
                Batch::Size(size) | Batch::WithReplacement(size) => format!("batch {size}"),
            };
            let way = &tuned.ways[0];
            panel.line(name, x(way)[1..].to_vec(), way.loss[1..].to_vec(), color)
        }))
    })
}

/// Draws the cost of reaching the target over the batch size.
fn costs(minibatch: &[TunedBatchSize]) -> Figure {
    let sizes: Vec<f64> = minibatch.iter().map(|t| t.size(0) as f64).collect();
    let caption = "Small batches make good use of every example but run slowly. Large batches run fast but \
                   need more examples. The common sizes lie in between. Lines are medians over ten seeds, \
                   bands reach from quartile to quartile.";
    let views: [(&str, Measure); 2] = [
        ("example gradients to the target", RunToTarget::work),
        ("seconds to the target", RunToTarget::time),
    ];
    let figure =
        Figure::new("batch_size", "The cost of reaching a training loss, over the batch size", caption);
    views.into_iter().fold(figure, |figure, (label, of)| {
        let at = |q: f64| minibatch.iter().map(|t| quantile(&t.all(of), q)).collect::<Vec<_>>();
        let panel = Panel::new("", Axis::log("batch size"), Axis::log(label).lower_is_better());
        let panel = panel
            .with(Layer::Band { x: sizes.clone(), low: at(0.25), high: at(0.75), color: 0 })
            .line("", sizes.clone(), at(0.5), 0);
        figure.panel(
            [32.0, 64.0, 128.0]
                .into_iter()
                .fold(panel, |panel, x| panel.with(Layer::VerticalMark { label: format!("{x}"), x })),
        )
    })
}

fn claims(minibatch: &[TunedBatchSize], full: &TunedBatchSize, findings: &mut Findings) {
    let slide = "slide \"Stochastic Gradient Descent\"";
    let of = |size: usize| minibatch.iter().find(|t| t.batch == Batch::Size(size));
    if let Some(common) = of(128) {
        let (work, time) = (median(&full.all(RunToTarget::work)), median(&full.all(RunToTarget::time)));
        let works = statistics::mean(&common.all(|w| w.work().ln()));
        let saved = |ln: f64| work / ln.exp();
        let sentence = "SGD with batches of 128 reaches a training loss with fewer example gradients than \
                        the full batch (ratio, geometric mean over seeds)";
        findings.claims.push(
            Claim::statistical("sgd-wins-on-work", "05", sentence, slide)
                .reading(
                    "the slide says that the full sum is expensive; we count example \
                 gradients to a target",
                )
                .measured_within(
                    saved(works.value),
                    (saved(works.interval.1), saved(works.interval.0)),
                    Bound::AtLeast(1.0),
                ),
        );
        let times = common.all(RunToTarget::time);
        let sentence = "SGD with batches of 128 reaches a training loss in less time than the full batch \
                        (ratio of the medians within one run)";
        findings.claims.push(
            Claim::timing("sgd-wins-on-time", "05", sentence, slide)
                .reading(
                    "the slide says that the full sum is expensive; we measure the time to a \
                 target",
                )
                .measured_within(
                    time / median(&times),
                    (time / quantile(&times, 0.75), time / quantile(&times, 0.25)),
                    Bound::AtLeast(1.0),
                ),
        );
    }
    let cheapest = |of: Measure| minibatch.iter().map(|t| median(&t.all(of))).fold(f64::INFINITY, f64::min);
    let worst_common = |of: Measure| {
        let common = minibatch.iter().filter(|t| matches!(t.batch, Batch::Size(32 | 64 | 128)));
        common.map(|t| median(&t.all(of))).fold(0.0, f64::max)
    };
    let ratio = |of: Measure| worst_common(of) / cheapest(of);
    let sentence = "The common batch sizes 32, 64 and 128 need at most twice the example gradients of the \
                    cheapest size (worst ratio of medians)";
    findings.claims.push(
        Claim::statistical("batch-32-64-128", "05", sentence, slide)
            .reading(
                "the slide says that 32, 64 and 128 are common; we ask that they are at \
                 most twice as expensive as the best size",
            )
            .measured(ratio(RunToTarget::work), Bound::AtMost(2.0)),
    );
    let sentence = "The common batch sizes 32, 64 and 128 need at most twice the time of the fastest size \
                    (worst ratio of medians)";
    findings.claims.push(
        Claim::timing("batch-32-64-128-time", "05", sentence, slide)
            .reading(
                "the slide says that 32, 64 and 128 are common; we ask that they are at \
                 most twice as slow as the best size",
            )
            .measured(ratio(RunToTarget::time), Bound::AtMost(2.0)),
    );
}
