//! The training run.

use super::options::Train;
use super::outcomes::Outcomes;
use super::plan::{Checked, Way};
use crate::cli::interrupt;
use crate::cli::progress::Bar;
use crate::data;
use crate::error::Result;
use crate::loss::{self, Logistic, Loss, Softmax, Squared};
use crate::model::Model;
use crate::objective::{AnyObjective, DynamicObjective, KroneckerFactored, Objective};
use crate::optimizer::catalogue::Needs;
use crate::optimizer::first_order::Averaging;
use crate::progress::Progress;
use crate::ranks::{Ranks, agree, as_rank_0_says};
use crate::real::Real;
use crate::risk::{EmpiricalRisk, Share};
use crate::schedule::Schedule;
use crate::stop::Stop;
use crate::table::Table;
use crate::train::{Batch, ByOptimizer, Checkpoint, Classifier, Fit, Training};
use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

impl Train {
    fn classifier<F: Real>(&self, checked: &Checked, ranks: &Arc<dyn Ranks>) -> Result<Classifier<F>> {
        let preprocessing = Classifier::<F>::preprocessing(&checked.model);
        let draws = checked.way.draws_batches();
        let share = |count| {
            let share = Share::new(ranks.clone(), count)?;
            Ok(if draws { share.holding_all() } else { share })
        };
        let rows = |count| share(count).map_or(0..count, |share: Share| share.rows);
        let read = share(0).and_then(|_| data::some_by_name(&self.data, self.seed, rows));
        let (data, count) = agree(&**ranks, read)?;
        let share = share(count)?;
        let prepared = match share.rows.len() < count {
            true => preprocessing.prepare_among::<F>(&data, &**ranks, count),
            false => preprocessing.prepare::<F>(&data),
        };
        let classifier = Classifier::new(prepared, checked.model.clone(), checked.regularizer).shared(share);
        Ok(match checked.initialization {
            Some(initialization) => classifier.initialization(initialization),
            None => classifier,
        })
    }

    pub(super) fn fit<F: Real>(&self, checked: &Checked, ranks: &Arc<dyn Ranks>) -> Result<Outcomes> {
        let Way::Rule { rule, lr, batch } = &checked.way else {
            unreachable!("other optimizers are fitted elsewhere")
        };
        let classifier = self.classifier::<F>(checked, ranks)?;
        let settings = self.training(*lr, *batch, classifier.examples())?;
        let loss = loss::by_name::<F>(&checked.loss)?;
        let watch = Watch::start(&classifier, &loss, ranks, "epoch", self.epochs());
        let (fit, kept) = interrupt::looked_at_by(|| {
            let keeping = checked.keeping.clone();
            classifier.fit_kept(&loss, rule.clone(), &settings, keeping, |checkpoint, loss| {
                watch.see(checkpoint, loss, checkpoint.epochs.round() as u64)
            })
        })?;
        Ok(Outcomes::of(fit, kept, &classifier))
    }

    /// Trains by an optimizer other than an update rule, on the risk in the form that it needs.
    pub(super) fn fit_by_optimizer(&self, checked: &Checked, ranks: &Arc<dyn Ranks>) -> Result<Outcomes> {
        let classifier = self.classifier::<f64>(checked, ranks)?;
        let loss = loss::by_name::<f64>(&checked.loss)?;
        match checked.chosen.needs() {
            Needs::Layers => match &*checked.loss {
                "squared" => {
                    self.fit_on(checked, ranks, &classifier, classifier.network_risk_of(Squared)?, Squared)
                }
                "logistic" => {
                    self.fit_on(checked, ranks, &classifier, classifier.network_risk_of(Logistic)?, Logistic)
                }
                _ => self.fit_on(checked, ranks, &classifier, classifier.network_risk()?, Softmax),
            },
            Needs::Blocks => self.fit_on(checked, ranks, &classifier, classifier.linear_risk(&loss)?, &loss),
            _ => self.fit_on(checked, ranks, &classifier, classifier.risk(&loss)?, &loss),
        }
    }

    fn fit_on<M: Model<f64>, L: Loss<f64>>(
        &self,
        checked: &Checked,
        ranks: &Arc<dyn Ranks>,
        classifier: &Classifier<f64>,
        risk: EmpiricalRisk<f64, M, L>,
        loss: impl Loss<f64>,
    ) -> Result<Outcomes>
    where
        EmpiricalRisk<f64, M, L>: DynamicObjective,
    {
        let (run, batch) = self.limits(checked, classifier.examples())?;
        let chosen = checked.chosen.clone().seed(self.seed).batch(batch);
        chosen.check_memory(risk.dim())?;
        chosen.check_blocks(risk.model().classes(), risk.model().features() + 1)?;
        let objective = AnyObjective::new(risk);
        chosen.check_layers(&objective.kronecker_blocks())?;
        let watch = Watch::start(classifier, &loss, ranks, "iteration", run.stop.max_iter);
        let optimizer = chosen.optimizer()?;
        let (fit, kept) = interrupt::looked_at_by(|| {
            let keeping = checked.keeping.clone();
            classifier.fit_by_kept(objective, optimizer, &loss, &run, keeping, |checkpoint, loss| {
                watch.see(checkpoint, loss, checkpoint.steps as u64)
            })
        })?;
        Ok(Outcomes::of(fit, kept, classifier))
    }

