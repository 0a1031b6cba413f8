//! The hyperparameters on real data: a softmax classifier of the digits, trained from several starts at
//! several learning rates.

use crate::claim::{Bound, Claim};
use crate::compare::{ModelKind, replicates, statistics};
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::loss::Softmax;
use crate::minimize::{Minimum, minimize};
use crate::objective::{Differentiable, Objective};
use crate::optimizer::first_order::{FirstOrder, Sgd};
use crate::risk::Regularizer;
use crate::rng;
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use crate::train::Classifier;
use ndarray::Array1;

/// Strong enough for the run to reach the minimum.
const L2: f64 = 0.01;
const RATES: [f64; 5] = [0.1, 1.0, 10.0, 12.0, 14.0];
/// The learning rate at which all starts are compared.
const LR: f64 = 1.0;

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let classifier = Classifier::new(
        Preprocessing::default().prepare::<f64>(&data::digits()),
        ModelKind::Linear,
        Regularizer::l2(L2),
    );
    let steps = context.choose(600, 100);
    let descend = |start: &Array1<f64>, lr: f64| -> Result<Minimum> {
        minimize(classifier.risk(Softmax)?, start, FirstOrder::new(Sgd, lr)?, Stop::iterations(steps))
    };
    let mut risk = classifier.risk(Softmax)?;
    let dim = risk.dim();
    let sharp = sharpness(&mut risk, &descend(&Array1::zeros(dim), LR)?.x);

    let rates = replicates(RATES.len() as u64, context.progress, "gradient descent at five rates", |i| {
        descend(&Array1::zeros(dim), RATES[i as usize])
    });
    let rates = rates.into_iter().collect::<Result<Vec<_>>>()?;
    let seeds = context.choose(10, 3);
    let starts = replicates(seeds, context.progress, "gradient descent from ten starts", |replicate| {
        descend(&rng::normal(&mut rng::stream(context.seed, "starts", replicate), dim, 1.0), LR)
    });
    let starts = starts.into_iter().collect::<Result<Vec<_>>>()?;
    let last = |run: &Minimum| run.trace.value[run.trace.len() - 1];
    findings.tables.push(
        Table::new(
            "learning_rates",
            format!("{steps} steps of gradient descent on the digits (λ = {L2}) from W = 0"),
        )
        .float("lr", RATES)
        .float_within("lr_over_limit", RATES.map(|lr| lr * sharp / 2.0), 1e-3, 0.0)
        .float_within("loss", rates.iter().map(last).collect::<Vec<_>>(), 1e-5, 1e-9)
        .text("end", rates.iter().map(|r| r.termination.word())),
    );
    let ends: Vec<f64> = starts.iter().map(last).collect();
    let spread = ends.iter().fold(f64::MIN, |a, &b| a.max(b)) - ends.iter().fold(f64::MAX, |a, &b| a.min(b));
    let sentence = "On a convex risk the start does not matter in the end: runs from ten random starts \
                    reach the same loss (range of the ten losses)";
    findings.claims.push(
        Claim::statistical(
            "gd-starts",
            "04",
            sentence,
            "slide \"Gradient Descent\", on weight initialization; gradus",
        )
        .ours()
        .measured(spread, Bound::AtMost(1e-4)),
    );
    findings.figures.push(figure(&rates, &starts, 2.0 / sharp));
    Ok(())
}

/// Returns the largest eigenvalue of the Hessian at `x`, by power iteration on differences of gradients.
fn sharpness(risk: &mut (impl Differentiable<f64> + ?Sized), x: &Array1<f64>) -> f64 {
    const STEP: f64 = 1e-4;
    let dim = x.len();
    let mut v = rng::normal::<f64>(&mut rng::stream(0, "power iteration", 0), dim, 1.0);
    let (mut ahead, mut behind) = (Array1::zeros(dim), Array1::zeros(dim));
    let mut eigenvalue = 0.0;
    for _ in 0..100 {
        v /= v.dot(&v).sqrt();
        risk.value_grad(&(x + &(&v * STEP)), &mut ahead);
        risk.value_grad(&(x - &(&v * STEP)), &mut behind);
        let product = (&ahead - &behind) / (2.0 * STEP);
        eigenvalue = v.dot(&product);
        v = product;
    }
    eigenvalue
}

fn figure(rates: &[Minimum], starts: &[Minimum], limit: f64) -> Figure {
    let steps = |run: &Minimum| run.trace.iteration[1..].iter().map(|&k| k as f64).collect::<Vec<_>>();
    let lowest = rates
        .iter()
        .chain(starts)
        .flat_map(|run| run.trace.value.iter())
        .fold(f64::INFINITY, |a, &b| a.min(b));
    let excess = |run: &Minimum| run.trace.value[1..].iter().map(|f| f - lowest).collect::<Vec<_>>();
    let axes = || (Axis::log("step"), Axis::log("training loss above the lowest (nats)").range(1e-8, 30.0));
    let (x, y) = axes();
    let panel = Panel::new(format!("learning rates (limit at the minimum: {limit:.1})"), x, y);
    let by_rate = RATES.iter().zip(rates).enumerate().fold(panel, |panel, (color, (lr, run))| {
        panel.line(format!("lr = {lr}"), steps(run), excess(run), color)
    });
    let (x, y) = axes();
    let curves: Vec<Vec<f64>> = starts.iter().map(excess).collect();
    let (_, median, _) = statistics::quartile_band(&curves);
    let range = |of: fn(f64, f64) -> f64| -> Vec<f64> {
        (0..median.len())
            .map(|k| curves.iter().map(|curve| curve[k]).reduce(of).unwrap_or(f64::NAN))
            .collect()
    };
    let (low, high) = (range(f64::min), range(f64::max));
    let from_zero = &rates[RATES.iter().position(|&lr| lr == LR).unwrap_or(0)];
    let k = steps(&starts[0]);
    let by_start = Panel::new("starts, at lr = 1", x, y)
        .with(Layer::Band { x: k.clone(), low, high, color: 5 })
        .line("from random W of scale 1 (range of ten)", k, median, 5)
        .line("from W = 0", steps(from_zero), excess(from_zero), 1);
    let caption = "A learning rate ten times smaller needs ten times as many steps. Above the limit the \
                   loss keeps jumping above its minimum. On a convex risk every start leads to the same \
                   loss: the line is the median over ten seeds, the band their range.";
    Figure::new("hyperparameters", "Gradient descent on the digits: its hyperparameters", caption)
        .panel(by_rate)
        .panel(by_start)
}
