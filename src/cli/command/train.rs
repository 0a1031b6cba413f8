//! `gradus train`: one training run of a classifier.

use super::{Outcome, Session};
use crate::cli::curved::{Curved, CurvedOptions, with_curved};
use crate::cli::hessian::WithHessian;
use crate::cli::output::{self, Format, counted, duration, grouped, print_json};
use crate::cli::progress::Bar;
use crate::cli::project::Project;
use crate::cli::rule_options::RuleOptions;
use crate::cli::settings;
use crate::cli::trace_file::TraceFile;
use crate::compare::{ByOptimizer, Classifier, Curve, Fit};
use crate::data::{self, Preprocessing};
use crate::error::{Error, Result, check_hyperparameter};
use crate::loss;
#[cfg(feature = "lapack")]
use crate::loss::Softmax;
use crate::model::{Initialization, ModelKind};
use crate::optimizer::first_order::{Averaging, Clip, Clipped, Rule, UpdateRule};
#[cfg(feature = "lapack")]
use crate::optimizer::second_order::Kfac;
use crate::real::Real;
use crate::risk::Regularizer;
use crate::schedule::Schedule;
use crate::stop::{Stop, Termination};
use crate::study::Progress;
use crate::table::Table;
use crate::train::{Batch, Checkpoint, Training};
use clap::Args;
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// Rows of the curve that the summary shows.
const SHOWN_ROWS: usize = 12;

/// Trains a classifier by minibatches, or by an optimizer of the whole loss, and evaluates it after every epoch or iteration
///
/// Images are scaled to [0, 1] and their mean is subtracted. The loss is the mean over the training
/// examples plus l2·Σw² + l1·Σ|w| (biases left out). Evaluation is off the clock. The same seed gives the same numbers.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus train
  gradus train --data digits --loss svm --optimizer adam --epochs 30
  gradus train --data fashion-mnist --model mlp:100 --lr 0.05 --l2 1e-5 --schedule cosine --epochs 15
  gradus train --data fashion-mnist --lr 0.02 --momentum 0.9 --schedule cosine --l2 1e-4 --epochs 20
  gradus train --optimizer gd --batch full --lr 1 --epochs 200 --trace curve.parquet
  gradus train --data fashion-mnist --optimizer lbfgs --batch full --precision f64 --l2 1e-4 --grad-tol 1e-4
  gradus train --model mlp:32 --optimizer kfac --l2 1e-4 --epochs 5

