//! Momentum that rises during training, on an autoencoder (Sutskever et al. 2013, table 1).

use super::rising::Rising;
use super::sources::{NOTEBOOK, SUTSKEVER};
use super::tuning::{Tuned, powers, ratio, tuned};
use crate::claim::{Bound, Claim};
use crate::compare::ModelKind;
use crate::compare::statistics::{quantile, quartile_band};
use crate::data;
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel};
use crate::findings::Findings;
use crate::loss::Logistic;
use crate::model::Initialization;
use crate::risk::Regularizer;
use crate::study::Context;
use crate::table::Table;
use crate::train::{Batch, Classifier, Training};

const MODEL: &str = "autoencoder:32,16,6";
const UPDATES: usize = 3000;
const BATCH: usize = 200;
/// The momentum rises every so many updates; the paper has 250 for 750,000 updates.
const EVERY: u64 = 2;
/// In so many last updates momentum is at most .9; the paper has 1000.
const LAST: u64 = 100;
/// The largest momentum of each column of the table; 0 is SGD.
const MOST: [f64; 4] = [0.9, 0.99, 0.995, 0.999];
const LOOKS: usize = 30;

/// A row of the table.
struct Row {
    name: &'static str,
    most: f64,
    tuned: Tuned<Vec<f64>>,
}

impl Row {
    fn ends(&self) -> Vec<f64> {
        self.tuned.runs.iter().map(|losses| last(losses)).collect()
    }
}

/// Returns the loss at the end of a curve; infinity for a run that diverged.
fn last(losses: &[f64]) -> f64 {
    losses.last().copied().filter(|loss| loss.is_finite()).unwrap_or(f64::INFINITY)
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let model = ModelKind::parse(MODEL)?;
    let digits = Classifier::<f32>::preprocessing(&model).prepare::<f32>(&data::digits());
    let classifier = Classifier::new(digits, model, Regularizer::default());
    let classifier = classifier.initialization(Initialization::Sparse(15));
    let updates = context.choose(UPDATES, 60);
    let train = |rule: Rising, lr: f64, seed: u64| -> Result<Vec<f64>> {
        let settings = Training {
            batch: Batch::Size(BATCH),
            lr,
            seed,
            checkpoint_every: Some(updates / LOOKS),
            ..Training::default()
        };
        let epochs = updates.div_ceil(settings.steps_per_epoch(classifier.examples()));
        let fit = classifier.fit(Logistic, rule, &Training { epochs, ..settings })?;
        let mut losses = fit.curve.train_loss;
        losses.truncate(LOOKS + 1);
        if fit.trained.termination.diverged() {
            losses.push(f64::INFINITY);
        }
        Ok(losses)
    };
    let rates = powers(1e-3, 6, 2.0);
    let methods = [("sgd", 0.0, false)].into_iter();
    let methods = methods.chain(MOST.map(|most| ("momentum", most, false)));
    let methods = methods.chain(MOST.map(|most| ("nesterov", most, true)));
    let mut rows = Vec::new();
    for (name, most, look_ahead) in methods {
        let rule = Rising { most, look_ahead, updates: updates as u64, every: EVERY, last: LAST };
        let label = format!("{name} up to {most}");
        let tuned = tuned(&rates, context, &label, |lr, seed| train(rule, lr, seed), |l| last(l))?;
        rows.push(Row { name, most, tuned });
    }
    findings.claims.extend(claims(&rows));
    findings.tables.push(table(&rows));
    findings.figures.push(figure(&rows, updates));
    Ok(())
}

fn claims(rows: &[Row]) -> [Claim; 3] {
    let row = |name: &str, most: f64| {
        rows.iter().find(|row| row.name == name && row.most == most).expect("the table has it").ends()
    };
    let claim = |id: &str, sentence: &str, reading: &str, of: Vec<f64>, over: Vec<f64>| {
        let found = ratio(&of, &over);
        Claim::statistical(id, NOTEBOOK, sentence, SUTSKEVER)
            .reading(reading)
            .measured_within(found.value, found.interval, Bound::AtMost(1.0))
            .note(
                "Scaled down: images of 64 pixels, a net 64–32–16–6 and back, and 3000 updates in place of \
                 750,000, so that the momentum rises faster.",
            )
    };
    let smaller = "the paper's table has it for three autoencoders and 750,000 updates; we take a small one \
                   and 3000";
    [
        claim(
            "papers-momentum-sgd",
            "On an autoencoder, momentum that rises to .99 ends with a lower training loss than SGD without \
             momentum, both at their best rates (ratio)",
            smaller,
            row("momentum", 0.99),
            row("sgd", 0.0),
        ),
        claim(
            "papers-nesterov-momentum",
            "On an autoencoder, with momentum that rises to .999, Nesterov's form ends with a lower \
             training loss than the classical one, both at their best rates (ratio)",
            smaller,
            row("nesterov", 0.999),
            row("momentum", 0.999),
        ),
        claim(
            "papers-larger-momentum",
            "On an autoencoder, Nesterov momentum that rises to .999 ends with a lower training loss than \
             one that rises to .9, both at their best rates (ratio)",
            smaller,
            row("nesterov", 0.999),
            row("nesterov", 0.9),
        ),
    ]
}

fn table(rows: &[Row]) -> Table {
    let ends = |q: f64| rows.iter().map(|row| quantile(&row.ends(), q)).collect::<Vec<_>>();
    let caption = "An autoencoder of the digits after 3000 updates with batches of 200: training loss, \
                   median and quartiles over ten seeds, for each largest momentum at the best of six rates";
    Table::new("momentum", caption)
        .text("method", rows.iter().map(|row| row.name))
        .float("largest_momentum", rows.iter().map(|row| row.most).collect::<Vec<_>>())
        .float_within("lr", rows.iter().map(|row| row.tuned.setting).collect::<Vec<_>>(), 2.2, 0.0)
        .float_within("train_loss", ends(0.5), 0.05, 0.0)
        .float_within("quarter", ends(0.25), 0.08, 0.0)
        .float_within("three_quarters", ends(0.75), 0.08, 0.0)
}

fn figure(rows: &[Row], updates: usize) -> Figure {
    let caption = "Training loss of an autoencoder over 3000 updates, for each largest momentum at its best \
                   rate: medians over ten seeds. Plain SGD is in both panels.";
    let figure = Figure::new("momentum", "Momentum that rises, on an autoencoder", caption).columns(2);
    ["momentum", "nesterov"].into_iter().fold(figure, |figure, name| {
        let panel = Panel::new(name, Axis::linear("update"), Axis::log("training loss").lower_is_better());
        let shown = rows.iter().filter(|row| row.name == name || row.name == "sgd");
        figure.panel(shown.enumerate().fold(panel, |panel, (color, row)| {
            let (_, middle, _) = quartile_band(&row.tuned.runs);
            let x: Vec<f64> = (0..middle.len()).map(|k| (k * (updates / LOOKS)) as f64).collect();
            let label = if row.most == 0.0 { "SGD".into() } else { format!("up to {}", row.most) };
            panel.line(label, x[1..].to_vec(), middle[1..].to_vec(), color)
        }))
    })
}
