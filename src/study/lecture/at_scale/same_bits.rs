//! Whole runs on several processes, which have the bits of one.

use super::images::{classifier, images};
use super::sources::{KFAC, NOTEBOOK, OURS};
use crate::claim::{Bound, Claim};
use crate::data::Dataset;
use crate::error::Result;
use crate::findings::Findings;
use crate::loss::Softmax;
use crate::optimizer::first_order::Momentum;
use crate::optimizer::second_order::{Kfac, Labels, Lbfgs};
use crate::ranks::{Ranks, among};
use crate::real::Real;
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use crate::train::{Batch, ByOptimizer, Fit, Training};
use std::sync::Arc;

/// No multiple of the number of pieces, of processes, or of batches.
const EXAMPLES: usize = 4999;
const PROCESSES: [usize; 3] = [1, 2, 4];

/// What a run found: the bits of its parameters, and its last training loss.
struct Outcome {
    bits: Vec<u64>,
    loss: f64,
}

impl Outcome {
    fn of<F: Real>(fit: &Fit<F>) -> Self {
        Outcome {
            bits: fit.trained.params.iter().map(|x| x.wide().to_bits()).collect(),
            loss: fit.curve.train_loss.last().copied().unwrap_or(f64::NAN),
        }
    }
}

fn lbfgs(images: &Dataset, ranks: &Arc<dyn Ranks>) -> Result<Outcome> {
    let classifier = classifier::<f64>(images, "linear", ranks, false)?;
    let settings = ByOptimizer { stop: Stop::iterations(20), ..ByOptimizer::default() };
    Ok(Outcome::of(&classifier.fit_by(classifier.risk(Softmax)?, Lbfgs::new(10), Softmax, &settings)?))
}

fn momentum(images: &Dataset, ranks: &Arc<dyn Ranks>) -> Result<Outcome> {
    let classifier = classifier::<f32>(images, "mlp:16", ranks, true)?;
    let settings =
        Training { batch: Batch::Size(100), accumulate: 8, epochs: 5, lr: 0.05, ..Training::default() };
    Ok(Outcome::of(&classifier.fit(Softmax, Momentum::new(0.9), &settings)?))
}

fn kfac(images: &Dataset, ranks: &Arc<dyn Ranks>) -> Result<Outcome> {
    let classifier = classifier::<f64>(images, "mlp:16", ranks, false)?;
    let settings = ByOptimizer { stop: Stop::iterations(10), ..ByOptimizer::default() };
    let kfac = Kfac::new().labels(Labels::Sampled);
    Ok(Outcome::of(&classifier.fit_by(classifier.network_risk()?, kfac, Softmax, &settings)?))
}

type Run = fn(&Dataset, &Arc<dyn Ranks>) -> Result<Outcome>;
const RUNS: [(&str, Run); 3] = [
    ("L-BFGS, a softmax classifier in f64", lbfgs),
    ("momentum on eight accumulated batches, a net in f32", momentum),
    ("K-FAC, a net in f64", kfac),
];

/// A row of the table.
struct Row {
    run: usize,
    processes: usize,
    numbers: usize,
    /// The most numbers that differ from one process, on any of the processes.
    other_bits: usize,
    loss: f64,
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let (images, mut rows) = (images(EXAMPLES, context.seed)?, Vec::new());
    for (number, (_, run)) in RUNS.iter().enumerate() {
        let mut alone = Vec::new();
        for processes in PROCESSES {
            let outcomes = among(processes, |ranks| run(&images, &ranks));
            let outcomes = outcomes.into_iter().collect::<Result<Vec<_>>>()?;
            if processes == 1 {
                alone = outcomes[0].bits.clone();
            }
            let other = |outcome: &Outcome| alone.iter().zip(&outcome.bits).filter(|(a, b)| a != b).count();
            rows.push(Row {
                run: number,
                processes,
                numbers: alone.len(),
                other_bits: outcomes.iter().map(other).max().unwrap_or(0),
                loss: outcomes[0].loss,
            });
        }
    }
    findings.claims.extend(claims(&rows));
    findings.tables.push(table(&rows));
    Ok(())
}

fn claims(rows: &[Row]) -> [Claim; 2] {
    let most = |runs: std::ops::Range<usize>| {
        let other = rows.iter().filter(|row| runs.contains(&row.run)).map(|row| row.other_bits);
        other.max().map_or(f64::NAN, |n| n as f64)
    };
    let zero = Bound::Equals { value: 0.0, tolerance: 0.0 };
    [
        Claim::exact(
            "at-scale-same-bits",
            NOTEBOOK,
            "L-BFGS and momentum on accumulated batches end with the same bits on 1, 2 and 4 processes \
             (numbers that differ)",
            OURS,
        )
        .ours()
        .measured(most(0..2), zero)
        .note("The processes are threads of one here, which send each other the same messages."),
        Claim::exact(
            "at-scale-kfac-bits",
            NOTEBOOK,
            "K-FAC with its factors added by all processes and its inverses dealt to them ends with the \
             same bits on 1, 2 and 4 processes (numbers that differ)",
            KFAC,
        )
        .reading(
            "they distribute the gradients, the factors and the inverses; that nothing of this changes a \
             bit is our demand",
        )
        .measured(most(2..3), zero)
        .note("The paper's workers use inverses that are some steps old. Here all wait for each other."),
    ]
}

fn table(rows: &[Row]) -> Table {
    let caption = "Runs on 4,999 images by 1, 2 and 4 processes: the parameters, how many of them have \
                   other bits than on one process, on any of the processes, and the last training loss";
    Table::new("same_bits", caption)
        .text("run", rows.iter().map(|row| RUNS[row.run].0))
        .integer("processes", rows.iter().map(|row| row.processes as i64))
        .integer("numbers", rows.iter().map(|row| row.numbers as i64))
        .integer("other_bits", rows.iter().map(|row| row.other_bits as i64))
        .float_within("train_loss", rows.iter().map(|row| row.loss).collect::<Vec<_>>(), 1e-3, 0.0)
}