In the JSON, a number that is not finite is null. If a run diverges, its termination says so, the
losses and accuracies are those of the last epoch before, and the trace is kept.")]
pub struct Train {
    /// digits (embedded), fashion-mnist, mnist, cifar-10 (see `gradus fetch`), blobs or spiral (generated)
    #[arg(long, value_name = "NAME", default_value = "digits")]
    data: String,
    /// linear, or mlp:H[,H…][,relu|tanh], a fully connected net with hidden layers of these sizes, such as mlp:100,50,tanh
    #[arg(long, value_name = "MODEL", default_value = "linear")]
    model: String,
    /// softmax (cross-entropy), svm (multiclass hinge), one-vs-all or structured (other hinges), squared, logistic, huber[:DELTA]
    #[arg(long, value_name = "LOSS", default_value = "softmax")]
    loss: String,
    /// Initial weights: zero, normal:DEVIATION, xavier or he [default: zero for linear, he for relu, xavier for tanh]
    #[arg(long, value_name = "INIT")]
    init: Option<String>,
    /// gd (or sgd), momentum, nesterov, adagrad, rmsprop, adam, … by minibatches (the first-order ones of
    /// `gradus list optimizers`); bfgs, lbfgs, cg, … on the whole loss; kfac on either
    #[arg(long, value_name = "NAME", default_value = "momentum")]
    optimizer: String,
    /// Learning rate, > 0 [default: 0.1 for momentum and nesterov, 0.5 for sgd, 0.05 for adagrad,
    /// 0.01 for rmsprop and adam's family, 1 for adadelta, 0.001 for lion]
    #[arg(long, value_name = "X", value_parser = settings::number, allow_hyphen_values = true)]
    lr: Option<f64>,
    /// Examples a step, from 1 to all, drawn without replacement; or full [default: 128; full for bfgs, lbfgs, cg, …]
    #[arg(long, value_name = "N|full", allow_hyphen_values = true)]
    batch: Option<String>,
    /// Batches whose gradients are averaged before a step is made, ≥ 1
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = settings::whole::<usize>, allow_hyphen_values = true)]
    accumulate: usize,
    /// Passes over the training examples, ≥ 1 [default: 10]
    #[arg(long, value_name = "N", value_parser = settings::whole::<usize>, allow_hyphen_values = true)]
    epochs: Option<usize>,
    /// Of bfgs, lbfgs, cg, …: most iterations, ≥ 1 [default: --epochs, else 1000]
    #[arg(long, value_name = "N", value_parser = settings::whole::<usize>, allow_hyphen_values = true)]
    max_iter: Option<usize>,
    /// Of bfgs, lbfgs, cg, …: converged when no entry of the gradient is larger than this, ≥ 0 [default: 1e-4]
    #[arg(long, value_name = "X", value_parser = settings::number, allow_hyphen_values = true)]
    grad_tol: Option<f64>,
    /// Of kfac: where its damping λ starts, > 0 [default: 0.03]
    #[arg(long, value_name = "X", value_parser = settings::number, allow_hyphen_values = true)]
    damping: Option<f64>,
    /// λ of the penalty λ·Σw², ≥ 0
    #[arg(long, value_name = "X", default_value_t = 0.0, value_parser = settings::number, allow_hyphen_values = true)]
    l2: f64,
    /// λ of the penalty λ·Σ|w|, ≥ 0
    #[arg(long, value_name = "X", default_value_t = 0.0, value_parser = settings::number, allow_hyphen_values = true)]
    l1: f64,
    /// Of the learning rate, in epochs: constant, cosine (to 0 at the end), step:EVERY,FACTOR, exponential:EVERY,FACTOR,
    /// inverse:EVERY, restarts:PERIOD[,GROWTH], onecycle[:SHARE], each after warmup:EPOCHS+ if wanted
    #[arg(long, value_name = "SCHEDULE", default_value = "constant")]
    schedule: String,
    /// Seed of the batches, of initial weights, and of generated data
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = settings::whole::<u64>, allow_hyphen_values = true)]
    seed: u64,
    /// f32 or f64 [default: f32; f64 for bfgs, lbfgs, cg, …]
    #[arg(long, value_name = "TYPE")]
    precision: Option<String>,
    /// Write a row for each epoch: epoch, steps, example_grads, losses, accuracies, lr, clipped, seconds
    #[arg(long, value_name = "FILE.csv|FILE.parquet")]
    trace: Option<PathBuf>,
    /// Print one JSON object instead of a summary
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    options: RuleOptions,
    #[command(flatten)]
    curved: CurvedOptions,
}

/// How the parameters move.
enum Way {
    /// By minibatches.
    Rule { rule: Clipped<Rule>, lr: f64, batch: Batch },
    /// On the whole loss.
    Whole { optimizer: Curved, stop: Stop },
    /// By K-FAC, on minibatches or the whole.
    Kfac { damping: f64, batch: Batch },
}

/// The settings that can be checked before any data are read.
struct Checked {
    way: Way,
    model: ModelKind,
    initialization: Option<Initialization>,
    regularizer: Regularizer,
    double: bool,
    trace: Option<TraceFile>,
}

/// A finished run, whatever its precision.
struct Outcomes {
    curve: Curve,
    termination: Termination,
    steps: usize,
    epochs: f64,
    seconds: f64,
    steps_per_second: f64,
    clipped: u64,
}

