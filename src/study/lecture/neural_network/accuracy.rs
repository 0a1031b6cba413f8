//! A net against a linear classifier on images, both at their best learning rate.

use super::classifiers::{CosineTraining, classifier};
use super::final_metrics::{FinalMetrics, each, mean};
use super::sources::SOURCE;
use crate::claim::{Bound, Claim};
use crate::compare::replicates;
use crate::compare::statistics::{self, Estimate};
use crate::data;
use crate::error::{Error, Result};
use crate::findings::Findings;
use crate::study::Context;
use crate::table::Table;
use crate::train::Classifier;

/// A data set with its net, and the training of both models.
struct NetTask {
    data: &'static str,
    net: &'static str,
    epochs: usize,
    batch: usize,
    /// The number of epochs of the runs that choose the learning rate.
    tuning_epochs: usize,
}

const TASKS: [NetTask; 2] = [
    NetTask { data: "digits", net: "mlp:50", epochs: 40, batch: 32, tuning_epochs: 40 },
    NetTask { data: "fashion-mnist", net: "mlp:100", epochs: 6, batch: 128, tuning_epochs: 1 },
];
const RATES: [f64; 4] = [0.03, 0.1, 0.3, 1.0];
const PUBLISHED: &str = "Xiao, Rasul & Vollgraf 2017, table 3";

/// A model on a data set, over seeds.
struct ModelRuns {
    data: &'static str,
    model: &'static str,
    lr: f64,
    ends: Vec<FinalMetrics>,
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let mut all = Vec::new();
    for task in context.choose(&TASKS[..], &TASKS[..1]) {
        let data = match data::by_name(task.data, context.seed) {
            Err(Error::DataMissing { .. }) => continue,
            other => other?,
        };
        for model in ["linear", task.net] {
            all.push(trained(task, model, &classifier::<f32>(&data, model)?, context)?);
        }
    }
    claims(&all, findings);
    findings.tables.push(table(&all));
    Ok(())
}

fn trained(
    task: &NetTask,
    model: &'static str,
    classifier: &Classifier<f32>,
    context: &Context,
) -> Result<ModelRuns> {
    let part = format!("{model} on {}", task.data);
    let recipe = |lr: f64, epochs: usize| CosineTraining {
        lr,
        epochs: context.choose(epochs, epochs.div_ceil(8)),
        batch: task.batch,
    };
    // The seed that chooses the learning rate is none of those that are measured.
    let tuning = replicates(RATES.len() as u64, context.progress, &format!("{part}: learning rates"), |i| {
        Ok(FinalMetrics::of(
            &recipe(RATES[i as usize], task.tuning_epochs).train(classifier, context.seed + 1000)?,
        )
        .loss)
    });
    let losses = tuning.into_iter().collect::<Result<Vec<f64>>>()?;
    let best = (0..RATES.len()).min_by(|&a, &b| losses[a].total_cmp(&losses[b])).expect("there are rates");
    let ends = replicates(context.choose(10, 2), context.progress, &part, |replicate| {
        Ok(FinalMetrics::of(&recipe(RATES[best], task.epochs).train(classifier, context.seed + replicate)?))
    });
    Ok(ModelRuns { data: task.data, model, lr: RATES[best], ends: ends.into_iter().collect::<Result<_>>()? })
}

fn claims(all: &[ModelRuns], findings: &mut Findings) {
    for pair in all.chunks_exact(2) {
        let [linear, net] = pair else { continue };
        let lead = statistics::mean(
            &net.ends.iter().zip(&linear.ends).map(|(n, l)| n.test - l.test).collect::<Vec<_>>(),
        );
        let sentence = format!(
            "A net with one hidden layer ({}) classifies more test images of {} correctly than a linear \
             classifier, each at its best learning rate (lead, paired by seed)",
            net.model, net.data
        );
        findings.claims.push(
            Claim::statistical(&format!("mlp-beats-linear-{}", net.data), "14", &sentence, SOURCE)
                .reading(
                    "the assignment goes from a linear classifier to a two-layer net; that \
                 the net is better, each at its best rate, is stricter",
                )
                .measured_within(lead.value, lead.interval, Bound::AtLeast(0.0)),
        );
        if net.data == "fashion-mnist" {
            let test = mean(&net.ends, |e| e.test);
            let sentence =
                "A net with 100 hidden units reaches the published test accuracy of .871 on Fashion-MNIST";
            findings.claims.push(
                Claim::statistical("mlp-fashion-published", "14", sentence, PUBLISHED)
                    .said()
                    .measured_within(test.value, test.interval, Bound::AtLeast(0.871)),
            );
        }
    }
}

fn table(all: &[ModelRuns]) -> Table {
    let test: Vec<Estimate> = all.iter().map(|t| mean(&t.ends, |e| e.test)).collect();
    Table::new(
        "accuracy",
        "A net against a linear classifier, momentum .9 under a half-cosine, each at the best of four \
         learning rates; mean over seeds with its 95 % interval",
    )
    .text("data", all.iter().map(|t| t.data))
    .text("model", all.iter().map(|t| t.model))
    // Neighbours on the grid of learning rates may tie, so rounding may choose either.
    .float_within("lr", all.iter().map(|t| t.lr).collect::<Vec<_>>(), 2.4, 0.0)
    .integer("seeds", all.iter().map(|t| t.ends.len() as i64))
    .float_within(
        "train_loss",
        all.iter().map(|t| statistics::median(&each(&t.ends, |e| e.loss))).collect::<Vec<_>>(),
        0.1,
        1e-3,
    )
    .float_within(
        "train_accuracy",
        all.iter().map(|t| mean(&t.ends, |e| e.train).value).collect::<Vec<_>>(),
        0.0,
        0.01,
    )
    .float_within("test_accuracy", test.iter().map(|e| e.value).collect::<Vec<_>>(), 0.0, 0.01)
    .float_within("test_low", test.iter().map(|e| e.interval.0).collect::<Vec<_>>(), 0.0, 0.02)
    .float_within("test_high", test.iter().map(|e| e.interval.1).collect::<Vec<_>>(), 0.0, 0.02)
}
