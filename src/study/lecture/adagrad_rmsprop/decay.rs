//! The length of the steps on a constant slope: those of AdaGrad fall like 1/√t, those of RMSProp settle.

use super::sources::{ADAGRAD, RMSPROP};
use super::without_epsilon::{adagrad, rmsprop};
use crate::claim::{Bound, Claim};
use crate::compare::statistics;
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel, optimizer};
use crate::findings::Findings;
use crate::optimizer::first_order::{State, UpdateRule};
use crate::study::Context;
use crate::table::Table;

const STEPS: usize = 10_000;
/// The slope. Any number gives the same steps.
const SLOPE: f64 = 3.7;

/// Returns the position of a rule after 0, 1, 2, … steps of learning rate 1 down a constant slope.
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
        Table::new(
            "distance",
            "Steps needed to cover a distance down a constant slope, in units of the learning rate",
        )
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
            "On a constant slope the steps of AdaGrad fall like 1/√t (log-log slope over 10,000 steps)",
            ADAGRAD,
        )
        .ours()
        .measured(slope, equals(-0.5, 0.01)),
        Claim::exact(
            "adagrad-stalls",
            "09",
            "So AdaGrad stalls: ten times the distance takes more than fifty times as many steps, in the \
             limit a hundred times (steps for a distance of 100, over those for 10)",
            ADAGRAD,
        )
        .ours()
        .measured(needed(&grad, 100.0) / needed(&grad, 10.0), Bound::AtLeast(50.0)),
        Claim::exact(
            "rmsprop-does-not",
            "09",
            "The steps of RMSProp do not decay: on a constant slope they settle at the learning rate \
             (length over lr)",
            RMSPROP,
        )
        .ours()
        .measured(prop_steps[STEPS - 1], equals(1.0, 1e-6)),
        Claim::exact(
            "rmsprop-first-step",
            "09",
            "The first step of RMSProp is lr/√(1 − γ) long, ten times the learning rate at γ = .99, since \
             its history begins at zero and is not corrected",
            "gradus, closed form",
        )
        .ours()
        .measured(prop_steps[0], equals(10.0, 1e-6)),
    ]);
    // Evenly spaced in the logarithm, which is enough for a curve.
    let shown: Vec<usize> =
        (0..=60).map(|i| (STEPS as f64).powf(f64::from(i) / 60.0).round() as usize).collect();
    let at = |values: &[f64]| shown.iter().map(|&k| values[k - 1]).collect::<Vec<_>>();
    let k: Vec<f64> = shown.iter().map(|&k| k as f64).collect();
    let theory = |of: &dyn Fn(f64) -> f64| k.iter().map(|&t| of(t)).collect::<Vec<_>>();
    let panel = Panel::new("length of a step", Axis::log("step t"), Axis::log("step over learning rate"))
        .line("AdaGrad", k.clone(), at(&grad_steps), optimizer("adagrad"))
        .line("RMSProp, γ = .99", k.clone(), at(&prop_steps), optimizer("rmsprop"))
        .theory("theory: 1/√t and 1/√(1 − γᵗ)", k.clone(), theory(&|t| 1.0 / t.sqrt()))
        .theory("", k.clone(), theory(&|t| 1.0 / (1.0 - 0.99f64.powf(t)).sqrt()));
    let far = Panel::new("distance covered", Axis::log("step t"), Axis::log("distance over learning rate"))
        .line("AdaGrad", k.clone(), at(&grad[1..]), optimizer("adagrad"))
        .line("RMSProp, γ = .99", k, at(&prop[1..]), optimizer("rmsprop"));
    let caption = "AdaGrad never forgets, so each step is divided by more. RMSProp forgets, so its steps \
                   settle, after a start that is too fast.";
    findings
        .figures
        .push(Figure::new("decay", "Steps down a constant slope", caption).panel(panel).panel(far));
    Ok(())
}
