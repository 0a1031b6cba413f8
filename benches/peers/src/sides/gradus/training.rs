//! W1, W2: epochs of minibatches with momentum; W8: a whole comparison of learning rates.

use crate::data::{self, BATCH, Examples};
use crate::protocol::Prepared;
use crate::timing::timed;
use gradus::compare::replicates;
use gradus::linalg::{DesignMatrix, slice};
use gradus::notebook::*;
use gradus::progress::Silent;
use std::path::Path;
use std::sync::Arc;

/// Epochs of one repetition; the time is that of a step.
const EPOCHS: usize = 2;
/// W8: learning rates, their seeds, and epochs of each run.
const RATES: usize = 36;
const SEEDS: u64 = 10;

pub(super) fn settings(lr: f64, seed: u64) -> Training {
    Training { epochs: EPOCHS, lr, seed, batch: Batch::Size(BATCH), ..Training::default() }
}

/// As many examples as whole batches hold.
pub(super) fn whole_batches(folder: &Path, features: usize) -> Result<Examples, String> {
    let all = data::read(folder, features, usize::MAX)?;
    let rows = all.y.len() / BATCH * BATCH;
    Ok(Examples { x: all.x.first(rows), y: all.y[..rows].to_vec() })
}

/// The linear classifier with softmax, from zero.
pub fn linear(folder: &Path, features: usize) -> Prepared {
    let examples = whole_batches(folder, features)?;
    let model = Linear::new(features, 10);
    let risk = EmpiricalRisk::new(model, Softmax, examples.x, examples.y, Regularizer::default());
    let risk = risk.map_err(|error| error.to_string())?;
    let start = Array1::zeros(risk.dim());
    training(risk, start, settings(0.02, 0), Check::Risk)
}

/// What proves that a side did the same work.
#[derive(Clone, Copy)]
pub(super) enum Check {
    /// The final risk.
    Risk,
    /// How far the parameters are from their start, in the mean.
    Moved,
}

/// Trains with momentum, over and over from one start. The time is that of a step.
pub(super) fn training<M: Model<f32> + 'static, L: Loss<f32> + 'static>(
    mut risk: EmpiricalRisk<f32, M, L>,
    start: Array1<f32>,
    settings: Training,
    check: Check,
) -> Prepared {
    let steps = settings.epochs * settings.steps_per_epoch(risk.terms());
    let mut work = move || {
        let (seconds, trained) = timed(|| train(&mut risk, Momentum::new(0.9), &start, &settings));
        let params = trained.map_err(|error| error.to_string())?.params;
        let check = match check {
            Check::Risk => f64::from(risk.value(&params)),
            Check::Moved => mean_distance(slice(&start), slice(&params)),
        };
        Ok((seconds / steps as f64, check))
    };
    work()?;
    Ok(Some(Box::new(work)))
}

/// The mean of the absolute differences.
pub(super) fn mean_distance(from: &[f32], to: &[f32]) -> f64 {
    let apart = from.iter().zip(to).map(|(&a, &b)| (f64::from(a) - f64::from(b)).abs());
    apart.sum::<f64>() / from.len() as f64
}

/// The learning rates that the peers train with, by their places: see `rates` in `sides/protocol.py`.
const CHECKED: [u64; 3] = [5, 15, 25];

/// 36 learning rates from 1e-5 to 1e2, ten seeds each, in parallel over the runs. The check is the least
/// final loss of seed 0 at the rates that the peers train with.
pub fn sweep(folder: &Path) -> Prepared {
    let examples = whole_batches(folder, 784)?;
    let (x, y): (DesignMatrix<f32>, Arc<[u8]>) = (examples.x, examples.y.into());
    Ok(Some(Box::new(move || {
        let one = |run: u64| {
            let risk = EmpiricalRisk::new(
                Linear::new(784, 10),
                Softmax,
                x.clone(),
                y.clone(),
                Regularizer::default(),
            );
            let mut risk = risk.map_err(|error| error.to_string())?;
            let lr = 10f64.powf(-5.0 + 7.0 * (run % RATES as u64) as f64 / (RATES - 1) as f64);
            let start = Array1::zeros(risk.dim());
            let seed = run / RATES as u64;
            let trained = train(&mut risk, Momentum::new(0.9), &start, &settings(lr, seed));
            let params = trained.map_err(|error| error.to_string())?.params;
            Ok(if seed == 0 && CHECKED.contains(&(run % RATES as u64)) {
                f64::from(risk.value(&params))
            } else {
                f64::INFINITY
            })
        };
        let (seconds, losses) = timed(|| replicates(RATES as u64 * SEEDS, &Silent, "runs", one));
        let losses = losses.into_iter().collect::<Result<Vec<f64>, String>>()?;
        Ok((seconds, losses.into_iter().fold(f64::INFINITY, f64::min)))
    })))
}
