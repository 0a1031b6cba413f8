//! Whether shuffled epochs end lower than independent draws, after the same number of steps.

use crate::claim::{Bound, Claim};
use crate::compare::{ModelKind, replicates, statistics};
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::findings::Findings;
use crate::loss::Softmax;
use crate::optimizer::first_order::Sgd;
use crate::risk::Regularizer;
use crate::study::Context;
use crate::table::Table;
use crate::train::{Batch, Classifier, Training};

const BATCH: usize = 32;
const EPOCHS: usize = 20;
/// Small, usual and large learning rates for this problem. The noise grows with the rate.
const RATES: [f64; 3] = [0.05, 0.2, 0.8];
/// The rate of the claim, chosen before the measurement.
const CLAIMED: usize = 1;

/// Measures the final training loss of both ways of drawing, with the same seeds.
pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let classifier = Classifier::new(
        Preprocessing::default().prepare::<f64>(&data::digits()),
        ModelKind::Linear,
        Regularizer::l2(1e-4),
    );
    let (seeds, epochs) = (context.choose(10, 2), context.choose(EPOCHS, 4));
    let part = "shuffled epochs and draws with replacement";
    let ends = replicates(seeds, context.progress, part, |replicate| -> Result<Vec<[f64; 2]>> {
        let end = |batch, lr| -> Result<f64> {
            let settings =
                Training { epochs, batch, lr, seed: context.seed + replicate, ..Training::default() };
            let fit = classifier.fit(Softmax, Sgd, &settings)?;
            Ok(fit.curve.train_loss.last().copied().unwrap_or(f64::NAN))
        };
        RATES
            .iter()
            .map(|&lr| Ok([end(Batch::Size(BATCH), lr)?, end(Batch::WithReplacement(BATCH), lr)?]))
            .collect()
    });
    let ends = ends.into_iter().collect::<Result<Vec<_>>>()?;
    let mean = |rate: usize, way: usize| {
        statistics::mean(&ends.iter().map(|e| e[rate][way]).collect::<Vec<_>>()).value
    };
    let ratios: Vec<statistics::Estimate> = (0..RATES.len())
        .map(|rate| {
            let logs: Vec<f64> = ends.iter().map(|e| (e[rate][0] / e[rate][1]).ln()).collect();
            let log = statistics::mean(&logs);
            let interval = (log.interval.0.exp(), log.interval.1.exp());
            statistics::Estimate { value: log.value.exp(), interval }
        })
        .collect();
    let column = |of: fn(&statistics::Estimate) -> f64| ratios.iter().map(of).collect::<Vec<_>>();
    findings.tables.push(
        Table::new(
            "epochs",
            "Training loss on the digits after the same number of steps of SGD with batches of 32: shuffled \
             epochs and draws with replacement (means over seeds), and their ratio (geometric mean over \
             seeds with its 95 % interval)",
        )
        .float("lr", RATES)
        .float_within("shuffled", (0..RATES.len()).map(|r| mean(r, 0)).collect::<Vec<_>>(), 0.01, 1e-6)
        .float_within(
            "with_replacement",
            (0..RATES.len()).map(|r| mean(r, 1)).collect::<Vec<_>>(),
            0.01,
            1e-6,
        )
        .float_within("ratio", column(|e| e.value), 0.01, 0.0)
        .float_within("ratio_low", column(|e| e.interval.0), 0.02, 0.0)
        .float_within("ratio_high", column(|e| e.interval.1), 0.02, 0.0),
    );
    let (ratio, sentence) = (
        &ratios[CLAIMED],
        "Shuffled epochs end at a training loss no higher than draws with replacement, after the same number \
         of steps (ratio, geometric mean over seeds)",
    );
    findings.claims.push(
        Claim::statistical("shuffled-epochs", "05", sentence, "Gürbüzbalaban, Ozdaglar & Parrilo 2021")
            .reading("they prove a faster rate for decreasing learning rates; we ask at a constant one")
            .measured_within(ratio.value, ratio.interval, Bound::AtMost(1.0)),
    );
    Ok(())
}
