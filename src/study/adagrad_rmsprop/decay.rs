//! How long the steps are on a constant slope: AdaGrad's fall like 1/√t, RMSProp's settle.

use super::{ADAGRAD, RMSPROP, adagrad, rmsprop};
use crate::claim::{Bound, Claim};
use crate::compare::statistics;
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel};
use crate::findings::Findings;
use crate::optimizer::first_order::{State, UpdateRule};
use crate::study::Context;
use crate::table::Table;

const STEPS: usize = 10_000;
/// A slope: any number will do.
const SLOPE: f64 = 3.7;

/// Where a rule is after 0, 1, 2, … steps of learning rate 1 down a constant slope.
fn way(rule: impl UpdateRule) -> Vec<f64> {
    let (mut state, mut x) = (State::new(&rule, 1), [0.0]);
    let mut way = vec![0.0];
    for _ in 0..STEPS {
        rule.step(&mut state, 1.0, &[SLOPE], &mut x);
        way.push(-x[0]);
    }
    way
}

fn lengths(way: &[f64]) -> Vec<f64> {
    way.windows(2).map(|w| w[1] - w[0]).collect()
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let (grad, prop) = (way(adagrad()), way(rmsprop(0.99)));
    let (grad_steps, prop_steps) = (lengths(&grad), lengths(&prop));
    let t: Vec<f64> = (1..=STEPS).map(|t| t as f64).collect();
    let logs = |values: &[f64]| values.iter().map(|v| v.log10()).collect::<Vec<_>>();
    let slope = statistics::slope(&logs(&t), &logs(&grad_steps));
    let places = [10.0, 30.0, 100.0];
    let needed = |way: &[f64], far: f64| way.iter().position(|&x| x >= far).map_or(f64::NAN, |k| k as f64);
    findings.tables.push(
        Table::new("distance", "Steps to go a distance down a constant slope, in units of the learning rate")
            .float("distance", places)
            .float_within("adagrad", places.map(|far| needed(&grad, far)), 0.0, 1.0)
            .float("adagrad_theory", places.map(|far| (far / 2.0).powi(2)))
            .float_within("rmsprop", places.map(|far| needed(&prop, far)), 0.0, 1.0),
    );
    let equals = |value, tolerance| Bound::Equals { value, tolerance };
    findings.claims.extend([
        Claim::exact(
            "adagrad-decays",
            "09",
            "On a constant slope AdaGrad's steps fall like 1/√t (log-log \
                                              slope over 10,000 steps)",
            ADAGRAD,
        )
        .measured(slope, equals(-0.5, 0.01)),
        Claim::exact(
            "adagrad-stalls",
            "09",
            "So it stalls: ten times as far takes more than fifty times as \
                                              many steps, in the limit a hundred times (steps for a distance \
                                              of 100, over those for 10)",
            ADAGRAD,
        )
        .measured(needed(&grad, 100.0) / needed(&grad, 10.0), Bound::AtLeast(50.0)),
        Claim::exact(
            "rmsprop-does-not",
            "09",
            "RMSProp's steps do not decay: on a constant slope they \
                                                settle at the learning rate (length over lr)",
            RMSPROP,
        )
        .measured(prop_steps[STEPS - 1], equals(1.0, 1e-6)),
        Claim::exact(
            "rmsprop-first-step",
            "09",
            "Its first step is lr/√(1 − γ) long, ten times the learning \
                                                  rate at γ = .99: its history begins at zero and is not \
                                                  corrected",
            "gradus, closed form",
        )
        .measured(prop_steps[0], equals(10.0, 1e-6)),
    ]);
    // Evenly spaced in the logarithm: enough for a curve.
    let shown: Vec<usize> =
        (0..=60).map(|i| (STEPS as f64).powf(f64::from(i) / 60.0).round() as usize).collect();
    let at = |values: &[f64]| shown.iter().map(|&k| values[k - 1]).collect::<Vec<_>>();
    let k: Vec<f64> = shown.iter().map(|&k| k as f64).collect();
    let theory = |of: &dyn Fn(f64) -> f64| k.iter().map(|&t| of(t)).collect::<Vec<_>>();
    let panel = Panel::new("length of a step", Axis::log("step t"), Axis::log("step over learning rate"))
        .line("AdaGrad", k.clone(), at(&grad_steps), 1)
        .line("RMSProp, γ = .99", k.clone(), at(&prop_steps), 2)
        .theory("theory: 1/√t and 1/√(1 − γᵗ)", k.clone(), theory(&|t| 1.0 / t.sqrt()))
        .theory("", k.clone(), theory(&|t| 1.0 / (1.0 - 0.99f64.powf(t)).sqrt()));
    let far = Panel::new(
        "distance gone",
        Axis::log("step t"),
        Axis::log("distance over learning rate").higher_is_better(),
    )
    .line("AdaGrad", k.clone(), at(&grad[1..]), 1)
    .line("RMSProp, γ = .99", k, at(&prop[1..]), 2);
    let caption = "AdaGrad never forgets, so each step is divided by more. RMSProp forgets, and its steps \
                   settle, after a start that is too long.";
    findings.figures.push(Figure::new("decay", "Down a constant slope", caption).panel(panel).panel(far));
    Ok(())
}
