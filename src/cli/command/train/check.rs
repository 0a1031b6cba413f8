//! The options, held against each other before any data are read.

use super::{Checked, Train, Way};
use crate::cli::curved::Curved;
use crate::cli::hessian::WithHessian;
use crate::cli::settings;
use crate::cli::trace_file::TraceFile;
use crate::data;
use crate::error::{Error, Result, check_hyperparameter};
use crate::loss;
use crate::model::{Initialization, ModelKind};
use crate::optimizer::first_order::{AnyRule, Clipped, RuleInfo};
use crate::risk::Regularizer;
use crate::schedule::Schedule;
use crate::stop::Stop;
use crate::train::Batch;

impl Train {
    pub(super) fn check(&self) -> Result<Checked> {
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
                    let what =
                        format!("{} computes in f64: differences of gradients drown in f32", self.optimizer);
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
            let what = format!(
                "{} needs the whole loss: a batch of {text} would give it a different function in every step",
                self.optimizer
            );
            return Err(Error::Unsupported {
                what,
                remedy: "write --batch full, or choose an update rule such as momentum",
            });
        }
        self.refuse(&self.options.given())?;
        self.refuse(&[("--damping", self.damping.is_some())])?;
        let (schedule, accumulate) = (self.schedule != "constant", self.accumulate != 1);
        self.refuse(&[("--lr", self.lr.is_some()), ("--schedule", schedule), ("--accumulate", accumulate)])?;
        let iterations = self.max_iter.or(self.epochs).unwrap_or(1000);
        check_hyperparameter("max-iter", iterations as f64, "at least 1", |n| n >= 1.0)?;
        let stop = Stop::grad(self.grad_tol.unwrap_or(1e-4)).max_iter(iterations);
        stop.validate()?;
        self.preconditioner(optimizer)?;
        Ok(Way::Whole { optimizer, stop })
    }

    /// Refuses the preconditioner where there is none.
    fn preconditioner(&self, optimizer: Curved) -> Result<()> {
        let Curved::Lbfgs { preconditioned: true, .. } = optimizer else { return Ok(()) };
        if ModelKind::parse(&self.model)? != ModelKind::Linear {
            let what = format!("{} has no block of curvature for each class", self.model);
            return Err(Error::Unsupported {
                what,
                remedy: "leave --preconditioned out, or write --model linear",
            });
        }
        if !cfg!(feature = "lapack") {
            let what = "the preconditioner of lbfgs is not in this build".into();
            return Err(Error::Unsupported { what, remedy: "build gradus with the feature lapack" });
        }
        Ok(())
    }

    fn kfac(&self) -> Result<Way> {
        if self.loss != "softmax" {
            let what = format!("kfac goes by the probabilities of softmax, which {} has none of", self.loss);
            return Err(Error::Unsupported {
                what,
                remedy: "write --loss softmax, or choose another optimizer",
            });
        }
        self.refuse(&self.options.given())?;
        self.refuse(&self.curved.given())?;
        let (schedule, accumulate) = (self.schedule != "constant", self.accumulate != 1);
        self.refuse(&[("--lr", self.lr.is_some()), ("--schedule", schedule), ("--accumulate", accumulate)])?;
        let damping = check_hyperparameter("damping", self.damping.unwrap_or(0.03), "finite and > 0", |v| {
            v.is_finite() && v > 0.0
        })?;
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

    pub(super) fn epochs(&self) -> usize {
        self.epochs.unwrap_or(10)
    }

    fn rule(&self) -> Result<Clipped<AnyRule>> {
        match self.optimizer.as_str() {
            name if name == "random-search" || WithHessian::by_name(name).is_some() => {
                let what = format!("{name} does not learn from minibatches");
                Err(Error::Unsupported {
                    what,
                    remedy: "choose an update rule such as momentum, or try it with 'gradus minimize'",
                })
            }
            name => self.options.rule(name),
        }
    }
}

/// A learning rate that suits most data sets here.
fn default_lr(rule: &AnyRule) -> f64 {
    match rule.name() {
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
