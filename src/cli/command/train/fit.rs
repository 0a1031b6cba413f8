//! The run itself, each way.

use super::{Checked, Outcomes, Train, Way};
use crate::cli::curved::{Curved, with_curved};
use crate::cli::progress::Bar;
use crate::data::{self, Preprocessing};
#[cfg(not(feature = "lapack"))]
use crate::error::Error;
use crate::error::Result;
use crate::loss;
#[cfg(feature = "lapack")]
use crate::loss::Softmax;
use crate::optimizer::first_order::Averaging;
#[cfg(feature = "lapack")]
use crate::optimizer::second_order::{BlockDiagonal, Kfac, Lbfgs};
use crate::progress::Progress;
use crate::real::Real;
use crate::schedule::Schedule;
use crate::stop::Stop;
use crate::train::{Batch, ByOptimizer, Checkpoint, Classifier, Fit, Training};

impl Train {
    fn classifier<F: Real>(&self, checked: &Checked) -> Result<Classifier<F>> {
        let prepared = Preprocessing::default().prepare::<F>(&data::by_name(&self.data, self.seed)?);
        let classifier = Classifier::new(prepared, checked.model.clone(), checked.regularizer);
        Ok(match checked.initialization {
            Some(initialization) => classifier.initialization(initialization),
            None => classifier,
        })
    }

    pub(super) fn fit<F: Real>(&self, checked: &Checked) -> Result<Outcomes> {
        let Way::Rule { rule, lr, batch } = checked.way.clone() else {
            unreachable!("the whole loss is fitted elsewhere")
        };
        let classifier = self.classifier::<F>(checked)?;
        let settings = self.training(lr, batch, classifier.examples())?;
        let bar = Bar::new("training:");
        bar.start("epoch", self.epochs() as u64);
        let fit =
            classifier.fit_observed(loss::by_name::<F>(&self.loss)?, rule, &settings, |checkpoint, _| {
                bar.set(checkpoint.epochs.round() as u64);
            })?;
        Ok(Outcomes::of(fit))
    }

    pub(super) fn fit_whole(&self, checked: &Checked, optimizer: Curved, stop: Stop) -> Result<Outcomes> {
        let classifier = self.classifier::<f64>(checked)?;
        let loss = || loss::by_name::<f64>(&self.loss);
        let risk = classifier.risk(loss()?)?;
        optimizer.check_size(&self.optimizer, risk.layout().len())?;
        optimizer.check_blocks(risk.model().classes(), risk.model().features() + 1)?;
        let run = ByOptimizer { stop, seed: self.seed, ..ByOptimizer::default() };
        let bar = Bar::new("training:");
        bar.start("iteration", stop.max_iter as u64);
        let watch = |checkpoint: &Checkpoint<f64>, _: f64| bar.set(checkpoint.steps as u64);
        #[cfg(feature = "lapack")]
        if let Curved::Lbfgs { memory, search, preconditioned: true } = optimizer {
            let blocks = BlockDiagonal::default().seed(self.seed);
            let chosen = Lbfgs::new(memory).line_search(search)?.preconditioned(blocks);
            return Ok(Outcomes::of(classifier.fit_by_observed(
                classifier.linear_risk(loss()?)?,
                chosen,
                loss()?,
                &run,
                watch,
            )?));
        }
        let fit = with_curved!(optimizer, chosen => classifier.fit_by_observed(risk, chosen, loss()?, &run, watch)?);
        Ok(Outcomes::of(fit))
    }

    #[cfg(feature = "lapack")]
    pub(super) fn fit_kfac(&self, checked: &Checked, damping: f64, batch: Batch) -> Result<Outcomes> {
        let classifier = self.classifier::<f64>(checked)?;
        let examples = classifier.examples();
        let (kfac, run) = match batch {
            Batch::Size(size) | Batch::WithReplacement(size) => (
                Kfac::minibatch(size, self.seed)?,
                ByOptimizer::batches(size, self.epochs(), examples, self.seed)?,
            ),
            Batch::Full => {
                let iterations = self.max_iter.or(self.epochs).unwrap_or(ByOptimizer::KFAC_MAX_ITER);
                let stop = Stop::grad(self.grad_tol.unwrap_or(ByOptimizer::GRAD_TOL)).max_iter(iterations);
                (Kfac::new(), ByOptimizer { stop, seed: self.seed, ..ByOptimizer::default() })
            }
        };
        run.stop.validate()?;
        let bar = Bar::new("training:");
        bar.start("iteration", run.stop.max_iter as u64);
        let watch = |checkpoint: &Checkpoint<f64>, _: f64| bar.set(checkpoint.steps as u64);
        Ok(Outcomes::of(classifier.fit_by_observed(
            classifier.network_risk()?,
            kfac.damping(damping)?,
            Softmax,
            &run,
            watch,
        )?))
    }

    #[cfg(not(feature = "lapack"))]
    pub(super) fn fit_kfac(&self, _: &Checked, _: f64, _: Batch) -> Result<Outcomes> {
        Err(Error::Unsupported {
            what: "kfac is not in this build".into(),
            remedy: "build gradus with the feature lapack",
        })
    }

    /// The settings of the loop, now that the number of examples is known.
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

impl Outcomes {
    fn of<F: Real>(fit: Fit<F>) -> Self {
        Outcomes {
            steps_per_second: fit.steps_per_second(),
            termination: fit.trained.termination,
            clipped: fit.trained.clipped,
            steps: fit.trained.steps,
            epochs: fit.trained.epochs,
            seconds: fit.trained.seconds,
            curve: fit.curve,
        }
    }
}
