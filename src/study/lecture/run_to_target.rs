//! Runs of an optimizer on a net until the training loss reaches a target, or of a fixed length.

use crate::compare::replicates;
use crate::error::Result;
use crate::loss::{Likelihood, Logistic, Softmax};
use crate::minimize::minimize_observed;
use crate::objective::Objective;
use crate::optimizer::first_order::AnyRule;
use crate::optimizer::second_order::Kfac;
use crate::schedule::Schedule;
use crate::stop::Stop;
use crate::study::Context;
use crate::train::{Batch, Classifier, Training, train_observed};
use ndarray::Array1;
use std::ops::ControlFlow;

/// A net, the examples on which it is trained, and the training loss that has to be reached.
#[derive(Clone)]
pub(super) struct Task {
    pub name: &'static str,
    pub classifier: Classifier<f64>,
    pub batch: usize,
    pub target: f64,
}

/// What trains a net.
#[derive(Clone)]
pub(super) enum Method {
    /// An update rule, whose setting is the learning rate.
    Rule(AnyRule),
    /// K-FAC, whose setting is the first damping: it finds its rate itself.
    Kfac,
}

/// How long a run may take, and what it draws.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub batch: usize,
    /// The largest number of steps.
    pub steps: usize,
    /// The number of steps between two evaluations of the training loss.
    pub look: usize,
    pub schedule: Schedule,
    pub seed: u64,
    /// Whether the run ends at the target.
    pub to_target: bool,
}

/// One run.
#[derive(Clone, Debug)]
pub(super) struct RunToTarget {
    /// The steps to the target; all that were allowed, if it was not reached.
    pub steps: usize,
    pub reached: bool,
    /// The seconds of a step.
    pub seconds_per_step: f64,
    /// The training loss at each look, from the start.
    pub losses: Vec<f64>,
}

impl RunToTarget {
    /// Returns the loss at the end; infinity for a run that diverged.
    pub fn last(&self) -> f64 {
        self.losses.last().copied().filter(|loss| loss.is_finite()).unwrap_or(f64::INFINITY)
    }
}

/// Evaluates the training loss, while the clock of the run stands still.
struct RiskObserver<R> {
    risk: R,
    target: f64,
    limits: Limits,
    run: RunToTarget,
    /// The last step that was looked at.
    seen: Option<usize>,
}

