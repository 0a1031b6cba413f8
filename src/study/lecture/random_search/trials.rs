//! The random searches, and the gradient steps that they are compared with.

use crate::compare::statistics::{self, Estimate};
use crate::compare::{ModelKind, replicates};
use crate::data::{self, Prepared, Preprocessing};
use crate::error::Result;
use crate::loss::Softmax;
use crate::minimize::minimize;
use crate::model::Linear;
use crate::objective::{Differentiable, Objective};
use crate::optimizer::first_order::Sgd;
use crate::optimizer::zeroth_order::RandomSearch;
use crate::real::Real;
use crate::risk::{Regularizer, accuracy};
use crate::stop::Stop;
use crate::study::Context;
use crate::train::{Batch, Classifier, Training, train};
use ndarray::Array1;

/// The number of draws, as in the lecture.
pub(super) const DRAWS: usize = 1_000;
/// The standard deviation of a drawn weight. It is small enough for the loss to be linear there.
pub(super) const SCALE: f64 = 1e-4;
/// The number of training images on which the loss of a draw is evaluated. A thousand passes over all images
/// would take minutes, and the choice of the best draw hardly depends on it.
pub(super) const JUDGED_BY: usize = 6_000;
/// The learning rate of the one epoch of SGD that random search is compared with. It is not tuned.
pub(super) const SGD_LR: f64 = 0.1;

/// One data set with the runs on it.
pub(super) struct Trials {
    pub data: Prepared<f32>,
    /// The number of images on which draws are evaluated.
    pub judges: usize,
    /// The number of parameters.
    pub dim: usize,
    /// ‖∇L(0)‖, which determines how much a small random step can lower the loss.
    pub slope: f64,
    pub searches: Vec<Search>,
    pub epochs: Vec<TrainedParams>,
    pub step: TrainedParams,
}

/// One random search.
pub(super) struct Search {
    pub params: Array1<f32>,
    /// The lowest loss after 0, 1, 2, … draws.
    pub best: Vec<f64>,
    pub accuracy: f64,
}

/// Parameters found with gradients.
pub(super) struct TrainedParams {
    pub params: Array1<f32>,
    pub loss: f64,
    pub accuracy: f64,
}

impl Trials {
    pub fn of(name: &str, context: &Context, seeds: u64) -> Result<Trials> {
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
            |replicate| -> Result<TrainedParams> {
                let settings = Training {
                    epochs: 1,
                    batch: Batch::Size(128),
                    lr: SGD_LR,
                    seed: context.seed + replicate,
                    ..Training::default()
                };
                let params = train(&mut classifier.risk(Softmax)?, Sgd, &zero, &settings)?.params;
                Ok(TrainedParams {
                    loss: judges.risk(Softmax)?.value(&params).wide(),
                    accuracy: right(&params),
                    params,
                })
            },
        );
        // One step along the negative gradient, as long as a random draw is on average.
        let length = SCALE * (dim as f64).sqrt();
        let params = grad.mapv(|g| (-length / slope * g.wide()) as f32);
        let step = TrainedParams { loss: risk.value(&params).wide(), accuracy: right(&params), params };
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

    /// Returns the decrease of the loss below its value at W = 0, for each search.
    pub fn gains(&self) -> Vec<f64> {
        self.searches.iter().map(|search| search.best[0] - search.best[search.best.len() - 1]).collect()
    }

    pub fn searched(&self) -> Estimate {
        statistics::mean(&self.searches.iter().map(|s| s.accuracy).collect::<Vec<_>>())
    }

    pub fn trained(&self) -> Estimate {
        statistics::mean(&self.epochs.iter().map(|e| e.accuracy).collect::<Vec<_>>())
    }
}
