//! Training a classifier or an autoencoder, with the curve of its losses and accuracies or errors.

use super::checkpoint::Checkpoint;
use super::curve::{Curve, Quality};
use super::evaluated::Evaluated;
use super::fit::Fit;
use super::keeping::Keeping;
use super::minibatch_loop::train_kept;
use super::settings::Training;
use crate::data::{Prepared, Preprocessing};
use crate::error::{Error, Result};
use crate::linalg::{DesignMatrix, Rows, slice};
use crate::loss::Loss;
use crate::model::{Initialization, Model, ModelKind, ParamLayout};
use crate::objective::Objective;
use crate::optimizer::first_order::UpdateRule;
use crate::ranks::{Alone, Ranks, share_of};
use crate::real::Real;
use crate::risk::{EmpiricalRisk, Regularizer, Share, accuracy, reconstruction_error};
use crate::rng;
use crate::stop::Reply;
use ndarray::{Array1, Array2};
use std::sync::Arc;

/// A prepared data set with a model and a regularizer, from which classifiers are trained. All runs share
/// the data. If the model is an [autoencoder](crate::model::Mlp::autoencoder), then it is trained to
/// reconstruct the features, the labels are not used, and reconstruction errors take the place of
/// accuracies.
///
/// ```
/// use gradus::prelude::*;
/// let digits = Preprocessing::default().prepare::<f32>(&data::digits());
/// let classifier = Classifier::new(digits, ModelKind::Linear, Regularizer::l2(1e-4));
/// let fit = classifier.fit(Softmax, Momentum::default(), &Training { lr: 0.1, ..Training::default() })?;
/// assert!(fit.curve.test_accuracy.last() > Some(&0.9));
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// An autoencoder, which reports the error of its reconstructions:
///
/// ```
/// use gradus::prelude::*;
/// let model = ModelKind::parse("autoencoder:30,10")?;
/// let digits = Classifier::<f32>::preprocessing(&model).prepare::<f32>(&data::digits());
/// let settings = Training { lr: 0.01, epochs: 20, ..Training::default() };
/// let autoencoder = Classifier::new(digits, model, Regularizer::default());
/// let fit = autoencoder.fit(Logistic, Adam::default(), &settings)?;
/// assert!(fit.curve.test_error.last() < Some(&2.5) && fit.curve.test_accuracy.is_empty());
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Clone)]
pub struct Classifier<F: Real> {
    pub(super) train_x: DesignMatrix<F>,
    pub(super) train_y: Arc<[u8]>,
    test_x: DesignMatrix<F>,
    test_y: Arc<[u8]>,
    pub(super) classes: usize,
    pub(super) model: ModelKind,
    initialization: Option<Initialization>,
    pub(super) regularizer: Regularizer,
    /// The part of this process, if several share the training.
    pub(super) share: Option<Share>,
}

impl<F: Real> Classifier<F> {
    /// Returns a classifier of the prepared data.
    pub fn new(data: Prepared<F>, model: ModelKind, regularizer: Regularizer) -> Self {
        Classifier {
            classes: data.classes.len(),
            train_x: data.train_x.cache_aligned(),
            train_y: data.train_y.into(),
            test_x: data.test_x.cache_aligned(),
            test_y: data.test_y.into(),
            model,
            initialization: None,
            regularizer,
            share: None,
        }
    }

    /// Returns the steps by which data are prepared for a model: the default ones, without subtracting the
    /// mean for an autoencoder, whose targets stay in \[0, 1\] then, and none for a model of
    /// [codes](ModelKind::takes_codes).
    pub fn preprocessing(model: &ModelKind) -> Preprocessing {
        if model.takes_codes() {
            return Preprocessing::NONE;
        }
        Preprocessing { subtract_mean: !model.is_autoencoder(), ..Preprocessing::default() }
    }

    /// Sets the initial weights, instead of the default of the model.
    #[must_use]
    pub fn initialization(self, initialization: Initialization) -> Self {
        Classifier { initialization: Some(initialization), ..self }
    }

    /// Makes the classifier that of all examples of a [`Share`], of which the training examples here are the
    /// rows that this process holds. The processes then share full passes, the batches that a step
    /// accumulates, and evaluations, with the bits of one process.
    #[must_use]
    pub fn shared(self, share: Share) -> Self {
        Classifier { share: Some(share), ..self }
    }

    /// Returns whether the model is an autoencoder, which has reconstruction errors in place of accuracies.
    pub fn is_autoencoder(&self) -> bool {
        self.model.is_autoencoder()
    }

    /// Returns the number of training examples.
    pub fn examples(&self) -> usize {
        self.share.as_ref().map_or(self.train_x.nrows(), |share| share.terms)
    }

    /// Returns the same classifier with only the first `count` training examples, which nobody shares: a
    /// cheap estimate of the risk, if the order of the examples is random.
    #[must_use]
    pub fn first(&self, count: usize) -> Self {
        let count = count.min(self.examples());
        let train_x = self.train_x.first(count);
        let labels = count.min(self.train_y.len());
        Classifier { train_x, train_y: self.train_y[..labels].into(), share: None, ..self.clone() }
    }

    /// Returns the risk over the training examples.
    ///
    /// # Errors
    /// If the model, the loss and the data do not fit together.
    pub fn risk<L: Loss<F>>(&self, loss: L) -> Result<EmpiricalRisk<F, Box<dyn Model<F>>, L>> {
        self.check()?;
        self.risk_of(self.build_model(), loss)
    }

