//! The checks of the options, before any data are read.

use super::options::Train;
use super::plan::{Checked, Way};
use crate::cli::limits::MOST_ITERATIONS;
use crate::cli::optimizer_options::refuse;
use crate::cli::task;
use crate::cli::trace_file::{TraceFile, refuse_same_file};
use crate::data;
use crate::error::{Error, Result, check_hyperparameter, few_digits};
use crate::model::{Initialization, ModelKind};
use crate::optimizer::catalogue::{Catalogue, Configuration, Needs, Value};
use crate::optimizer::first_order::RuleInfo;
use crate::ranks::Ranks;
use crate::real::check_fits;
use crate::risk::Regularizer;
use crate::schedule::Schedule;
use crate::stop::{Stop, Termination};
use crate::train::{Batch, Keeping};

/// The losses that are likelihoods, by which K-FAC goes.
pub(super) const LIKELIHOODS: [&str; 3] = ["softmax", "squared", "logistic"];

impl Train {
    pub(super) fn check(&self, catalogue: &Catalogue) -> Result<Checked> {
        let described = data::describe(&self.data)?;
        let model = ModelKind::parse(&self.model)?;
        let loss = task::loss_of(self.loss.as_deref(), &model);
        task::check(&model, loss, described)?;
        let initialization = self.init.as_deref().map(Initialization::parse).transpose()?;
        if let Some(initialization) = initialization {
            model.check_initialization(described.features, initialization)?;
        }
        let chosen = self.drawn_labels(self.options.configure(&self.optimizer, catalogue)?, &model)?;
        let way = match chosen.needs() {
            Needs::Gradients | Needs::BatchProducts | Needs::Matrices if chosen.entry().is_rule() => {
                self.by_rule(&chosen)?
            }
            Needs::Layers => self.by_layers(&chosen, loss)?,
            Needs::Gradients
            | Needs::ExactGradients
            | Needs::Products
            | Needs::BatchProducts
            | Needs::Matrices
            | Needs::Blocks => self.whole(&chosen)?,
            Needs::Values | Needs::Hessian | Needs::Residuals => {
                let what = format!("{} does not learn from minibatches", self.optimizer);
                return Err(Error::Unsupported {
                    what,
                    remedy: "choose an update rule such as momentum, or try it with 'gradus minimize'",
                });
            }
        };
        let regularizer = Regularizer::elastic(self.l2, self.l1);
        regularizer.validate()?;
        // Each epoch, or iteration, is a row of the curve.
        let counts = [("epochs", Some(self.epochs())), ("max-iter", self.max_iter)];
        for (name, count) in counts.into_iter().filter_map(|(name, count)| Some((name, count?))) {
            let range = "from 1 to 10000000";
            check_hyperparameter(name, count as f64, range, |_| (1..=MOST_ITERATIONS).contains(&count))?;
        }
        check_hyperparameter("accumulate", self.accumulate as f64, "at least 1", |v| v >= 1.0)?;
        Schedule::parse(&self.schedule, 1, 1)?;
        self.options.average(1)?;
        refuse_same_file(&[
            ("--trace", self.trace.as_deref()),
            ("--save", self.save.as_deref()),
            ("--checkpoint", self.checkpoint.as_deref()),
        ])?;
        let mut checked = Checked {
            loss: loss.into(),
            keeping: Keeping::default(),
            initialization,
            double: match (self.precision.as_deref(), &way) {
                (Some("f32"), Way::Whole { .. }) => {
                    let what =
                        format!("{} computes in f64: differences of gradients drown in f32", self.optimizer);
                    return Err(Error::Unsupported { what, remedy: "leave --precision out, or write f64" });
                }
                (Some("f32"), Way::Batches { .. }) => {
                    let what = format!("{} computes in f64", self.optimizer);
                    return Err(Error::Unsupported { what, remedy: "leave --precision out, or write f64" });
                }
                (None, Way::Whole { .. } | Way::Batches { .. }) | (Some("f64"), _) => true,
                (None | Some("f32"), _) => false,
                (Some(other), _) => return Err(Error::unknown("precision", other, &["f32", "f64"])),
            },
            model,
            trace: self.trace.as_deref().map(TraceFile::new).transpose()?,
            save: self
                .save
                .as_deref()
                .map(|path| TraceFile::called("file of parameters", path))
                .transpose()?,
            chosen,
            way,
            regularizer,
        };
        if let (Some(Initialization::Normal(deviation)), false) = (checked.initialization, checked.double) {
            check_fits::<f32>("init", deviation)?;
        }
        checked.keeping = self.keeping(&checked.loss, checked.double)?;
        Ok(checked)
    }

    /// Refuses a run of which several processes would all compute everything.
    pub(super) fn check_among(&self, checked: &Checked, ranks: &dyn Ranks) -> Result<()> {
        if ranks.size() == 1 {
            return Ok(());
        }
        let products =
            matches!(&checked.way, Way::Rule { rule, batch: Batch::Full, .. } if rule.needs_products());
        let alone = match &checked.way {
            Way::Batches { batch: Batch::Size(_) } => true,
            _ => products,
        };
        if alone {
            let what = format!("several processes cannot share batches of {}", self.optimizer);
            return Err(Error::Unsupported {
                what,
                remedy: "write --batch full, or choose another optimizer",
            });
        }
        Ok(())
    }

