//! Training by an optimizer of the whole risk, or by one that draws its own batches.

use super::checkpoint::Checkpoint;
use super::classifier::Classifier;
use super::curve::Curve;
use super::fit::Fit;
use super::keeping::Keeping;
use super::trained::Trained;
use crate::data::Batches;
use crate::error::{Error, Result};
use crate::loss::{Likelihood, Loss, Softmax};
use crate::minimize::{Minimization, Minimum, Moment};
use crate::model::{Linear, Mlp, ModelKind};
use crate::objective::{Counted, Objective};
use crate::optimizer::Optimizer;
use crate::risk::EmpiricalRisk;
use crate::stop::{Reply, Stop};
use std::ops::ControlFlow;
use std::time::Duration;

/// The settings of training by an optimizer other than an update rule.
///
/// Defaults: the whole risk in every evaluation, at most [`MAX_ITER`](ByOptimizer::MAX_ITER) iterations,
/// converged at ‖∇f‖∞ ≤ [`GRAD_TOL`](ByOptimizer::GRAD_TOL), seed 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ByOptimizer {
    /// The limits.
    pub stop: Stop,
    /// The seed of the initial parameters.
    pub seed: u64,
    /// The number of examples in one evaluation, for an optimizer that draws batches (≥ 1); `None` for all.
    pub batch: Option<usize>,
}

impl Default for ByOptimizer {
    fn default() -> Self {
        ByOptimizer { stop: Stop::grad(Self::GRAD_TOL).max_iter(Self::MAX_ITER), seed: 0, batch: None }
    }
}

impl ByOptimizer {
    /// The default tolerance: a run on the whole risk has converged when ‖∇f‖∞ is at most this.
    pub const GRAD_TOL: f64 = 1e-4;
    /// The default limit of iterations on the whole risk.
    pub const MAX_ITER: usize = 1000;
    /// The default limit of iterations of K-FAC on the whole risk: one of them costs several evaluations.
    pub const KFAC_MAX_ITER: usize = 100;

    /// Returns the settings of an optimizer that draws batches of `size` of `examples` examples, for this
    /// many epochs. No tolerance ends the run, since the gradient of a batch tells little about the risk.
    ///
    /// # Errors
    /// If `size` is 0 or larger than the number of examples.
    pub fn batches(size: usize, epochs: usize, examples: usize, seed: u64) -> Result<Self> {
        Batches::without_replacement(examples, size, seed)?;
        let stop = Stop::iterations(epochs.saturating_mul(examples.div_ceil(size)));
        Ok(ByOptimizer { stop, seed, batch: Some(size) })
    }
}

impl Classifier<f64> {
    /// Returns the risk of the fully connected net under softmax, in the form that K-FAC needs. A linear
    /// classifier is a net without hidden layers.
    ///
    /// # Errors
    /// If the risk cannot be built.
    pub fn network_risk(&self) -> Result<EmpiricalRisk<f64, Mlp, Softmax>> {
        self.network_risk_of(Softmax)
    }

    /// Returns the risk of the fully connected net, or of the autoencoder, under a loss that is a
    /// likelihood, in the form that K-FAC needs.
    ///
    /// # Errors
    /// If the risk cannot be built.
    pub fn network_risk_of<L: Likelihood>(&self, loss: L) -> Result<EmpiricalRisk<f64, Mlp, L>> {
        self.check()?;
        self.risk_of(self.model.network(self.train_x.ncols(), self.classes)?, loss)
    }

    /// Returns the risk of the linear classifier under `loss`, which has a block of curvature for each class:
    /// see [`BlockCurvature`](crate::objective::BlockCurvature).
    ///
    /// # Errors
    /// If the model is not linear, or the risk cannot be built.
    pub fn linear_risk<L: Loss<f64>>(&self, loss: L) -> Result<EmpiricalRisk<f64, Linear, L>> {
        if self.model != ModelKind::Linear {
            let what = format!("{} has no block of curvature for each class", self.model);
            return Err(Error::Unsupported { what, remedy: "choose the model linear" });
        }
        self.check()?;
        self.risk_of(Linear::new(self.train_x.ncols(), self.classes), loss)
    }

    /// Trains with an optimizer of `objective`, which is a risk over the training examples with the
    /// parameters of this classifier, such as [`Classifier::risk`] returns. The curve has a point for each
    /// iteration, or for each epoch of batches. Its training loss is the value of `objective`, which the
    /// optimizer knows; for an optimizer that draws batches it is the risk of `loss`.
    ///
    /// ```
    /// use gradus::prelude::*;
    /// use gradus::train::ByOptimizer;
    /// let digits = Preprocessing::default().prepare::<f64>(&data::digits());
    /// let classifier = Classifier::new(digits, ModelKind::Linear, Regularizer::l2(1e-4));
    /// let settings = ByOptimizer::default();
    /// let fit = classifier.fit_by(classifier.risk(Softmax)?, Lbfgs::new(10), Softmax, &settings)?;
    /// assert!(fit.trained.termination.converged());
    /// # Ok::<(), gradus::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the risk cannot be built, or `objective` has another number of parameters than the classifier.
    pub fn fit_by<O: Objective<f64>, P: Optimizer<f64, Counted<O>>>(
        &self,
        objective: O,
        optimizer: P,
        loss: impl Loss<f64>,
        settings: &ByOptimizer,
    ) -> Result<Fit<f64>> {
        self.fit_by_observed(objective, optimizer, loss, settings, |_, _| {})
    }

