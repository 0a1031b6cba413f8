//! The minibatch gradient as an estimate: its mean, and its variance for several batch sizes.

use crate::claim::{Bound, Claim};
use crate::compare::{ModelKind, replicates, statistics};
use crate::data::{self, Batches, Preprocessing};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::linalg::{max_norm, norm};
use crate::loss::Softmax;
use crate::objective::{Differentiable, FiniteSum, Objective};
use crate::real::Real;
use crate::risk::Regularizer;
use crate::rng;
use crate::study::Context;
use crate::table::Table;
use crate::train::Classifier;
use ndarray::Array1;

fn digits() -> Classifier<f64> {
    Classifier::new(
        Preprocessing::default().prepare(&data::digits()),
        ModelKind::Linear,
        Regularizer::l2(1e-4),
    )
}

/// Returns a point away from the optimum and from zero, like those of a training run.
fn some_point<F: Real>(dim: usize, seed: u64) -> Array1<F> {
    rng::normal(&mut rng::stream(seed, "a point", 0), dim, 0.1)
}

/// Checks that the mean of the minibatch gradients of an epoch is the full gradient, up to rounding.
pub(super) fn unbiased(context: &Context, findings: &mut Findings) -> Result<()> {
    let mut risk = digits().risk(Softmax)?;
    let (dim, examples) = (risk.dim(), risk.terms());
    let x = some_point(dim, context.seed);
    let (mut full, mut grad) = (Array1::zeros(dim), Array1::zeros(dim));
    risk.value_grad(&x, &mut full);
    let mut deviation = |batch: usize, risk: &mut dyn FiniteSum| -> Result<f64> {
        let mut batches = Batches::without_replacement(examples, batch, context.seed)?;
        let mut mean = Array1::<f64>::zeros(dim);
        for _ in 0..batches.per_epoch() {
            let rows = batches.next();
            risk.batch_value_grad(&x, rows, &mut grad);
            // The last batch is smaller, so each batch is weighted by its size.
            mean.scaled_add(rows.len() as f64 / examples as f64, &grad);
        }
        Ok(max_norm(&(&mean - &full)) / max_norm(&full))
    };
    let sizes = [1, 32, 64, 128, 1000];
    let deviations = sizes.iter().map(|&batch| deviation(batch, &mut risk)).collect::<Result<Vec<f64>>>()?;
    let worst = deviations.iter().copied().fold(0.0, f64::max);
    findings.tables.push(
        Table::new(
            "unbiased",
            "Mean of the minibatch gradients of one epoch compared with the full gradient: relative \
             deviation in the maximum norm",
        )
        .integer("batch", sizes.map(|b| b as i64))
        .float_within("deviation", deviations, 0.0, 1e-12),
    );
    let sentence = "The mean of the minibatch gradients is the full gradient (largest relative deviation)";
    findings.claims.push(
        Claim::exact("unbiased", "05", sentence, "slide \"Stochastic Gradient Descent\"")
            .reading(
                "the slide says that sampling approximates the expectation; we ask that \
                 the mean is exact",
            )
            .measured(worst, Bound::AtMost(1e-12)),
    );
    Ok(())
}

/// Measures how the variance of the minibatch gradient falls with the batch size.
pub(super) fn variance(context: &Context, findings: &mut Findings) -> Result<()> {
    let classifier = digits();
    let sizes: Vec<usize> = (0..=10).map(|power| 1 << power).collect();
    let draws = context.choose(400, 100);
    let seeds = context.choose(10, 4);
    let part = "variance of minibatch gradients";
    let measured = replicates(seeds, context.progress, part, |replicate| -> Result<Vec<f64>> {
        let mut risk = classifier.risk(Softmax)?;
        let x = some_point(risk.dim(), context.seed);
        sizes
            .iter()
            .map(|&batch| mean_square_error(&mut risk, &x, batch, draws, context.seed + replicate))
            .collect()
    });
    let curves = measured.into_iter().collect::<Result<Vec<_>>>()?;
    let logs = |values: &[f64]| values.iter().map(|v| v.log10()).collect::<Vec<_>>();
    let wide: Vec<f64> = sizes.iter().map(|&b| b as f64).collect();
    let slopes: Vec<f64> = curves.iter().map(|curve| statistics::slope(&logs(&wide), &logs(curve))).collect();
    let slope = statistics::mean(&slopes);
    let theory: Vec<f64> = {
        let mut risk = classifier.risk(Softmax)?;
        let x = some_point(risk.dim(), context.seed);
        let single = spread_of_examples(&mut risk, &x);
        wide.iter().map(|batch| single / batch).collect()
    };
    let (low, median, high) = statistics::quartile_band(&curves);
    findings.tables.push(
        Table::new(
            "variance",
            "Mean squared distance between the minibatch gradient and the full gradient, sampled with \
             replacement: quartiles over seeds",
        )
        .integer("batch", sizes.iter().map(|&b| b as i64))
        .float("measured", median.clone())
        .float("low", low.clone())
        .float("high", high.clone())
        .float("theory", theory.clone()),
    );
    let axes = (Axis::log("batch size B"), Axis::log("E ‖g_B − ∇L‖²"));
    let panel = Panel::new("", axes.0, axes.1)
        .theory("variance of one example / B", wide.clone(), theory)
        .with(Layer::Band { x: wide.clone(), low, high, color: 0 })
        .with(Layer::Points { label: "measured".into(), x: wide, y: median, color: 0 });
    let caption = "A batch four times as large halves the standard deviation, and costs four times as \
                   much. Points are medians over ten seeds, and the band reaches from quartile to \
                   quartile.";
    findings
        .figures
        .push(Figure::new("variance", "The noise of a minibatch gradient", caption).panel(panel).columns(1));
    let claim = Claim::statistical(
        "variance-1/B",
        "05",
        "The variance of the minibatch gradient falls like 1/B (log-log slope)",
        "slide \"Stochastic Gradient Descent\"",
    )
    .ours();
    findings.claims.push(claim.measured_within(
        slope.value,
        slope.interval,
        Bound::Equals { value: -1.0, tolerance: 0.05 },
    ));
    Ok(())
}

