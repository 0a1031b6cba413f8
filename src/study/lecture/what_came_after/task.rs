//! The nets that are trained, and one run of an optimizer on one of them.

use super::contender::{Contender, Kind};
use crate::compare::ModelKind;
use crate::data;
use crate::error::Result;
use crate::loss::{Likelihood, Logistic, Softmax};
use crate::minimize::minimize_observed;
use crate::objective::Objective;
use crate::optimizer::first_order::AnyRule;
use crate::optimizer::second_order::Kfac;
use crate::risk::Regularizer;
use crate::schedule::Schedule;
use crate::stop::Stop;
use crate::study::Context;
use crate::train::{Batch, Classifier, Training, train_observed};
use ndarray::Array1;
use std::ops::ControlFlow;

/// A net, the examples on which it is trained, and the training loss that has to be reached.
#[derive(Clone)]
pub(in crate::study::lecture) struct Task {
    pub name: &'static str,
    pub classifier: Classifier<f64>,
    pub batch: usize,
    pub target: f64,
    /// The number of steps of a run of a fixed length.
    pub length: usize,
}

/// The names, the data, the nets, the batch sizes, the targets and the lengths.
const TASKS: [(&str, &str, &str, usize, f64, usize); 3] = [
    ("digits", "digits", "mlp:50,50", 128, 0.02, 360),
    ("spiral", "spiral", "mlp:50,50", 64, 0.05, 360),
    ("autoencoder", "digits", "autoencoder:32,16,6", 128, 20.0, 720),
];

pub(in crate::study::lecture) fn all(context: &Context) -> Result<Vec<Task>> {
    let task = |(name, data, model, batch, target, length)| {
        let model = ModelKind::parse(model)?;
        let data = data::by_name(data, context.seed)?;
        let prepared = Classifier::<f64>::preprocessing(&model).prepare::<f64>(&data);
        let classifier = Classifier::new(prepared, model, Regularizer::default());
        Ok(Task { name, classifier, batch, target, length })
    };
    TASKS.into_iter().map(task).collect()
}