    /// Trains as [`fit_by`](Classifier::fit_by) does, while `observer` sees every point of the curve with the
    /// training loss there. The observer may return nothing, or a [`ControlFlow`] that ends the run by
    /// `Break`.
    ///
    /// # Errors
    /// As [`fit_by`](Classifier::fit_by).
    pub fn fit_by_observed<O: Objective<f64>, P: Optimizer<f64, Counted<O>>, Y: Reply>(
        &self,
        objective: O,
        optimizer: P,
        loss: impl Loss<f64>,
        settings: &ByOptimizer,
        observer: impl FnMut(&Checkpoint<f64>, f64) -> Y,
    ) -> Result<Fit<f64>> {
        let (fit, saved) =
            self.fit_by_kept(objective, optimizer, loss, settings, Keeping::default(), observer)?;
        saved.map(|()| fit)
    }

    /// Trains as [`fit_by_observed`](Classifier::fit_by_observed) does, while the run is kept in a file, from
    /// which it can go on. The curve of a run that goes on begins there. If the run cannot be saved at its
    /// end, the outcome is there all the same, with the error beside it.
    ///
    /// # Errors
    /// As [`fit_by`](Classifier::fit_by), and if the kept run does not fit the optimizer.
    pub fn fit_by_kept<O: Objective<f64>, P: Optimizer<f64, Counted<O>>, Y: Reply>(
        &self,
        objective: O,
        optimizer: P,
        loss: impl Loss<f64>,
        settings: &ByOptimizer,
        keeping: Keeping,
        mut observer: impl FnMut(&Checkpoint<f64>, f64) -> Y,
    ) -> Result<(Fit<f64>, Result<()>)> {
        let mut whole = self.risk(loss)?;
        let (seen, examples) = (settings.batch.unwrap_or(self.examples()), self.examples());
        let scale = Scale { seen, examples, batches: settings.batch.map(|_| examples.div_ceil(seen)) };
        let (every, mut curve) = (scale.examples.div_ceil(scale.seen), Curve::default());
        let mut look = |checkpoint: &Checkpoint<f64>| {
            // The optimizer of the whole risk has just evaluated it; one that draws batches knows only
            // theirs.
            let train_loss =
                if settings.batch.is_none() { checkpoint.batch_loss } else { whole.value(checkpoint.params) };
            curve.push(checkpoint, train_loss, self.quality(&whole, checkpoint.params));
            observer(checkpoint, train_loss).flow()
        };
        let start = self.initial(settings.seed);
        let mut last_seen = None;
        let run = match keeping.resumed {
            Some(saved) => Minimization::resume(objective, saved, optimizer, settings.stop)?,
            None => Minimization::new(objective, &start, optimizer, settings.stop),
        };
        let mut run = run.label(&keeping.label);
        if let Some(file) = &keeping.file {
            run = run.save_to(file);
        }
        let (found, saved) = run.observed_whether_saved(|moment| {
            if !moment.iterate.k.is_multiple_of(every) {
                return ControlFlow::Continue(());
            }
            last_seen = Some(moment.iterate.k);
            look(&scale.checkpoint(moment))
        })?;
        let (clipped, lr) = (clipped(&found), found.trace.alpha.last().copied().unwrap_or(f64::NAN));
        if last_seen != Some(found.iterations) {
            // The outcome is the end of the curve; no run is left to stop.
            let _ = look(&scale.last(&found, clipped, lr));
        }
        Ok((Fit { trained: scale.trained(found, clipped), curve }, saved))
    }
}

/// How evaluations of the optimizer count in examples.
struct Scale {
    /// The number of examples in one evaluation.
    seen: usize,
    examples: usize,
    /// The number of batches in an epoch; `None` if each evaluation is of all examples.
    batches: Option<usize>,
}

impl Scale {
    fn example_grads(&self, gradients: usize) -> u64 {
        gradients as u64 * self.seen as u64
    }

    /// The passes over the examples: each step on a batch draws the next one, whatever it evaluates on it.
    fn epochs(&self, steps: usize, gradients: usize) -> f64 {
        match self.batches {
            Some(batches) => steps as f64 / batches as f64,
            None => self.example_grads(gradients) as f64 / self.examples as f64,
        }
    }

    fn checkpoint<'a, O>(&self, moment: &Moment<'a, f64, Counted<O>>) -> Checkpoint<'a, f64> {
        let (iterate, gradients) = (moment.iterate, moment.evaluations().grad);
        Checkpoint {
            steps: iterate.k,
            epochs: self.epochs(iterate.k, gradients),
            example_grads: self.example_grads(gradients),
            params: &iterate.x,
            batch_loss: iterate.value,
            lr: iterate.alpha,
            clipped: moment.clipped,
            elapsed: moment.elapsed,
        }
    }

    fn last<'a>(&self, found: &'a Minimum<f64>, clipped: u64, lr: f64) -> Checkpoint<'a, f64> {
        Checkpoint {
            steps: found.iterations,
            epochs: self.epochs(found.iterations, found.evaluations.grad),
            example_grads: self.example_grads(found.evaluations.grad),
            params: &found.x,
            batch_loss: found.value,
            lr,
            clipped,
            elapsed: Duration::try_from_secs_f64(found.seconds).unwrap_or_default(),
        }
    }

    fn trained(&self, found: Minimum<f64>, clipped: u64) -> Trained<f64> {
        Trained {
            params: found.x,
            steps: found.iterations,
            epochs: self.epochs(found.iterations, found.evaluations.grad),
            example_grads: self.example_grads(found.evaluations.grad),
            clipped,
            seconds: found.seconds,
            termination: found.termination,
        }
    }
}

/// Returns the number of iterations whose gradient was clipped.
fn clipped(found: &Minimum<f64>) -> u64 {
    found.trace.clips() as u64
}
