//! Fully connected networks: the same losses, gradients and optimizers on a model with a hidden layer.

mod accuracy;
mod gradients;
mod hidden_units;
mod initialization;
mod landscape;
mod spiral;
mod symmetry;
mod width;

use super::{Context, Study};
use crate::compare::ModelKind;
use crate::compare::statistics::{self, Estimate};
use crate::data::{Dataset, Preprocessing};
use crate::error::Result;
use crate::findings::Findings;
use crate::loss::Softmax;
use crate::optimizer::first_order::Momentum;
use crate::real::Real;
use crate::risk::Regularizer;
use crate::schedule::Schedule;
use crate::train::{Batch, Classifier, Fit, Training};

pub(super) const STUDY: Study = Study {
    name: "neural-network",
    notebook: "14",
    title: "Fully connected networks",
    question: "What does a hidden layer change: for the gradient, the start, the loss surface and the \
               accuracy?",
    run,
};

const SOURCE: &str = "the course's Assignment 2, two-layer net";
const L2: f64 = 1e-4;

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    context.progress.start("gradients, symmetry, spiral", 3);
    let light: [fn(&Context, &mut Findings) -> Result<()>; 3] = [gradients::run, symmetry::run, spiral::run];
    for part in light {
        part(context, &mut findings)?;
        context.progress.advance(1);
    }
    let heavy: [fn(&Context, &mut Findings) -> Result<()>; 5] =
        [initialization::run, width::run, landscape::run, accuracy::run, hidden_units::run];
    heavy.into_iter().try_for_each(|part| part(context, &mut findings))?;
    Ok(findings)
}

/// A classifier of a data set under softmax.
fn classifier<F: Real>(data: &Dataset, model: &str) -> Result<Classifier<F>> {
    Ok(Classifier::new(
        Preprocessing::default().prepare::<F>(data),
        ModelKind::parse(model)?,
        Regularizer::l2(L2),
    ))
}

/// How a classifier of this study is trained: momentum .9 under a half-cosine.
#[derive(Debug, Clone, Copy)]
struct Recipe {
    lr: f64,
    epochs: usize,
    batch: usize,
}

impl Recipe {
    /// Trains, and looks at the start and at the end only.
    fn train<F: Real>(self, classifier: &Classifier<F>, seed: u64) -> Result<Fit<F>> {
        let settings = Training {
            epochs: self.epochs,
            batch: Batch::Size(self.batch),
            lr: self.lr,
            seed,
            ..Training::default()
        };
        let total = self.epochs * settings.steps_per_epoch(classifier.examples());
        let settings =
            Training { schedule: Schedule::Cosine { total }, checkpoint_every: Some(total), ..settings };
        classifier.fit(Softmax, Momentum::new(0.9), &settings)
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy)]
struct End {
    loss: f64,
    train: f64,
    test: f64,
}

impl End {
    fn of<F: Real>(fit: &Fit<F>) -> Self {
        let last = |curve: &[f64]| curve.last().copied().unwrap_or(f64::NAN);
        if fit.finite() {
            End {
                loss: last(&fit.curve.train_loss),
                train: last(&fit.curve.train_accuracy),
                test: last(&fit.curve.test_accuracy),
            }
        } else {
            End { loss: f64::INFINITY, train: 0.0, test: 0.0 }
        }
    }
}

fn each(ends: &[End], of: fn(&End) -> f64) -> Vec<f64> {
    ends.iter().map(of).collect()
}

fn mean(ends: &[End], of: fn(&End) -> f64) -> Estimate {
    statistics::mean(&each(ends, of))
}
