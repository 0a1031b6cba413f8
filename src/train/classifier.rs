//! Training a classifier, with the curve of its losses and accuracies.

use super::checkpoint::Checkpoint;
use super::curve::Curve;
use super::fit::Fit;
use super::minibatch_loop::train_observed;
use super::settings::Training;
use crate::data::Prepared;
use crate::error::Result;
use crate::linalg::{Rows, cache_aligned, slice};
use crate::loss::Loss;
use crate::model::{Initialization, Model, ModelKind, ParamLayout};
use crate::objective::Objective;
use crate::optimizer::first_order::UpdateRule;
use crate::real::Real;
use crate::risk::{EmpiricalRisk, Regularizer, accuracy};
use crate::rng;
use crate::stop::Reply;
use ndarray::{Array1, Array2, s};
use std::sync::Arc;

/// A prepared data set with a model and a regularizer, from which classifiers are trained. All runs share the
/// data.
///
/// ```
/// use gradus::prelude::*;
/// let digits = Preprocessing::default().prepare::<f32>(&data::digits());
/// let classifier = Classifier::new(digits, ModelKind::Linear, Regularizer::l2(1e-4));
/// let fit = classifier.fit(Softmax, Momentum::default(), &Training { lr: 0.1, ..Training::default() })?;
/// assert!(fit.curve.test_accuracy.last() > Some(&0.9));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Clone)]
pub struct Classifier<F: Real> {
    pub(super) train_x: Arc<Array2<F>>,
    pub(super) train_y: Arc<[u8]>,
    test_x: Arc<Array2<F>>,
    test_y: Arc<[u8]>,
    pub(super) classes: usize,
    pub(super) model: ModelKind,
    initialization: Option<Initialization>,
    pub(super) regularizer: Regularizer,
}

impl<F: Real> Classifier<F> {
    /// Returns a classifier of the prepared data.
    pub fn new(data: Prepared<F>, model: ModelKind, regularizer: Regularizer) -> Self {
        Classifier {
            classes: data.classes.len(),
            train_x: cache_aligned(data.train_x).into(),
            train_y: data.train_y.into(),
            test_x: cache_aligned(data.test_x).into(),
            test_y: data.test_y.into(),
            model,
            initialization: None,
            regularizer,
        }
    }

    /// Sets the initial weights, instead of the default of the model.
    #[must_use]
    pub fn initialization(self, initialization: Initialization) -> Self {
        Classifier { initialization: Some(initialization), ..self }
    }

    /// Returns the number of training examples.
    pub fn examples(&self) -> usize {
        self.train_y.len()
    }

    /// Returns the same classifier with only the first `count` training examples: a cheap estimate of the
    /// risk, if the order of the examples is random.
    #[must_use]
    pub fn first(&self, count: usize) -> Self {
        let count = count.min(self.examples());
        let train_x = self.train_x.slice(s![..count, ..]).to_owned().into();
        Classifier { train_x, train_y: self.train_y[..count].into(), ..self.clone() }
    }

    /// Returns the risk over the training examples.
    ///
    /// # Errors
    /// If the model, the loss and the data do not fit together.
    pub fn risk<L: Loss<F>>(&self, loss: L) -> Result<EmpiricalRisk<F, Box<dyn Model<F>>, L>> {
        self.model.check_room::<F>(self.train_x.ncols(), self.classes)?;
        EmpiricalRisk::new(
            self.build_model(),
            loss,
            self.train_x.clone(),
            self.train_y.clone(),
            self.regularizer,
        )
    }

    /// Returns the initial parameters for a seed.
    pub fn initial(&self, seed: u64) -> Array1<F> {
        self.build_model().initial(&mut rng::stream(seed, "initial parameters", 0))
    }

    fn build_model(&self) -> Box<dyn Model<F>> {
        self.model.build(self.train_x.ncols(), self.classes, self.initialization)
    }

    /// Trains with `rule`, and evaluates the classifier at every checkpoint, off the clock.
    ///
    /// # Errors
    /// If a setting is out of its range, or the risk cannot be built.
    pub fn fit<L: Loss<F>, R: UpdateRule<F>>(&self, loss: L, rule: R, settings: &Training) -> Result<Fit<F>> {
        self.fit_observed(loss, rule, settings, |_, _| {})
    }

    /// Trains as [`fit`](Classifier::fit) does, while `observer` sees every checkpoint and the training loss
    /// there. The observer may return nothing, or a [`ControlFlow`](std::ops::ControlFlow) that ends the run
    /// by `Break`.
    ///
    /// # Errors
    /// As [`fit`](Classifier::fit).
    pub fn fit_observed<L: Loss<F>, R: UpdateRule<F>, Y: Reply>(
        &self,
        loss: L,
        rule: R,
        settings: &Training,
        mut observer: impl FnMut(&Checkpoint<F>, f64) -> Y,
    ) -> Result<Fit<F>> {
        // Two objectives over the same shared data: the loop uses one, the evaluation the other.
        let (mut risk, mut whole) = (self.risk(&loss)?, self.risk(&loss)?);
        let mut curve = Curve::default();
        let trained =
            train_observed(&mut risk, rule, &self.initial(settings.seed), settings, |checkpoint| {
                let train_loss = whole.value(checkpoint.params).wide();
                curve.push(checkpoint, train_loss, self.accuracies(whole.model(), checkpoint.params));
                observer(checkpoint, train_loss)
            })?;
        Ok(Fit { trained, curve })
    }

    /// Returns the features of the training examples, a row each, and their labels.
    pub fn training_examples(&self) -> (&Array2<F>, &[u8]) {
        (&self.train_x, &self.train_y)
    }

    /// Returns the class with the highest score for each row of features.
    ///
    /// # Panics
    /// If the features or parameters have not the size that the model expects.
    pub fn predict(&self, params: &Array1<F>, features: &Array2<F>) -> Vec<u8> {
        let model = self.build_model();
        let (rows, columns) = features.dim();
        assert_eq!(columns, model.features(), "the number of features");
        let mut scratch = vec![F::of(0.0); model.scratch_len(rows)];
        let mut scores = vec![F::of(0.0); self.classes * rows];
        model.scores(slice(params), Rows::all(slice(features), columns), &mut scratch, &mut scores);
        let highest = |scores: &[F]| {
            let place = (0..scores.len()).max_by(|&a, &b| scores[a].wide().total_cmp(&scores[b].wide()));
            place.unwrap_or(0) as u8
        };
        scores.chunks_exact(self.classes).map(highest).collect()
    }

    /// Returns the layout of the parameters, which names each of them.
    pub fn layout(&self) -> ParamLayout {
        self.build_model().layout()
    }

    /// Returns the accuracy of parameters on the test examples.
    pub fn test_accuracy(&self, params: &Array1<F>) -> f64 {
        accuracy(&self.build_model(), params, &self.test_x, &self.test_y)
    }

    /// Returns the accuracy on the training and on the test examples.
    pub(super) fn accuracies(&self, model: &impl Model<F>, params: &Array1<F>) -> (f64, f64) {
        (
            accuracy(model, params, &self.train_x, &self.train_y),
            accuracy(model, params, &self.test_x, &self.test_y),
        )
    }
}
