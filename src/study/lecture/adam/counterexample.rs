//! A convex problem on which Adam moves to the worst point, and AMSGrad, which does not.

use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel};
use crate::findings::Findings;
use crate::optimizer::first_order::{Adam, AmsGrad, State, UpdateRule};
use crate::study::Context;

const SOURCE: &str = "Reddi, Kale & Kumar 2018, theorem 1";
/// Every third slope is C, the others are −1. Since C > 2, the mean slope asks for the smallest x.
const C: f64 = 4.0;
const STEPS: usize = 60_000;
const LR: f64 = 0.5;

fn settings() -> Adam {
    Adam { beta1: 0.0, beta2: 1.0 / (1.0 + C * C), ..Adam::default() }
}

/// Returns x after each step on [−1, 1], from 0, at the rate LR/√t.
fn way(rule: impl UpdateRule) -> Vec<f64> {
    let (mut state, mut x) = (State::new(&rule, 1), [0.0f64]);
    (1..=STEPS)
        .map(|t| {
            let slope = if t % 3 == 1 { C } else { -1.0 };
            rule.step(&mut state, LR / (t as f64).sqrt(), &[slope], &mut x);
            x[0] = x[0].clamp(-1.0, 1.0);
            x[0]
        })
        .collect()
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let (adam, repaired) = (way(settings()), way(AmsGrad { adam: settings(), ..AmsGrad::default() }));
    findings.claims.extend([
        Claim::exact(
            "adam-counterexample",
            "10",
            "On a convex problem with three alternating slopes Adam ends at the worst point, x = 1, instead \
             of the best, x = −1",
            SOURCE,
        )
        .said()
        .measured(adam[STEPS - 1], Bound::AtLeast(0.9)),
        Claim::exact(
            "amsgrad-repairs",
            "10",
            "On the same problem AMSGrad, which divides by the largest second moment so far, ends at the \
             best point",
            SOURCE,
        )
        .reading(
            "their theorem 4 bounds the regret of AMSGrad; we ask where it ends on \
                 this problem",
        )
        .measured(repaired[STEPS - 1], Bound::AtMost(-0.9)),
    ]);
    let shown: Vec<usize> =
        (0..=240).map(|i| (STEPS as f64).powf(f64::from(i) / 240.0).round() as usize).collect();
    let at = |values: &[f64]| shown.iter().map(|&k| values[k - 1]).collect::<Vec<_>>();
    let k: Vec<f64> = shown.iter().map(|&k| k as f64).collect();
    let panel = Panel::new(
        "",
        Axis::log("step"),
        Axis::linear("x (best −1, worst 1)").range(-1.1, 1.1).lower_is_better(),
    )
    .line("Adam", k.clone(), at(&adam), 1)
    .line("AMSGrad", k, at(&repaired), 2);
    let caption = "The slopes 4, −1, −1 repeat. Divided by the root of a second moment that forgets \
                   quickly, the rare large slope counts for less than the two small ones.";
    findings.figures.push(
        Figure::new("counterexample", "A problem on which Adam moves in the wrong direction", caption)
            .panel(panel)
            .columns(1),
    );
    Ok(())
}
