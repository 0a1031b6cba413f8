//! In practice: tests of the advice at the end of the lecture.

mod batch_size;
mod decision;
mod full_batch;
mod schedules;
mod tuned;
mod untuned;

use super::{Context, Study};
use crate::compare::ModelKind;
use crate::compare::statistics::{self, Estimate};
use crate::data::{self, Prepared, Preprocessing};
use crate::error::{Error, Result};
use crate::findings::Findings;
use crate::loss;
use crate::optimizer::first_order::AnyRule;
use crate::risk::Regularizer;
use crate::schedule::Schedule;
use crate::train::{Batch, Classifier, Training};
use ndarray::s;

pub(super) const STUDY: Study = Study {
    name: "in-practice",
    notebook: "15",
    title: "In practice",
    question: "Which optimizer is best without tuning, with tuning, and on the full batch?",
    run,
};

const SLIDE: &str = "slide \"In practice\"";
const L2: f64 = 1e-4;
/// The numbers of training and test examples of Fashion-MNIST.
const FASHION: (usize, usize) = (3000, 2000);

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    let tasks = tasks(context)?;
    let (untuned, given_time) = untuned::run(&tasks, context, &mut findings)?;
    let tuned = tuned::run(&tasks, context, &mut findings)?;
    let full_batch = full_batch::run(context, &mut findings)?;
    let (first, rest) = decision::tables(&tasks, [&untuned, &given_time], &tuned, &full_batch);
    findings.tables.splice(0..0, std::iter::once(first).chain(rest));
    schedules::run(&tasks[2], &tuned[2], context, &mut findings)?;
    batch_size::run(&tasks[2], &tuned[2], context, &mut findings)?;
    Ok(findings)
}

/// A classification problem: a data set, a model and a loss.
#[derive(Clone)]
struct Task {
    name: String,
    loss: &'static str,
    classifier: Classifier<f32>,
    batch: usize,
    epochs: usize,
}

/// Data set, model, loss, batch size and number of epochs of each problem.
const PROBLEMS: [(&str, &str, &str, usize, usize); 5] = [
    ("digits", "linear", "softmax", 32, 15),
    ("digits", "linear", "svm", 32, 15),
    ("digits", "mlp:50", "softmax", 32, 15),
    ("spiral", "mlp:50", "softmax", 32, 80),
    ("fashion-mnist", "linear", "softmax", 32, 5),
];

fn tasks(context: &Context) -> Result<Vec<Task>> {
    let mut tasks = Vec::new();
    for (name, model, loss, batch, epochs) in PROBLEMS {
        let data = match data::by_name(name, context.seed) {
            Err(Error::DataMissing { .. }) => continue,
            other => other?,
        };
        let mut prepared = Preprocessing::default().prepare::<f32>(&data);
        if name == "fashion-mnist" {
            prepared = part(prepared);
        }
        tasks.push(Task {
            name: format!("{name}, {model}, {loss}"),
            loss,
            classifier: Classifier::new(prepared, ModelKind::parse(model)?, Regularizer::l2(L2)),
            batch,
            epochs: context.choose(epochs, epochs / 5),
        });
    }
    Ok(tasks)
}

/// Returns the first training and test examples, whose order is random.
fn part(data: Prepared<f32>) -> Prepared<f32> {
    let (train, test) = FASHION;
    Prepared {
        train_x: data.train_x.slice(s![..train, ..]).to_owned(),
        train_y: data.train_y[..train].to_vec(),
        test_x: data.test_x.slice(s![..test, ..]).to_owned(),
        test_y: data.test_y[..test].to_vec(),
        ..data
    }
}

/// The result of a run.
#[derive(Debug, Clone, Copy)]
struct End {
    loss: f64,
    accuracy: f64,
}

impl Task {
    /// Returns the same problem with `times` times as many epochs.
    fn longer(&self, times: usize) -> Self {
        Task { epochs: times * self.epochs, ..self.clone() }
    }

    /// Returns the number of steps of a run with the given batch size.
    fn steps(&self, batch: usize) -> usize {
        self.epochs * self.classifier.examples().div_ceil(batch)
    }

    /// Trains at a constant rate with the batch size of the problem.
    fn train(&self, rule: AnyRule, lr: f64, seed: u64) -> Result<End> {
        self.train_with(rule, lr, Schedule::Constant, self.batch, seed)
    }

    fn train_with(&self, rule: AnyRule, lr: f64, schedule: Schedule, batch: usize, seed: u64) -> Result<End> {
        // The curve has two points, the start and the end, because only the end is needed.
        let checkpoint_every = Some(self.steps(batch));
        let settings = Training {
            epochs: self.epochs,
            batch: Batch::Size(batch),
            lr,
            schedule,
            seed,
            checkpoint_every,
            ..Training::default()
        };
        let fit = self.classifier.fit(loss::by_name::<f32>(self.loss)?, rule, &settings)?;
        let last = |curve: &[f64]| curve.last().copied().unwrap_or(f64::NAN);
        Ok(if fit.finite() {
            End { loss: last(&fit.curve.train_loss), accuracy: last(&fit.curve.test_accuracy) }
        } else {
            End { loss: f64::INFINITY, accuracy: 0.0 }
        })
    }
}

fn mean_accuracy(ends: &[End]) -> f64 {
    ends.iter().map(|e| e.accuracy).sum::<f64>() / ends.len() as f64
}

/// Returns the mean difference in test accuracy between runs of the same seeds.
fn lead(ends: &[End], over: &[End]) -> Estimate {
    statistics::mean(&ends.iter().zip(over).map(|(a, b)| a.accuracy - b.accuracy).collect::<Vec<_>>())
}

/// Returns the geometric mean of the ratios of the training losses of runs of the same seeds.
fn loss_ratio(ends: &[End], over: &[End]) -> Estimate {
    let logs =
        statistics::mean(&ends.iter().zip(over).map(|(a, b)| (a.loss / b.loss).ln()).collect::<Vec<_>>());
    Estimate { value: logs.value.exp(), interval: (logs.interval.0.exp(), logs.interval.1.exp()) }
}
