//! Training by an optimizer of the whole risk, or by one that draws its batches itself.

use super::{Classifier, Curve, Fit};
use crate::error::{Error, Result};
use crate::loss::{Loss, Softmax};
use crate::minimize::{Minimum, minimize_observed};
use crate::model::{Linear, Mlp, ModelKind};
use crate::objective::{Counted, Objective};
use crate::optimizer::{Iterate, Optimizer};
use crate::risk::EmpiricalRisk;
use crate::stop::Stop;
use crate::train::{Checkpoint, Trained};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// The settings of such a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ByOptimizer {
    /// Its limits.
    pub stop: Stop,
    /// Seed of the initial parameters.
    pub seed: u64,
    /// Examples that one evaluation sees; `None` for all.
    pub batch: Option<usize>,
}

/// When the curve gets its points, and the clock that stands still meanwhile.
struct Watch {
    every: usize,
    started: Instant,
    paused: Duration,
    /// The iteration of each point.
    iterations: Vec<usize>,
}

impl Classifier<f64> {
    /// The risk of the fully connected net under softmax, as K-FAC wants it; a linear classifier is a net
    /// without hidden layers.
    pub fn network_risk(&self) -> Result<EmpiricalRisk<f64, Mlp, Softmax>> {
        let model = self.model.network(self.train_x.ncols(), self.classes);
        EmpiricalRisk::new(model, Softmax, self.train_x.clone(), self.train_y.clone(), self.regularizer)
    }

    /// The risk of the linear classifier under `loss`, which has a block of curvature for each class: see
    /// [`BlockCurvature`](crate::objective::BlockCurvature).
    ///
    /// # Errors
    /// If the model is not linear, or the risk cannot be built.
    pub fn linear_risk<L: Loss<f64>>(&self, loss: L) -> Result<EmpiricalRisk<f64, Linear, L>> {
        if self.model != ModelKind::Linear {
            let what = format!("{} has no block of curvature for each class", self.model);
            return Err(Error::Unsupported { what, remedy: "choose the model linear" });
        }
        let model = Linear::new(self.train_x.ncols(), self.classes);
        EmpiricalRisk::new(model, loss, self.train_x.clone(), self.train_y.clone(), self.regularizer)
    }

    /// Trains with an optimizer of `objective`, which is a risk over the training examples with this
    /// classifier's parameters, such as [`Classifier::risk`] gives. The curve has a point for each iteration,
    /// or for each epoch of batches. The training loss that it shows is the value of `objective`, which the
    /// optimizer knows, or under batches the risk of `loss`. `watch` hears of each point, with the training
    /// loss there, and may stop the run.
    ///
    /// ```
    /// use gradus::compare::ByOptimizer;
    /// use gradus::prelude::*;
    /// let digits = Preprocessing::default().prepare::<f64>(&data::digits());
    /// let classifier = Classifier::new(digits, ModelKind::Linear, Regularizer::l2(1e-4));
    /// let run = ByOptimizer { stop: Stop::grad(1e-4), seed: 0, batch: None };
    /// let fit = classifier.fit_by(classifier.risk(Softmax)?, Lbfgs::new(10), Softmax, &run, |_, _| std::ops::ControlFlow::Continue(()))?;
    /// assert!(fit.trained.termination.converged());
    /// # Ok::<(), gradus::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the risk cannot be built.
    pub fn fit_by<O: Objective<f64>, P: Optimizer<f64, Counted<O>>>(
        &self,
        objective: O,
        optimizer: P,
        loss: impl Loss<f64>,
        run: &ByOptimizer,
        mut watch: impl FnMut(&Checkpoint<f64>, f64) -> ControlFlow<()>,
    ) -> Result<Fit<f64>> {
        let mut whole = self.risk(loss)?;
        let seen = run.batch.unwrap_or(self.examples());
        let mut curve = Curve::default();
        let mut clock = Watch {
            every: self.examples().div_ceil(seen),
            started: Instant::now(),
            paused: Duration::ZERO,
            iterations: Vec::new(),
        };
        let mut look = |iterate: &Iterate<f64>, clock: &mut Watch| {
            let (paused, elapsed) = (Instant::now(), clock.started.elapsed() - clock.paused);
            // The optimizer of the whole risk has just evaluated it; one that draws batches knows only
            // theirs.
            let train_loss = if run.batch.is_none() { iterate.value } else { whole.value(&iterate.x) };
            let checkpoint = self.checkpoint(iterate, seen, elapsed);
            curve.push(&checkpoint, train_loss, self.accuracies(whole.model(), &iterate.x));
            clock.iterations.push(iterate.k);
            let flow = watch(&checkpoint, train_loss);
            clock.paused += paused.elapsed();
            flow
        };
        let found =
            minimize_observed(
                objective,
                &self.initial(run.seed),
                optimizer,
                run.stop,
                |iterate| match iterate.k % clock.every {
                    0 => look(iterate, &mut clock),
                    _ => ControlFlow::Continue(()),
                },
            )?;
        let last = Iterate { k: found.iterations, value: found.value, ..Iterate::new(&found.x) };
        let seconds = (clock.started.elapsed() - clock.paused).as_secs_f64();
        if clock.iterations.last() != Some(&found.iterations) {
            // The outcome stands at the end of the curve; there is nothing left to stop.
            let _ = look(&last, &mut clock);
        }
        count_gradients(&mut curve, &found, &clock.iterations, seen as u64, self.examples());
        Ok(Fit { trained: trained(found, seen as u64, self.examples(), seconds), curve })
    }

    fn checkpoint<'a>(
        &self,
        iterate: &'a Iterate<f64>,
        seen: usize,
        elapsed: Duration,
    ) -> Checkpoint<'a, f64> {
        Checkpoint {
            steps: iterate.k,
            epochs: (iterate.k * seen) as f64 / self.examples() as f64,
            example_grads: 0,
            params: &iterate.x,
            batch_loss: iterate.value,
            lr: iterate.alpha,
            clipped: 0,
            elapsed,
        }
    }
}

/// Fills in what only the trace knows: how many gradients each point has cost, and how many of them were
/// clipped.
fn count_gradients(
    curve: &mut Curve,
    found: &Minimum<f64>,
    iterations: &[usize],
    seen: u64,
    examples: usize,
) {
    for (point, &iteration) in iterations.iter().enumerate() {
        let row = found.trace.iteration.iter().rposition(|&k| k <= iteration);
        let grads = row.map_or(0, |row| found.trace.evaluations[row].grad as u64);
        curve.example_grads[point] = grads * seen;
        curve.epoch[point] = (grads * seen) as f64 / examples as f64;
        let rows = row.map_or(0, |row| row + 1).min(found.trace.clipped.len());
        curve.clipped[point] = found.trace.clipped[..rows].iter().filter(|clipped| **clipped).count() as u64;
    }
}

fn trained(found: Minimum<f64>, seen: u64, examples: usize, seconds: f64) -> Trained<f64> {
    let example_grads = found.evaluations.grad as u64 * seen;
    Trained {
        params: found.x,
        steps: found.iterations,
        epochs: example_grads as f64 / examples as f64,
        example_grads,
        clipped: found.trace.clipped.iter().filter(|clipped| **clipped).count() as u64,
        seconds,
        termination: found.termination,
    }
}