impl Train {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let checked = self.check()?;
        let done = match checked.way {
            Way::Whole { optimizer, stop } => self.fit_whole(&checked, optimizer, stop)?,
            Way::Kfac { damping, batch } => self.fit_kfac(&checked, damping, batch)?,
            Way::Rule { .. } if checked.double => self.fit::<f64>(&checked)?,
            Way::Rule { .. } => self.fit::<f32>(&checked)?,
        };
        if let Some(trace) = &checked.trace {
            trace.write(&done.curve.table("trace"))?;
        }
        if self.json {
            print_json(&self.json(&checked, &done), session.out)?;
        } else {
            self.summarize(&checked, &done, session)?;
        }
        Ok(Outcome::Done)
    }

    fn check(&self) -> Result<Checked> {
        data::describe(&self.data)?;
        loss::by_name::<f64>(&self.loss)?;
        let way = match Curved::by_name(&self.optimizer, &self.curved)? {
            Some(optimizer) => self.whole(optimizer)?,
            None if self.optimizer == "kfac" => self.kfac()?,
            None => self.by_rule()?,
        };
        let regularizer = Regularizer::elastic(self.l2, self.l1);
        regularizer.validate()?;
        check_hyperparameter("epochs", self.epochs() as f64, "at least 1", |v| v >= 1.0)?;
        check_hyperparameter("accumulate", self.accumulate as f64, "at least 1", |v| v >= 1.0)?;
        Schedule::parse(&self.schedule, 1, 1)?;
        self.options.average(1)?;
        Ok(Checked {
            model: ModelKind::parse(&self.model)?,
            initialization: self.init.as_deref().map(Initialization::parse).transpose()?,
            double: match (self.precision.as_deref(), &way) {
                (Some("f32"), Way::Whole { .. }) => {
                    let what = format!("{} computes in f64: differences of gradients drown in f32", self.optimizer);
                    return Err(Error::Unsupported { what, remedy: "leave --precision out, or write f64" });
                }
                (Some("f32"), Way::Kfac { .. }) => {
                    let what = "kfac computes in f64".into();
                    return Err(Error::Unsupported { what, remedy: "leave --precision out, or write f64" });
                }
                (None, Way::Whole { .. } | Way::Kfac { .. }) | (Some("f64"), _) => true,
                (None | Some("f32"), _) => false,
                (Some(other), _) => return Err(Error::unknown("precision", other, &["f32", "f64"])),
            },
            trace: self.trace.as_deref().map(TraceFile::new).transpose()?,
            way,
            regularizer,
        })
    }

    fn by_rule(&self) -> Result<Way> {
        let rule = self.rule()?;
        self.refuse(&self.curved.given())?;
        self.refuse(&[("--max-iter", self.max_iter.is_some()), ("--grad-tol", self.grad_tol.is_some())])?;
        self.refuse(&[("--damping", self.damping.is_some())])?;
        let lr = settings::learning_rate(self.lr.unwrap_or(default_lr(&rule.rule)))?;
        Ok(Way::Rule { rule, lr, batch: batch(self.batch.as_deref().unwrap_or("128"))? })
    }

    fn whole(&self, optimizer: Curved) -> Result<Way> {
        if let Some(text) = self.batch.as_deref()
            && batch(text)? != Batch::Full
        {
            let what =
                format!("{} needs the whole loss: a batch of {text} would give it a different function in every step", self.optimizer);
            return Err(Error::Unsupported { what, remedy: "write --batch full, or choose an update rule such as momentum" });
        }
        self.refuse(&self.options.given())?;
        self.refuse(&[("--damping", self.damping.is_some())])?;
        let (schedule, accumulate) = (self.schedule != "constant", self.accumulate != 1);
        self.refuse(&[("--lr", self.lr.is_some()), ("--schedule", schedule), ("--accumulate", accumulate)])?;
        let iterations = self.max_iter.or(self.epochs).unwrap_or(1000);
        check_hyperparameter("max-iter", iterations as f64, "at least 1", |n| n >= 1.0)?;
        let stop = Stop::grad(self.grad_tol.unwrap_or(1e-4)).max_iter(iterations);
        stop.validate()?;
        Ok(Way::Whole { optimizer, stop })
    }

    fn kfac(&self) -> Result<Way> {
        if self.loss != "softmax" {
            let what = format!("kfac goes by the probabilities of softmax, which {} has none of", self.loss);
            return Err(Error::Unsupported { what, remedy: "write --loss softmax, or choose another optimizer" });
        }
        self.refuse(&self.options.given())?;
        self.refuse(&self.curved.given())?;
        let (schedule, accumulate) = (self.schedule != "constant", self.accumulate != 1);
        self.refuse(&[("--lr", self.lr.is_some()), ("--schedule", schedule), ("--accumulate", accumulate)])?;
        let damping = check_hyperparameter("damping", self.damping.unwrap_or(0.03), "finite and > 0", |v| v.is_finite() && v > 0.0)?;
        let batch = batch(self.batch.as_deref().unwrap_or("128"))?;
        self.refuse(&[("--max-iter", self.max_iter.is_some() && batch != Batch::Full)])?;
        self.refuse(&[("--grad-tol", self.grad_tol.is_some() && batch != Batch::Full)])?;
        Ok(Way::Kfac { damping, batch })
    }

    /// Refuses options that the optimizer would ignore.
    fn refuse(&self, given: &[(&str, bool)]) -> Result<()> {
        match given.iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((option, _)) => {
                let what = format!("{option} does not go with {}, which has no such setting", self.optimizer);
                Err(Error::Unsupported { what, remedy: "leave it out, or choose another optimizer" })
            }
        }
    }

    fn epochs(&self) -> usize {
        self.epochs.unwrap_or(10)
    }

    fn rule(&self) -> Result<Clipped<Rule>> {
        match self.optimizer.as_str() {
            name if name == "random-search" || WithHessian::by_name(name).is_some() => {
                let what = format!("{name} does not learn from minibatches");
                Err(Error::Unsupported { what, remedy: "choose an update rule such as momentum, or try it with 'gradus minimize'" })
            }
            name => self.options.rule(name),
        }
    }

    fn classifier<F: Real>(&self, checked: &Checked) -> Result<Classifier<F>> {
        let prepared = Preprocessing::default().prepare::<F>(&data::by_name(&self.data, self.seed)?);
        let classifier = Classifier::new(prepared, checked.model.clone(), checked.regularizer);
        Ok(match checked.initialization {
            Some(initialization) => classifier.initialization(initialization),
            None => classifier,
        })
    }

    fn fit<F: Real>(&self, checked: &Checked) -> Result<Outcomes> {
        let Way::Rule { rule, lr, batch } = checked.way else { unreachable!("the whole loss is fitted elsewhere") };
        let classifier = self.classifier::<F>(checked)?;
        let settings = self.training(lr, batch, classifier.examples())?;
        let bar = Bar::new("training:");
        bar.start("epoch", self.epochs() as u64);
        let fit = classifier.fit(loss::by_name::<F>(&self.loss)?, rule, &settings, |checkpoint, _| {
            bar.set(checkpoint.epochs.round() as u64);
            ControlFlow::Continue(())
        })?;
        Ok(Outcomes::of(fit))
    }

    fn fit_whole(&self, checked: &Checked, optimizer: Curved, stop: Stop) -> Result<Outcomes> {
        let classifier = self.classifier::<f64>(checked)?;
        let loss = || loss::by_name::<f64>(&self.loss);
        let risk = classifier.risk(loss()?)?;
        optimizer.check_size(&self.optimizer, risk.layout().len())?;
        let run = ByOptimizer { stop, seed: self.seed, batch: None };
        let bar = Bar::new("training:");
        bar.start("iteration", stop.max_iter as u64);
        let watch = |checkpoint: &Checkpoint<f64>, _: f64| {
            bar.set(checkpoint.steps as u64);
            ControlFlow::Continue(())
        };
        let fit = with_curved!(optimizer, chosen => classifier.fit_by(risk, chosen, loss()?, &run, watch)?);
        Ok(Outcomes::of(fit))
    }

    #[cfg(feature = "lapack")]
    fn fit_kfac(&self, checked: &Checked, damping: f64, batch: Batch) -> Result<Outcomes> {
        let classifier = self.classifier::<f64>(checked)?;
        let examples = classifier.examples();
        let (kfac, size, stop) = match batch {
            Batch::Size(size) | Batch::WithReplacement(size) => {
                // Refuses a batch larger than the data, as for every other optimizer.
                data::Batches::without_replacement(examples, size, self.seed)?;
                let steps = self.epochs().saturating_mul(examples.div_ceil(size));
                (Kfac::minibatch(size, self.seed)?, Some(size), Stop::iterations(steps))
            }
            Batch::Full => {
                let iterations = self.max_iter.or(self.epochs).unwrap_or(100);
                (Kfac::new(), None, Stop::grad(self.grad_tol.unwrap_or(1e-4)).max_iter(iterations))
            }
        };
        stop.validate()?;
        let run = ByOptimizer { stop, seed: self.seed, batch: size };
        let bar = Bar::new("training:");
        bar.start("iteration", stop.max_iter as u64);
        let watch = |checkpoint: &Checkpoint<f64>, _: f64| {
            bar.set(checkpoint.steps as u64);
            ControlFlow::Continue(())
        };
        Ok(Outcomes::of(classifier.fit_by(classifier.network_risk()?, kfac.damping(damping)?, Softmax, &run, watch)?))
    }

    #[cfg(not(feature = "lapack"))]
    fn fit_kfac(&self, _: &Checked, _: f64, _: Batch) -> Result<Outcomes> {
        Err(Error::Unsupported { what: "kfac is not in this build".into(), remedy: "build gradus with the feature lapack" })
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

    fn json(&self, checked: &Checked, done: &Outcomes) -> Value {
        let mut settings = json!({
            "data": self.data, "model": self.model, "loss": self.loss, "init": self.init,
            "optimizer": self.optimizer,
            "lr": null, "momentum": null, "schedule": null, "batch": "full", "epochs": self.epochs, "l2": self.l2, "l1": self.l1,
            "precision": if checked.double { "f64" } else { "f32" }, "accumulate": self.accumulate,
        });
        match &checked.way {
            Way::Rule { rule, lr, batch } => {
                settings["lr"] = json!(lr);
                settings["schedule"] = json!(self.schedule);
                settings["epochs"] = json!(self.epochs());
                if let Batch::Size(size) = batch {
                    settings["batch"] = json!(size);
                }
                self.options.json(rule).into_iter().for_each(|(name, value)| settings[name] = value);
            }
            Way::Kfac { damping, batch } => {
                settings["damping"] = json!(damping);
                if let Batch::Size(size) = batch {
                    settings["batch"] = json!(size);
                    settings["epochs"] = json!(self.epochs());
                }
            }
            Way::Whole { optimizer, stop } => {
                settings["max_iter"] = json!(stop.max_iter);
                settings["grad_tol"] = json!(stop.grad_tol);
                optimizer.json().into_iter().for_each(|(name, value)| settings[name] = value);
            }
        }
        json!({
            "train_loss": last(&done.curve.train_loss),
            "train_accuracy": last(&done.curve.train_accuracy),
            "test_accuracy": last(&done.curve.test_accuracy),
            "steps": done.steps,
            "epochs": done.epochs,
            "seconds": done.seconds,
            "steps_per_second": done.steps_per_second,
            "termination": output::termination(&done.termination),
            "seed": self.seed,
            "clipped": done.clipped,
            "settings": settings,
        })
    }

    /// The run for people, in a few lines.
    fn summarize(&self, checked: &Checked, done: &Outcomes, session: &mut Session) -> anyhow::Result<()> {
        writeln!(
            session.out,
            "{} on {}, {} loss, by {} ({}, l2 {}, l1 {}, {}, seed {})\n",
            self.model,
            self.data,
            self.loss,
            self.optimizer,
            self.words(checked),
            self.l2,
            self.l1,
            if checked.double { "f64" } else { "f32" },
            self.seed
        )?;
        Format::Table.print(&epochs(&done.curve), session.out)?;
        let speed = if done.steps > 0 { format!(", {} steps/s", grouped(done.steps_per_second.round() as usize)) } else { String::new() };
        let took = format!("{} in {}{speed}", counted(done.steps, checked.way.step()), duration(done.seconds));
        match done.termination {
            Termination::OutOfIterations { .. } => writeln!(session.out, "\n{took}")?,
            other => writeln!(session.out, "\n{other}\n{took}")?,
        }
        if matches!(checked.way, Way::Rule { rule, .. } if rule.clip != Clip::Off) {
            writeln!(session.out, "gradient clipped in {} of {}", done.clipped, counted(done.steps, "step"))?;
        }
        if let Some(trace) = &checked.trace {
            writeln!(session.out, "{} in {}", counted(done.curve.epoch.len(), "row"), Project::shown(trace.path()))?;
        }
        Ok(())
    }
}