    /// Refuses a run whose loss is not finite before the first step, and names the setting that is to blame.
    pub(super) fn refuse_start(&self, checked: &Checked, termination: &Termination) -> Result<()> {
        let Termination::NotFinite { iteration: 0, value } = *termination else { return Ok(()) };
        let Regularizer { l2, l1 } = checked.regularizer;
        let culprit = match checked.initialization {
            Some(Initialization::Normal(deviation)) if deviation > 1.0 => {
                format!("the initial weights of --init normal:{} are too large", few_digits(deviation))
            }
            _ if l2 > 1.0 => format!("the penalty --l2 {} is too large", few_digits(l2)),
            _ if l1 > 1.0 => format!("the penalty --l1 {} is too large", few_digits(l1)),
            _ => "the initial weights or the data are too large".into(),
        };
        let value = if value.is_finite() { "has no finite gradient".into() } else { format!("is {value}") };
        let what = format!("the loss {value} before the first step, since {culprit}");
        Err(Error::Unsupported { what, remedy: "make them smaller" })
    }

    fn by_rule(&self, chosen: &Configuration) -> Result<Way> {
        let given = [("--max-iter", self.max_iter.is_some()), ("--grad-tol", self.grad_tol.is_some())];
        refuse(&self.optimizer, &given)?;
        let chosen = match self.lr {
            Some(lr) => chosen.clone().learning_rate(lr)?,
            None => chosen.clone(),
        };
        let chosen = chosen.seed(self.seed);
        let rule = chosen.rule()?.expect("it is an update rule");
        let lr = chosen.values().learning_rate.expect("an update rule has a learning rate");
        Ok(Way::Rule { rule, lr, batch: batch(self.batch.as_deref().unwrap_or("128"))? })
    }

    fn whole(&self, chosen: &Configuration) -> Result<Way> {
        if let Some(text) = self.batch.as_deref()
            && batch(text)? != Batch::Full
        {
            let what = format!(
                "{} needs the whole loss: a batch of {text} would give it a different function in every step",
                self.optimizer
            );
            return Err(Error::Unsupported {
                what,
                remedy: "write --batch full, or choose an update rule such as momentum",
            });
        }
        self.refuse_rates()?;
        let iterations = self.max_iter.or(self.epochs).unwrap_or(1000);
        check_hyperparameter("max-iter", iterations as f64, "at least 1", |n| n >= 1.0)?;
        let stop = Stop::grad(self.grad_tol.unwrap_or(1e-4)).max_iter(iterations);
        stop.validate()?;
        self.check_preconditioner(chosen)?;
        Ok(Way::Whole { stop })
    }

    /// Refuses options of the minibatch loop that other optimizers would ignore.
    fn refuse_rates(&self) -> Result<()> {
        let (schedule, accumulate) = (self.schedule != "constant", self.accumulate != 1);
        let given = [("--lr", self.lr.is_some()), ("--schedule", schedule), ("--accumulate", accumulate)];
        refuse(&self.optimizer, &given)
    }

    /// Refuses the preconditioner of a linear classifier's risk for another model.
    fn check_preconditioner(&self, chosen: &Configuration) -> Result<()> {
        if chosen.needs() != Needs::Blocks || ModelKind::parse(&self.model)? == ModelKind::Linear {
            return Ok(());
        }
        let what = format!("{} has no block of curvature for each class", self.model);
        Err(Error::Unsupported { what, remedy: "leave --preconditioned out, or write --model linear" })
    }

    /// Plans training by an optimizer that uses the layers of a net, on the whole loss or by minibatches.
    fn by_layers(&self, chosen: &Configuration, loss: &str) -> Result<Way> {
        if !LIKELIHOODS.contains(&loss) {
            let name = chosen.entry().name();
            let what = format!("{name} goes by the probabilities of a loss, and {loss} has none");
            return Err(Error::Unsupported {
                what,
                remedy: "write --loss softmax, squared or logistic (an autoencoder takes the last two), or \
                         choose another optimizer",
            });
        }
        self.refuse_rates()?;
        let batch = batch(self.batch.as_deref().unwrap_or("128"))?;
        let on_batches = batch != Batch::Full;
        let given = [
            ("--max-iter", self.max_iter.is_some() && on_batches),
            ("--grad-tol", self.grad_tol.is_some() && on_batches),
        ];
        refuse(&self.optimizer, &given)?;
        Ok(Way::Batches { batch })
    }

    /// Draws the labels of the Fisher information of an autoencoder, unless the options say otherwise. The
    /// exact expectation would take one backward pass for each output, which are 784 for the images here.
    fn drawn_labels(&self, chosen: Configuration, model: &ModelKind) -> Result<Configuration> {
        let drawn = chosen.needs() == Needs::Layers && model.is_autoencoder() && !self.options.has("labels");
        if drawn { chosen.set("labels", Value::Choice("sampled")) } else { Ok(chosen) }
    }

    pub(super) fn epochs(&self) -> usize {
        self.epochs.unwrap_or(10)
    }
}

/// Reads a batch size.
fn batch(text: &str) -> Result<Batch> {
    match (text, text.parse::<usize>()) {
        ("full", _) => Ok(Batch::Full),
        (_, Ok(0)) => Err(Error::Hyperparameter { name: "batch", value: 0.0, range: "at least 1" }),
        (_, Ok(size)) => Ok(Batch::Size(size)),
        _ => Err(Error::Syntax {
            what: "batch size",
            text: text.into(),
            form: "a whole number from 1 on, or full",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_read() {
        assert_eq!(batch("full").unwrap(), Batch::Full);
        assert_eq!(batch("64").unwrap(), Batch::Size(64));
        assert_eq!(
            batch("0").unwrap_err().to_string(),
            "batch = 0 is out of range: batch must be at least 1"
        );
        for wrong in ["-1", "1.5", "all", ""] {
            assert!(batch(wrong).unwrap_err().to_string().contains("or full"), "{wrong}");
        }
    }
}
