//! Training a classifier, with the curve of its losses and accuracies.

mod by_optimizer;

pub use by_optimizer::ByOptimizer;

use crate::data::Prepared;
use crate::error::Result;
use crate::linalg::settled;
use crate::loss::Loss;
use crate::model::{Initialization, Model, ModelKind};
use crate::objective::Objective;
use crate::optimizer::first_order::UpdateRule;
use crate::real::Real;
use crate::risk::{EmpiricalRisk, Regularizer, accuracy};
use crate::rng;
use crate::stop::Termination;
use crate::table::Table;
use crate::train::{Checkpoint, Trained, Training, train};
use ndarray::{Array1, Array2, s};
use std::ops::ControlFlow;
use std::sync::Arc;

/// A data set ready for training runs: shared by all runs, whatever their settings.
#[derive(Clone)]
pub struct Classifier<F: Real> {
    train_x: Arc<Array2<F>>,
    train_y: Arc<[u8]>,
    test_x: Arc<Array2<F>>,
    test_y: Arc<[u8]>,
    classes: usize,
    model: ModelKind,
    initialization: Option<Initialization>,
    regularizer: Regularizer,
}

/// What is known at each checkpoint of a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curve {
    /// Epochs done.
    pub epoch: Vec<f64>,
    /// Steps done.
    pub steps: Vec<usize>,
    /// Gradients of single examples evaluated.
    pub example_grads: Vec<u64>,
    /// The risk over the training examples, regularization included.
    pub train_loss: Vec<f64>,
    /// Accuracy on the training examples.
    pub train_accuracy: Vec<f64>,
    /// Accuracy on the test examples.
    pub test_accuracy: Vec<f64>,
    /// Learning rate of the last step.
    pub lr: Vec<f64>,
    /// Steps so far whose gradient was clipped.
    pub clipped: Vec<u64>,
    /// Seconds spent in steps.
    pub seconds: Vec<f64>,
}

/// A trained classifier.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit<F = f64> {
    /// Parameters, steps, seconds and the reason of the end.
    pub trained: Trained<F>,
    /// A row for each checkpoint, the start included.
    pub curve: Curve,
}

impl<F: Real> Classifier<F> {
    /// A classifier of the prepared data.
    pub fn new(data: Prepared<F>, model: ModelKind, regularizer: Regularizer) -> Self {
        Classifier {
            classes: data.classes.len(),
            train_x: settled(data.train_x).into(),
            train_y: data.train_y.into(),
            test_x: settled(data.test_x).into(),
            test_y: data.test_y.into(),
            model,
            initialization: None,
            regularizer,
        }
    }

    /// The same with these initial weights instead of the model's own default.
    #[must_use]
    pub fn initialization(self, initialization: Initialization) -> Self {
        Classifier { initialization: Some(initialization), ..self }
    }

    /// Number of training examples.
    pub fn examples(&self) -> usize {
        self.train_y.len()
    }

    /// The same with only the first `count` training examples: a cheap estimate of the risk, if their order
    /// is random.
    #[must_use]
    pub fn first(&self, count: usize) -> Self {
        let count = count.min(self.examples());
        let train_x = self.train_x.slice(s![..count, ..]).to_owned().into();
        Classifier { train_x, train_y: self.train_y[..count].into(), ..self.clone() }
    }

    /// The risk over the training examples.
    pub fn risk<L: Loss<F>>(&self, loss: L) -> Result<EmpiricalRisk<F, Box<dyn Model<F>>, L>> {
        EmpiricalRisk::new(
            self.build_model(),
            loss,
            self.train_x.clone(),
            self.train_y.clone(),
            self.regularizer,
        )
    }

    /// Initial parameters for a seed.
    pub fn initial(&self, seed: u64) -> Array1<F> {
        self.build_model().initial(&mut rng::stream(seed, "initial parameters", 0))
    }

    fn build_model(&self) -> Box<dyn Model<F>> {
        self.model.build(self.train_x.ncols(), self.classes, self.initialization)
    }

    /// Trains with `rule`, and evaluates at every checkpoint, off the clock. `watch` hears each checkpoint
    /// and the training loss there, and may stop the run.
    pub fn fit<L: Loss<F>, R: UpdateRule<F>>(
        &self,
        loss: L,
        rule: R,
        settings: &Training,
        mut watch: impl FnMut(&Checkpoint<F>, f64) -> ControlFlow<()>,
    ) -> Result<Fit<F>> {
        // Two objectives over the same shared data: the loop uses one, the evaluation the other.
        let (mut risk, mut whole) = (self.risk(&loss)?, self.risk(&loss)?);
        let mut curve = Curve::default();
        let trained = train(&mut risk, rule, &self.initial(settings.seed), settings, |checkpoint| {
            let train_loss = whole.value(checkpoint.params).wide();
            curve.push(checkpoint, train_loss, self.accuracies(whole.model(), checkpoint.params));
            watch(checkpoint, train_loss)
        })?;
        Ok(Fit { trained, curve })
    }

    /// Accuracy on the training and on the test examples.
    fn accuracies(&self, model: &impl Model<F>, params: &Array1<F>) -> (f64, f64) {
        (
            accuracy(model, params, &self.train_x, &self.train_y),
            accuracy(model, params, &self.test_x, &self.test_y),
        )
    }
}

impl<F: Real> Fit<F> {
    /// Whether the run went to its end with finite numbers.
    pub fn finite(&self) -> bool {
        !matches!(self.trained.termination, Termination::NotFinite { .. })
    }

    /// Steps a second.
    pub fn steps_per_second(&self) -> f64 {
        self.trained.steps as f64 / self.trained.seconds
    }
}

impl Curve {
    fn push<F>(&mut self, at: &Checkpoint<F>, train_loss: f64, (train_accuracy, test_accuracy): (f64, f64)) {
        self.epoch.push(at.epochs);
        self.steps.push(at.steps);
        self.example_grads.push(at.example_grads);
        self.train_loss.push(train_loss);
        self.train_accuracy.push(train_accuracy);
        self.test_accuracy.push(test_accuracy);
        self.lr.push(at.lr);
        self.clipped.push(at.clipped);
        self.seconds.push(at.elapsed.as_secs_f64());
    }

    /// The curve as a table: epoch, steps, example_grads, train_loss, train_accuracy, test_accuracy, lr,
    /// clipped, seconds.
    pub fn table(&self, name: &str) -> Table {
        Table::new(name, "A row for each checkpoint, from the start")
            .float("epoch", self.epoch.clone())
            .integer("steps", self.steps.iter().map(|&s| s as i64))
            .integer("example_grads", self.example_grads.iter().map(|&g| g as i64))
            .float_within("train_loss", self.train_loss.clone(), 1e-3, 1e-6)
            .float_within("train_accuracy", self.train_accuracy.clone(), 0.0, 2e-3)
            .float_within("test_accuracy", self.test_accuracy.clone(), 0.0, 5e-3)
            .float("lr", self.lr.clone())
            .integer("clipped", self.clipped.iter().map(|&c| c as i64))
            .timing("seconds", self.seconds.clone())
    }
}