    /// Checks that the model can be built and has something to learn from.
    pub(super) fn check(&self) -> Result<()> {
        let features = self.train_x.ncols();
        check_classes(&self.model, self.classes)?;
        if let Some(initialization) = self.initialization {
            self.model.check_initialization(features, initialization)?;
        }
        self.model.check_room::<F>(features, self.classes)
    }

    /// Returns the risk of a model: of its scores for the labels, or of its reconstructions.
    pub(super) fn risk_of<M: Model<F>, L: Loss<F>>(
        &self,
        model: M,
        loss: L,
    ) -> Result<EmpiricalRisk<F, M, L>> {
        let features = self.train_x.clone();
        let risk = match self.model.is_autoencoder() {
            true => EmpiricalRisk::reconstruction(model, loss, features, self.regularizer)?,
            false => EmpiricalRisk::new(model, loss, features, self.train_y.clone(), self.regularizer)?,
        };
        match &self.share {
            Some(share) => risk.shared(share.clone()),
            None => Ok(risk),
        }
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
        observer: impl FnMut(&Checkpoint<F>, f64) -> Y,
    ) -> Result<Fit<F>> {
        let (fit, saved) = self.fit_kept(loss, rule, settings, Keeping::default(), observer)?;
        saved.map(|()| fit)
    }

    /// Trains as [`fit_observed`](Classifier::fit_observed) does, while the run is kept in a file, from which
    /// it can go on: see [`train_kept`](super::train_kept). The curve of a run that goes on begins there.
    ///
    /// # Errors
    /// As [`train_kept`](super::train_kept).
    pub fn fit_kept<L: Loss<F>, R: UpdateRule<F>, Y: Reply>(
        &self,
        loss: L,
        rule: R,
        settings: &Training,
        keeping: Keeping,
        mut observer: impl FnMut(&Checkpoint<F>, f64) -> Y,
    ) -> Result<(Fit<F>, Result<()>)> {
        // Two objectives over the same shared data: the loop uses one, the evaluation the other.
        let (mut risk, mut whole) = (self.risk(&loss)?, self.risk(&loss)?);
        let mut curve = Curve::default();
        let start = self.initial(settings.seed);
        let (trained, saved) = train_kept(&mut risk, rule, &start, settings, keeping, |checkpoint| {
            let train_loss = whole.value(checkpoint.params).wide();
            curve.push(checkpoint, train_loss, self.quality(&whole, checkpoint.params));
            observer(checkpoint, train_loss)
        })?;
        Ok((Fit { trained, curve }, saved))
    }

    /// Returns the features of the training examples that this process holds, a row each, and their labels,
    /// if they have any.
    pub fn training_examples(&self) -> (&Array2<F>, &[u8]) {
        (&self.train_x, &self.train_y)
    }

    /// Returns the class with the highest score for each row of features.
    ///
    /// # Panics
    /// If the features or parameters have not the size that the model expects, or the model is an
    /// autoencoder.
    pub fn predict(&self, params: &Array1<F>, features: &Array2<F>) -> Vec<u8> {
        let model = self.build_model();
        let (rows, columns) = features.dim();
        assert_eq!(columns, model.features(), "the number of features");
        assert!(!self.model.is_autoencoder(), "an autoencoder has no classes");
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
    ///
    /// # Panics
    /// If the model is an autoencoder.
    pub fn test_accuracy(&self, params: &Array1<F>) -> f64 {
        assert!(!self.model.is_autoencoder(), "an autoencoder has no classes");
        accuracy(&self.build_model(), params, &self.test_x, &self.test_y)
    }

    /// Returns the mean squared error of the reconstructions of the test examples under a loss: see
    /// [`reconstruction_error`].
    ///
    /// # Panics
    /// If the model is not an autoencoder, or the loss takes no real-valued targets.
    pub fn test_error(&self, loss: &impl Loss<F>, params: &Array1<F>) -> f64 {
        assert!(self.model.is_autoencoder(), "{} reconstructs nothing", self.model);
        reconstruction_error(&self.build_model(), loss, params, &self.test_x)
    }

    /// Returns how good parameters are on the training and on the test examples.
    pub(super) fn quality<M: Model<F>, L: Loss<F>>(
        &self,
        risk: &EmpiricalRisk<F, M, L>,
        params: &Array1<F>,
    ) -> Quality {
        let sharers = self.share.as_ref().filter(|share| share.is_worth_sharing());
        let alone = Alone;
        let (train_rows, ranks): (_, &dyn Ranks) = match sharers {
            Some(share) => (share.own_rows(), &*share.ranks),
            None => (0..self.examples(), &alone),
        };
        let count = self.test_x.nrows();
        let train = Evaluated {
            features: self.train_x.rows_of_features(),
            labels: &self.train_y,
            own: train_rows,
            held_from: self.share.as_ref().map_or(0, |share| share.rows.start),
            count: self.examples(),
            ranks,
        };
        let own = share_of(count, ranks.rank(), ranks.size());
        let (features, labels) = (self.test_x.rows_of_features(), &self.test_y);
        let test = Evaluated { features, labels, own, held_from: 0, count, ranks };
        match self.model.is_autoencoder() {
            true => Quality::Errors(train.error(risk, params), test.error(risk, params)),
            false => Quality::Accuracies(train.accuracy(risk, params), test.accuracy(risk, params)),
        }
    }
}

/// Checks that a model that needs classes has some.
///
/// # Errors
/// If it has none.
pub(crate) fn check_classes(model: &ModelKind, classes: usize) -> Result<()> {
    if classes > 0 || model.is_autoencoder() {
        return Ok(());
    }
    Err(Error::Unsupported {
        what: format!("{model} needs classes, and these data have none"),
        remedy: "choose an autoencoder, such as autoencoder:400,200,100,50,25,6, or other data",
    })
}