/// The batch size at which drawing without replacement is measured. It is most of the data, so the factor
/// (N − B)/(N − 1) is far from one.
const LARGE_BATCH: usize = 1024;

/// Measures the variance of the gradient of a batch without replacement, against theory.
pub(super) fn without_replacement(context: &Context, findings: &mut Findings) -> Result<()> {
    let classifier = digits();
    let draws = context.choose(400, 100);
    let seeds = context.choose(10, 4);
    let part = "variance without replacement";
    let measured = replicates(seeds, context.progress, part, |replicate| -> Result<f64> {
        let mut risk = classifier.risk(Softmax)?;
        let x = some_point(risk.dim(), context.seed);
        let (mut full, mut grad) = (Array1::zeros(x.len()), Array1::zeros(x.len()));
        risk.value_grad(&x, &mut full);
        let examples = risk.terms();
        let mut sum = 0.0;
        for draw in 0..draws as u64 {
            // The first batch of a fresh order: later batches of an epoch depend on it.
            let seed = (context.seed + replicate) * draws as u64 + draw;
            let mut batches = Batches::without_replacement(examples, LARGE_BATCH, seed)?;
            risk.batch_value_grad(&x, batches.next(), &mut grad);
            grad -= &full;
            sum += norm(&grad).powi(2);
        }
        let (n, b) = (examples as f64, LARGE_BATCH as f64);
        let theory = spread_of_examples(&mut risk, &x) / b * (n - b) / (n - 1.0);
        Ok(sum / draws as f64 / theory)
    });
    let ratio = statistics::mean(&measured.into_iter().collect::<Result<Vec<_>>>()?);
    let sentence = "Without replacement the variance of the minibatch gradient has the factor \
                    (N − B)/(N − 1) besides 1/B (measured over theory, 1,024 of the training digits)";
    findings.claims.push(
        Claim::statistical("variance-without-replacement", "05", sentence, "gradus, closed form")
            .ours()
            .measured_within(ratio.value, ratio.interval, Bound::Equals { value: 1.0, tolerance: 0.05 }),
    );
    Ok(())
}

/// Returns the mean of ‖g_B − ∇L‖² over batches drawn with replacement.
fn mean_square_error(
    risk: &mut impl FiniteSum,
    x: &Array1<f64>,
    batch: usize,
    draws: usize,
    seed: u64,
) -> Result<f64> {
    let mut batches = Batches::with_replacement(risk.terms(), batch, seed)?;
    let (mut full, mut grad) = (Array1::zeros(x.len()), Array1::zeros(x.len()));
    risk.value_grad(x, &mut full);
    let mut sum = 0.0;
    for _ in 0..draws {
        risk.batch_value_grad(x, batches.next(), &mut grad);
        grad -= &full;
        sum += norm(&grad).powi(2);
    }
    Ok(sum / draws as f64)
}

/// Returns the mean of ‖gᵢ − ∇L‖² over all examples, which theory divides by B. It is exact.
fn spread_of_examples(risk: &mut impl FiniteSum, x: &Array1<f64>) -> f64 {
    let (mut full, mut grad) = (Array1::zeros(x.len()), Array1::zeros(x.len()));
    risk.value_grad(x, &mut full);
    let examples = risk.terms() as u32;
    let mut square = |i: u32| {
        risk.batch_value_grad(x, &[i], &mut grad);
        grad -= &full;
        norm(&grad).powi(2)
    };
    (0..examples).map(&mut square).sum::<f64>() / f64::from(examples)
}
