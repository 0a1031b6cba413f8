//! The outcome as a summary and as JSON.

use super::options::Train;
use super::outcomes::Outcomes;
use super::plan::{Checked, Way};
use crate::cli::command::session::Session;
use crate::cli::output::{self, Format, counted, duration, grouped};
use crate::error::{Result, few_digits};
use crate::optimizer::first_order::Clip;
use crate::stop::Termination;
use crate::table::Table;
use crate::train::{Batch, Curve};
use serde_json::{Value, json};

/// The largest number of rows of the curve in the summary.
const SHOWN_ROWS: usize = 12;

impl Train {
    pub(super) fn json(&self, checked: &Checked, done: &Outcomes) -> Result<Value> {
        let mut settings = json!({
            "data": self.data, "model": self.model, "loss": checked.loss, "init": self.init,
            "optimizer": self.optimizer,
            "lr": null, "momentum": null, "schedule": null, "batch": "full", "epochs": self.epochs,
            "l2": self.l2, "l1": self.l1,
            "precision": if checked.double { "f64" } else { "f32" }, "accumulate": self.accumulate,
        });
        match &checked.way {
            Way::Rule { lr, batch, .. } => {
                settings["lr"] = json!(lr);
                settings["schedule"] = json!(self.schedule);
                settings["epochs"] = json!(self.epochs());
                if let Batch::Size(size) = batch {
                    settings["batch"] = json!(size);
                }
            }
            Way::Batches { batch } => {
                if let Batch::Size(size) = batch {
                    settings["batch"] = json!(size);
                    settings["epochs"] = json!(self.epochs());
                }
            }
            Way::Whole { stop } => {
                settings["max_iter"] = json!(stop.max_iter);
                settings["grad_tol"] = json!(stop.grad_tol);
            }
        }
        self.options.json(&checked.chosen)?.into_iter().for_each(|(name, value)| settings[name] = value);
        let (quality, [train, test]) = quality(&done.curve);
        Ok(json!({
            "train_loss": last(&done.curve.train_loss),
            format!("train_{quality}"): last(train),
            format!("test_{quality}"): last(test),
            "steps": done.steps,
            "epochs": done.epochs,
            "seconds": done.seconds,
            "steps_per_second": done.steps_per_second,
            "termination": output::termination(&done.termination),
            "seed": self.seed,
            "clipped": done.clipped,
            "settings": settings,
        }))
    }

    /// Prints a summary of the run in a few lines.
    pub(super) fn summarize(
        &self,
        checked: &Checked,
        done: &Outcomes,
        session: &mut Session,
    ) -> anyhow::Result<()> {
        writeln!(
            session.out,
            "{} on {}, {} loss, by {} ({}, l2 {}, l1 {}, {}, seed {})\n",
            self.model,
            self.data,
            checked.loss,
            self.optimizer,
            self.words(checked),
            few_digits(self.l2),
            few_digits(self.l1),
            if checked.double { "f64" } else { "f32" },
            self.seed
        )?;
        Format::Table.print(&epochs(&done.curve), session.out)?;
        let speed = if done.steps > 0 {
            format!(", {} steps/s", grouped(done.steps_per_second.round() as usize))
        } else {
            String::new()
        };
        let took =
            format!("{} in {}{speed}", counted(done.steps, checked.way.step()), duration(done.seconds));
        match done.termination {
            Termination::OutOfIterations { .. } => writeln!(session.out, "\n{took}")?,
            Termination::StoppedByObserver { .. } => {
                let epochs = counted(done.epochs.round() as usize, "epoch");
                writeln!(session.out, "\ninterrupted: this is what {epochs} found\n{took}")?;
            }
            other => writeln!(session.out, "\n{other}\n{took}")?,
        }
        if matches!(&checked.way, Way::Rule { rule, .. } if rule.clip != Clip::Off) {
            writeln!(session.out, "gradient clipped in {} of {}", done.clipped, counted(done.steps, "step"))?;
        }
        Ok(())
    }

    /// Describes the settings of the optimizer.
    fn words(&self, checked: &Checked) -> String {
        let of_optimizer = match checked.chosen.words() {
            nothing if nothing.is_empty() => nothing,
            words => format!("{words}, "),
        };
        match &checked.way {
            Way::Whole { .. } => format!("{of_optimizer}full batch"),
            Way::Batches { .. } => {
                format!("{of_optimizer}batch {}", self.batch.as_deref().unwrap_or("128"))
            }
            Way::Rule { rule, lr, .. } => {
                let accumulated = if self.accumulate > 1 {
                    format!("accumulating {} batches", self.accumulate)
                } else {
                    String::new()
                };
                let average =
                    self.options.average_text().map_or(String::new(), |text| format!("average {text}"));
                let wrap = checked.chosen.values().wrap.words();
                let words = [checked.chosen.words(), wrap, rule.clip.words(), accumulated, average];
                let words: String = words
                    .iter()
                    .filter(|words| !words.is_empty())
                    .map(|words| format!(", {words}"))
                    .collect();
                format!(
                    "lr {lr:?} {}{words}, batch {}",
                    self.schedule,
                    self.batch.as_deref().unwrap_or("128")
                )
            }
        }
    }
}

impl Way {
    /// Returns the word for one step.
    fn step(&self) -> &'static str {
        match self {
            Way::Rule { .. } | Way::Batches { .. } => "step",
            Way::Whole { .. } => "iteration",
        }
    }
}

/// Returns the last number of a column; NaN if there is none.
fn last(column: &[f64]) -> f64 {
    column.last().copied().unwrap_or(f64::NAN)
}

/// Returns what a curve shows besides the loss, accuracy or error, and its columns for the training and the
/// test examples.
fn quality(curve: &Curve) -> (&'static str, [&[f64]; 2]) {
    match curve.has_errors() {
        true => ("error", [&curve.train_error, &curve.test_error]),
        false => ("accuracy", [&curve.train_accuracy, &curve.test_accuracy]),
    }
}

/// Returns at most a dozen evenly spaced rows of the curve, including the first and the last.
fn epochs(curve: &Curve) -> Table {
    let rows = curve.epoch.len();
    let shown = rows.min(SHOWN_ROWS);
    let chosen: Vec<usize> =
        (0..shown).map(|i| if shown < 2 { 0 } else { i * (rows - 1) / (shown - 1) }).collect();
    let column = |values: &[f64]| chosen.iter().map(|&row| values[row]).collect::<Vec<_>>();
    let (quality, [train, test]) = quality(curve);
    Table::new("epochs", "")
        .float("epoch", column(&curve.epoch))
        .integer("steps", chosen.iter().map(|&row| curve.steps[row] as i64))
        .float("train_loss", column(&curve.train_loss))
        .float(format!("train_{quality}"), column(train))
        .float(format!("test_{quality}"), column(test))
        .float("seconds", column(&curve.seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            train_error: Vec::new(),
            test_error: Vec::new(),
            lr: row(n),
            clipped: vec![0; n],
            seconds: row(n),
        };
        for n in [1, 2, 5, 12, 13, 101] {
            let shown = epochs(&curve(n)).floats("epoch").unwrap();
            assert_eq!(
                (shown.len(), shown[0], shown[shown.len() - 1]),
                (n.min(SHOWN_ROWS), 0.0, (n - 1) as f64)
            );
        }
    }
}