    /// Returns the limits of the run, and how many examples each step draws.
    fn limits(&self, checked: &Checked, examples: usize) -> Result<(ByOptimizer, Option<usize>)> {
        let whole = |stop| Ok((ByOptimizer { stop, seed: self.seed, ..ByOptimizer::default() }, None));
        match &checked.way {
            Way::Whole { stop } => whole(*stop),
            Way::Batches { batch: Batch::Size(size) | Batch::WithReplacement(size) } => {
                Ok((ByOptimizer::batches(*size, self.epochs(), examples, self.seed)?, Some(*size)))
            }
            _ => {
                let iterations = self.max_iter.or(self.epochs).unwrap_or(ByOptimizer::KFAC_MAX_ITER);
                let stop = Stop::grad(self.grad_tol.unwrap_or(ByOptimizer::GRAD_TOL)).max_iter(iterations);
                stop.validate()?;
                whole(stop)
            }
        }
    }

    /// Returns the settings of the loop for a number of examples.
    fn training(&self, lr: f64, batch: Batch, examples: usize) -> Result<Training> {
        let constant = Training {
            epochs: self.epochs(),
            batch,
            lr,
            schedule: Schedule::Constant,
            seed: self.seed,
            checkpoint_every: None,
            accumulate: self.accumulate,
            average: Averaging::Off,
        };
        let epoch = constant.steps_per_epoch(examples);
        let schedule = Schedule::parse(&self.schedule, epoch, self.epochs().saturating_mul(epoch))?;
        Ok(Training { schedule, average: self.options.average(epoch)?, ..constant })
    }
}

/// How often a run that several processes share says how far it is: they have no terminal.
const SAID_EVERY: Duration = Duration::from_secs(10);

/// Looks at a run: shows how far it is and what it found, and ends it after Ctrl-C.
struct Watch<'a, F: Real, L> {
    bar: Bar,
    classifier: &'a Classifier<F>,
    loss: &'a L,
    ranks: &'a dyn Ranks,
    said: Cell<Instant>,
    unit: &'static str,
    total: usize,
}

impl<'a, F: Real, L: Loss<F>> Watch<'a, F, L> {
    fn start(
        classifier: &'a Classifier<F>,
        loss: &'a L,
        ranks: &'a Arc<dyn Ranks>,
        unit: &'static str,
        total: usize,
    ) -> Self {
        let bar = Bar::new("training:");
        bar.start(unit, total as u64);
        Watch { bar, classifier, loss, ranks: &**ranks, said: Cell::new(Instant::now()), unit, total }
    }

    fn see(&self, checkpoint: &Checkpoint<F>, loss: f64, done: u64) -> ControlFlow<()> {
        self.bar.set(done);
        if Bar::is_watched() {
            let quality = match self.classifier.is_autoencoder() {
                true => format!("error {:.3}", self.classifier.test_error(self.loss, checkpoint.params)),
                false => format!("accuracy {:.3}", self.classifier.test_accuracy(checkpoint.params)),
            };
            self.bar.say(format!("loss {loss:.4}, test {quality}, {}", self.unit));
        } else if self.ranks.size() > 1 && self.ranks.rank() == 0 && self.said.get().elapsed() > SAID_EVERY {
            self.bar.tell(&format!("{} {done} of {}, loss {loss:.4}", self.unit, self.total));
            self.said.set(Instant::now());
        }
        match as_rank_0_says(self.ranks, interrupt::heard()) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }
}

impl Outcomes {
    fn of<F: Real>(fit: Fit<F>, kept: Result<()>, classifier: &Classifier<F>) -> Self {
        let (params, layout) = (&fit.trained.params, classifier.layout());
        let parameters = Table::new("parameters", "")
            .text("name", (0..params.len()).map(|i| layout.name_of(i)))
            .float("value", params.iter().map(|value| value.wide()).collect::<Vec<_>>());
        Outcomes {
            parameters,
            steps_per_second: fit.steps_per_second(),
            termination: fit.trained.termination,
            clipped: fit.trained.clipped,
            steps: fit.trained.steps,
            epochs: fit.trained.epochs,
            seconds: fit.trained.seconds,
            curve: fit.curve,
            kept,
        }
    }
}