impl Train {
    /// The settings of the optimizer in words.
    fn words(&self, checked: &Checked) -> String {
        match &checked.way {
            Way::Whole { optimizer, .. } => format!("{}, full batch", optimizer.words()),
            Way::Kfac { damping, .. } => format!("damping {damping}, batch {}", self.batch.as_deref().unwrap_or("128")),
            Way::Rule { rule, lr, .. } => {
                let accumulated = if self.accumulate > 1 { format!("accumulating {} batches", self.accumulate) } else { String::new() };
                let average = self.options.average_text().map_or(String::new(), |text| format!("average {text}"));
                let words = [settings::hyperparameters(&rule.rule), rule.clip.words(), accumulated, average];
                let words: String = words.iter().filter(|words| !words.is_empty()).map(|words| format!(", {words}")).collect();
                format!("lr {lr:?} {}{words}, batch {}", self.schedule, self.batch.as_deref().unwrap_or("128"))
            }
        }
    }
}

impl Way {
    /// What one move of the parameters is called.
    fn step(&self) -> &'static str {
        match self {
            Way::Rule { .. } | Way::Kfac { .. } => "step",
            Way::Whole { .. } => "iteration",
        }
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

/// The last number of a column; NaN if there is none.
fn last(column: &[f64]) -> f64 {
    column.last().copied().unwrap_or(f64::NAN)
}

/// A learning rate that suits most data sets here.
fn default_lr(rule: &Rule) -> f64 {
    match UpdateRule::<f64>::name(rule) {
        "momentum" | "nesterov" => 0.1,
        "adagrad" => 0.05,
        "rmsprop" | "adam" | "adamw" | "amsgrad" | "nadam" | "adamax" => 0.01,
        "adadelta" => 1.0,
        "lion" => 0.001,
        _ => 0.5,
    }
}

/// The batch from its text.
fn batch(text: &str) -> Result<Batch> {
    match (text, text.parse::<usize>()) {
        ("full", _) => Ok(Batch::Full),
        (_, Ok(0)) => Err(Error::Hyperparameter { name: "batch", value: 0.0, range: "at least 1" }),
        (_, Ok(size)) => Ok(Batch::Size(size)),
        _ => Err(Error::Syntax { what: "batch size", text: text.into(), form: "a whole number from 1 on, or full" }),
    }
}

/// A dozen rows of the curve at most, evenly chosen, the first and the last among them.
fn epochs(curve: &Curve) -> Table {
    let rows = curve.epoch.len();
    let shown = rows.min(SHOWN_ROWS);
    let chosen: Vec<usize> = (0..shown).map(|i| if shown < 2 { 0 } else { i * (rows - 1) / (shown - 1) }).collect();
    let column = |values: &[f64]| chosen.iter().map(|&row| values[row]).collect::<Vec<_>>();
    Table::new("epochs", "")
        .float("epoch", column(&curve.epoch))
        .integer("steps", chosen.iter().map(|&row| curve.steps[row] as i64))
        .float("train_loss", column(&curve.train_loss))
        .float("train_accuracy", column(&curve.train_accuracy))
        .float("test_accuracy", column(&curve.test_accuracy))
        .float("seconds", column(&curve.seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_read() {
        assert_eq!(batch("full").unwrap(), Batch::Full);
        assert_eq!(batch("64").unwrap(), Batch::Size(64));
        assert_eq!(batch("0").unwrap_err().to_string(), "batch = 0 is out of range: batch must be at least 1");
        for wrong in ["-1", "1.5", "all", ""] {
            assert!(batch(wrong).unwrap_err().to_string().contains("or full"), "{wrong}");
        }
    }

    #[test]
    fn a_long_curve_is_thinned_with_both_ends_kept() {
        let row = |n: usize| vec![0.0; n];
        let curve = |n: usize| Curve {
            epoch: (0..n).map(|i| i as f64).collect(),
            steps: (0..n).collect(),
            example_grads: vec![0; n],
            train_loss: row(n),
            train_accuracy: row(n),
            test_accuracy: row(n),
            lr: row(n),
            clipped: vec![0; n],
            seconds: row(n),
        };
        for n in [1, 2, 5, 12, 13, 101] {
            let shown = epochs(&curve(n)).floats("epoch").unwrap();
            assert_eq!((shown.len(), shown[0], shown[shown.len() - 1]), (n.min(SHOWN_ROWS), 0.0, (n - 1) as f64));
        }
    }
}