impl<R: Objective<f64>> RiskObserver<R> {
    fn look(&mut self, steps: usize, x: &Array1<f64>) -> ControlFlow<()> {
        if !steps.is_multiple_of(self.limits.look) || self.seen == Some(steps) {
            return ControlFlow::Continue(());
        }
        self.seen = Some(steps);
        let loss = self.risk.value(x);
        self.run.losses.push(loss);
        if self.limits.to_target && loss <= self.target {
            (self.run.steps, self.run.reached) = (steps, true);
        }
        let over = self.run.reached || steps >= self.limits.steps;
        if over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Task {
    /// Returns the limits of a run to the target with the batch size of the task.
    pub fn limits(&self, steps: usize, seed: u64) -> Limits {
        Limits { batch: self.batch, steps, look: 4, schedule: Schedule::Constant, seed, to_target: true }
    }

    /// Runs an optimizer with a value of the setting that is tuned.
    pub fn run(&self, method: &Method, setting: f64, limits: Limits) -> Result<RunToTarget> {
        match (method, self.classifier.is_autoencoder()) {
            (Method::Rule(rule), true) => self.by_rule(Logistic, rule, setting, limits),
            (Method::Rule(rule), false) => self.by_rule(Softmax, rule, setting, limits),
            (Method::Kfac, true) => self.by_kfac(Logistic, setting, limits),
            (Method::Kfac, false) => self.by_kfac(Softmax, setting, limits),
        }
    }

    /// Returns the seconds of a step: the shortest mean of a few runs of a fixed length, one after another on
    /// one thread.
    pub fn seconds_per_step(
        &self,
        method: &Method,
        setting: f64,
        limits: Limits,
        context: &Context,
    ) -> Result<f64> {
        let limits = Limits { look: limits.steps, to_target: false, ..limits };
        // One replicate, because rayon's threads do not ask for a helper.
        let seconds = replicates(1, context.progress, "seconds of a step", |_| {
            let runs = (0..context.choose(3, 1)).map(|_| self.run(method, setting, limits));
            runs.map(|run| Ok(run?.seconds_per_step)).collect::<Result<Vec<f64>>>()
        });
        let seconds = seconds.into_iter().collect::<Result<Vec<_>>>()?;
        Ok(seconds.into_iter().flatten().fold(f64::INFINITY, f64::min))
    }

    fn observer<R: Objective<f64>>(&self, risk: R, limits: Limits) -> RiskObserver<R> {
        let run = RunToTarget {
            steps: limits.steps,
            reached: false,
            seconds_per_step: f64::NAN,
            losses: Vec::new(),
        };
        RiskObserver { risk, target: self.target, limits, run, seen: None }
    }

    fn by_rule<L: Likelihood + Copy>(
        &self,
        loss: L,
        rule: &AnyRule,
        lr: f64,
        limits: Limits,
    ) -> Result<RunToTarget> {
        let (mut risk, whole) =
            (self.classifier.network_risk_of(loss)?, self.classifier.network_risk_of(loss)?);
        let settings = Training {
            batch: Batch::Size(limits.batch),
            lr,
            schedule: limits.schedule,
            seed: limits.seed,
            checkpoint_every: Some(limits.look),
            ..Training::default()
        };
        let epochs = limits.steps.div_ceil(settings.steps_per_epoch(self.classifier.examples()));
        let settings = Training { epochs, ..settings };
        let mut observer = self.observer(whole, limits);
        let start = self.classifier.initial(limits.seed);
        let trained = train_observed(&mut risk, rule.clone(), &start, &settings, |seen| {
            observer.look(seen.steps, seen.params)
        })?;
        observer.run.seconds_per_step = trained.seconds / trained.steps.max(1) as f64;
        Ok(diverged(observer.run, trained.termination.diverged()))
    }

    fn by_kfac<L: Likelihood + Copy>(&self, loss: L, damping: f64, limits: Limits) -> Result<RunToTarget> {
        let kfac = Kfac::minibatch(limits.batch, limits.seed)?.damping(damping)?;
        let mut observer = self.observer(self.classifier.network_risk_of(loss)?, limits);
        let risk = self.classifier.network_risk_of(loss)?;
        let start = self.classifier.initial(limits.seed);
        let stop = Stop::iterations(limits.steps);
        let found = minimize_observed(risk, &start, kfac, stop, |moment| {
            observer.look(moment.iterate.k, &moment.iterate.x)
        })?;
        observer.run.seconds_per_step = found.seconds / found.iterations.max(1) as f64;
        Ok(diverged(observer.run, found.termination.diverged()))
    }
}

/// Notes in the losses that a run diverged.
fn diverged(mut run: RunToTarget, diverged: bool) -> RunToTarget {
    if diverged {
        run.losses.push(f64::INFINITY);
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::ModelKind;
    use crate::data::{self, Preprocessing};
    use crate::optimizer::first_order::{Momentum, ScheduleFreeAdamW};
    use crate::risk::Regularizer;

    fn spiral() -> Task {
        let data = Preprocessing::default().prepare::<f64>(&data::by_name("spiral", 0).unwrap());
        let model = ModelKind::parse("mlp:50,50").unwrap();
        let classifier = Classifier::new(data, model, Regularizer::default());
        Task { name: "spiral", classifier, batch: 64, target: 0.05 }
    }

    fn momentum() -> Method {
        Method::Rule(AnyRule::new(Momentum::new(0.9)))
    }

    #[test]
    fn a_run_ends_at_the_target_or_at_its_limit() {
        let task = spiral();
        let free = Method::Rule(AnyRule::new(ScheduleFreeAdamW::default()));
        for (method, setting) in [(momentum(), 0.3), (free, 0.1), (Method::Kfac, 0.03)] {
            let run = task.run(&method, setting, task.limits(1000, 1)).unwrap();
            assert!(run.reached && run.steps < 1000 && run.last() <= task.target, "{run:?}");
            assert_eq!(run.losses.len(), run.steps / 4 + 1);
            let before = run.losses[..run.losses.len() - 1].iter();
            assert!(before.clone().all(|loss| *loss > task.target) && run.seconds_per_step > 0.0);
        }
        let short = task.run(&momentum(), 1e-3, task.limits(8, 1)).unwrap();
        assert_eq!((short.steps, short.reached, short.losses.len()), (8, false, 3));
    }

    #[test]
    fn a_run_that_diverges_ends_at_infinity() {
        let task = spiral();
        let run = task.run(&momentum(), 1e200, task.limits(100, 1)).unwrap();
        assert_eq!((run.reached, run.steps, run.last()), (false, 100, f64::INFINITY));
    }
}