/// How long a run may take, and what it draws.
#[derive(Clone, Copy)]
pub(in crate::study::lecture) struct Limits {
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
pub(in crate::study::lecture) struct Way {
    /// The steps to the target; all that were allowed, if it was not reached.
    pub steps: usize,
    pub reached: bool,
    /// The seconds of a step.
    pub seconds_per_step: f64,
    /// The training loss at each look, from the start.
    pub losses: Vec<f64>,
}

impl Way {
    /// Returns the loss at the end; infinity for a run that diverged.
    pub fn last(&self) -> f64 {
        self.losses.last().copied().filter(|loss| loss.is_finite()).unwrap_or(f64::INFINITY)
    }
}

/// Evaluates the training loss, while the clock of the run stands still.
struct Lookout<R> {
    risk: R,
    target: f64,
    limits: Limits,
    way: Way,
    /// The last step that was looked at.
    seen: Option<usize>,
}

impl<R: Objective<f64>> Lookout<R> {
    fn look(&mut self, steps: usize, x: &Array1<f64>) -> ControlFlow<()> {
        if !steps.is_multiple_of(self.limits.look) || self.seen == Some(steps) {
            return ControlFlow::Continue(());
        }
        self.seen = Some(steps);
        let loss = self.risk.value(x);
        self.way.losses.push(loss);
        if self.limits.to_target && loss <= self.target {
            (self.way.steps, self.way.reached) = (steps, true);
        }
        let over = self.way.reached || steps >= self.limits.steps;
        if over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Task {
    /// Returns the limits of a run to the target with the batch size of the task.
    pub fn limits(&self, steps: usize, seed: u64) -> Limits {
        Limits { batch: self.batch, steps, look: 4, schedule: Schedule::Constant, seed, to_target: true }
    }

    /// Runs an optimizer with a value of the setting that is tuned.
    pub fn run(&self, contender: &Contender, setting: f64, limits: Limits) -> Result<Way> {
        match &contender.kind {
            Kind::Rule(rule) => self.by_rule(rule, setting, limits),
            Kind::Kfac if self.classifier.is_autoencoder() => self.by_kfac(Logistic, setting, limits),
            Kind::Kfac => self.by_kfac(Softmax, setting, limits),
        }
    }

    fn lookout<R: Objective<f64>>(&self, risk: R, limits: Limits) -> Lookout<R> {
        let way = Way { steps: limits.steps, reached: false, seconds_per_step: f64::NAN, losses: Vec::new() };
        Lookout { risk, target: self.target, limits, way, seen: None }
    }

    fn by_rule(&self, rule: &AnyRule, lr: f64, limits: Limits) -> Result<Way> {
        if self.classifier.is_autoencoder() {
            self.by_rule_under(Logistic, rule, lr, limits)
        } else {
            self.by_rule_under(Softmax, rule, lr, limits)
        }
    }

    fn by_rule_under<L: Likelihood + Copy>(
        &self,
        loss: L,
        rule: &AnyRule,
        lr: f64,
        limits: Limits,
    ) -> Result<Way> {
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
        let mut lookout = self.lookout(whole, limits);
        let start = self.classifier.initial(limits.seed);
        let trained = train_observed(&mut risk, rule.clone(), &start, &settings, |seen| {
            lookout.look(seen.steps, seen.params)
        })?;
        lookout.way.seconds_per_step = trained.seconds / trained.steps.max(1) as f64;
        Ok(diverged(lookout.way, trained.termination.diverged()))
    }

    fn by_kfac<L: Likelihood + Copy>(&self, loss: L, damping: f64, limits: Limits) -> Result<Way> {
        let kfac = Kfac::minibatch(limits.batch, limits.seed)?.damping(damping)?;
        let mut lookout = self.lookout(self.classifier.network_risk_of(loss)?, limits);
        let risk = self.classifier.network_risk_of(loss)?;
        let start = self.classifier.initial(limits.seed);
        let stop = Stop::iterations(limits.steps);
        let found = minimize_observed(risk, &start, kfac, stop, |moment| {
            lookout.look(moment.iterate.k, &moment.iterate.x)
        })?;
        lookout.way.seconds_per_step = found.seconds / found.iterations.max(1) as f64;
        Ok(diverged(lookout.way, found.termination.diverged()))
    }
}

/// Notes in the losses that a run diverged.
fn diverged(mut way: Way, diverged: bool) -> Way {
    if diverged {
        way.losses.push(f64::INFINITY);
    }
    way
}

#[cfg(test)]
mod tests {
    use super::super::contender;
    use super::*;
    use crate::progress::Silent;
    use crate::study::Budget;

    fn spiral() -> Task {
        let context = Context { seed: 0, budget: Budget::Quick, progress: &Silent };
        all(&context).unwrap().swap_remove(1)
    }

    #[test]
    fn a_run_ends_at_the_target_or_at_its_limit() {
        let task = spiral();
        for contender in contender::all() {
            let way = task.run(&contender, contender.default, task.limits(1000, 1)).unwrap();
            let last = way.last();
            assert_eq!(way.reached, last <= task.target, "{}: {last}", contender.name);
            assert_eq!(way.losses.len(), way.steps / 4 + 1, "{}", contender.name);
            assert!(way.seconds_per_step > 0.0);
        }
        let short = task.run(&contender::all()[1], 1e-3, task.limits(8, 1)).unwrap();
        assert_eq!((short.steps, short.reached, short.losses.len()), (8, false, 3));
    }

    #[test]
    fn a_run_that_diverges_ends_at_infinity() {
        let task = spiral();
        let momentum = &contender::all()[0];
        let way = task.run(momentum, 1e200, task.limits(100, 1)).unwrap();
        assert_eq!((way.reached, way.steps, way.last()), (false, 100, f64::INFINITY));
    }
}
