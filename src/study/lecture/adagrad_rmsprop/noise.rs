//! Under gradient noise the decay of AdaGrad is an advantage: it acts as a schedule. RMSProp without a
//! schedule stalls at a floor.

use super::without_epsilon::{adagrad, rmsprop};
use crate::claim::{Bound, Claim};
use crate::compare::{replicates, statistics};
use crate::figure::{Axis, Figure, Layer, Panel, optimizer};
use crate::findings::Findings;
use crate::optimizer::first_order::{State, UpdateRule};
use crate::rng;
use crate::study::Context;
use crate::table::Table;
use rand::RngExt;
use rand_distr::StandardNormal;

/// f(x) = ½x² with gradients x + z, z standard normal, from x = 3.
fn walk(rule: impl UpdateRule, lr: f64, steps: usize, seed: u64, replicate: u64) -> Vec<f64> {
    let (mut state, mut x) = (State::new(&rule, 1), [3.0]);
    let mut stream = rng::stream(seed, "gradient noise", replicate);
    (0..steps)
        .map(|_| {
            let noisy = [x[0] + stream.sample::<f64, _>(StandardNormal)];
            rule.step(&mut state, lr, &noisy, &mut x);
            0.5 * x[0] * x[0]
        })
        .collect()
}

const ADAGRAD_LR: f64 = 1.0;
const RMSPROP_LR: f64 = 0.02;

pub(super) fn run(context: &Context, findings: &mut Findings) {
    let (seeds, steps) = (context.choose(20, 10), context.choose(40_000, 4_000));
    let mean = |f: &[f64]| f.iter().sum::<f64>() / f.len() as f64;
    let walks: Vec<[Vec<f64>; 2]> =
        replicates(seeds, context.progress, "AdaGrad and RMSProp under noise", |replicate| {
            [
                walk(adagrad(), ADAGRAD_LR, steps, context.seed, replicate),
                walk(rmsprop(0.99), RMSPROP_LR, steps, context.seed, replicate),
            ]
        });
    // Returns the mean of f over the second quarter and over the last one.
    let quarters = |which: usize, quarter: usize| -> Vec<f64> {
        walks.iter().map(|w| mean(&w[which][steps * quarter / 4..steps * (quarter + 1) / 4])).collect()
    };
    let ratio = |which: usize| {
        let all: Vec<f64> =
            quarters(which, 3).iter().zip(quarters(which, 1)).map(|(late, early)| late / early).collect();
        // The mean of ratios is biased upwards, that of their logarithms is not.
        let logs = statistics::mean(&all.iter().map(|r| r.ln()).collect::<Vec<_>>());
        (logs.value.exp(), (logs.interval.0.exp(), logs.interval.1.exp()))
    };
    findings.tables.push(
        Table::new(
            "noise",
            "Mean of f = ½x² under gradient noise of variance 1, over quarters of the run: mean over seeds",
        )
        .text("optimizer", ["AdaGrad", "RMSProp"])
        .float("lr", [ADAGRAD_LR, RMSPROP_LR])
        .float_within("second_quarter", [0, 1].map(|w| mean(&quarters(w, 1))), 0.05, 0.0)
        .float_within("last_quarter", [0, 1].map(|w| mean(&quarters(w, 3))), 0.05, 0.0),
    );
    let (grad, prop) = (ratio(0), ratio(1));
    let claim = |id, sentence, (value, interval): (f64, (f64, f64)), bound| {
        Claim::statistical(id, "09", sentence, "gradus").ours().measured_within(value, interval, bound)
    };
    // The floor of AdaGrad is proportional to its rate, lr/√t. This is the ratio of the means of 1/√t over
    // the two quarters.
    let by_theory = (1.0 - 0.75f64.sqrt()) / (0.5f64.sqrt() - 0.25f64.sqrt());
    findings.claims.extend([
        claim(
            "rmsprop-floor",
            "Under gradient noise RMSProp at a constant learning rate stalls at a floor (mean of f over the \
             last quarter over that of the second)",
            prop,
            Bound::Equals { value: 1.0, tolerance: 0.15 },
        ),
        claim(
            "adagrad-goes-on",
            "Under gradient noise AdaGrad continues to improve, since its steps decay like 1/√t (the same \
             ratio; in theory (1 − √¾)/(√½ − ½) = .647)",
            grad,
            Bound::Equals { value: by_theory, tolerance: 0.15 },
        ),
    ]);
    let edges: Vec<usize> = (0..=30).map(|i| (steps as f64).powf(f64::from(i) / 30.0) as usize).collect();
    let panel = Panel::new("", Axis::log("step"), Axis::log("f").lower_is_better());
    let panel = [("AdaGrad, lr = 1", 0), ("RMSProp, lr = .02", 1)].into_iter().fold(
        panel,
        |panel, (label, which)| {
            let color = optimizer(label);
            let pieces: Vec<(usize, usize)> =
                edges.windows(2).filter(|p| p[0] < p[1]).map(|p| (p[0], p[1])).collect();
            let x: Vec<f64> = pieces.iter().map(|&(from, to)| 0.5 * (from + to + 1) as f64).collect();
            let curves: Vec<Vec<f64>> = walks
                .iter()
                .map(|w| pieces.iter().map(|&(from, to)| mean(&w[which][from..to])).collect())
                .collect();
            let (low, median, high) = statistics::quartile_band(&curves);
            panel.with(Layer::Band { x: x.clone(), low, high, color }).line(label, x, median, color)
        },
    );
    let caption = "Median and quartiles (the band) over twenty seeds, averaged over neighbouring steps. \
                   AdaGrad has a schedule built in; RMSProp needs one.";
    findings
        .figures
        .push(Figure::new("noise", "AdaGrad and RMSProp under noise", caption).panel(panel).columns(1));
}
