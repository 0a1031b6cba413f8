//! A convex problem on which Adam moves to the worst point, and AMSGrad, which does not.

use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel, optimizer};
use crate::findings::Findings;
use crate::optimizer::first_order::{Adam, AmsGrad, State, UpdateRule};
use crate::study::Context;

const SOURCE: &str = "Reddi, Kale & Kumar 2018, theorem 1";
const ANY_CONSTANTS: &str = "Reddi, Kale & Kumar 2018, theorem 2";
const REPAIR: &str = "Reddi, Kale & Kumar 2018, theorem 4";
/// Every third slope is C, the others are −1. Since C > 2, the mean slope asks for the smallest x.
const C: f64 = 4.0;
const STEPS: usize = 60_000;
const LR: f64 = 0.5;

fn settings() -> Adam {
    Adam { beta1: 0.0, beta2: 1.0 / (1.0 + C * C), ..Adam::default() }
}

/// A convex problem on [−1, 1] whose slopes repeat: a large one, and then small negative ones. The slopes of
/// a period sum to a positive number, so that the best point is −1.
struct RareSlope {
    large: f64,
    small: f64,
    period: usize,
    lr: f64,
    steps: usize,
}

/// The problem of theorem 1, for an Adam that forgets quickly.
const QUICK: RareSlope = RareSlope { large: C, small: -1.0, period: 3, lr: LR, steps: STEPS };
/// A problem for the usual Adam, as theorem 2 says that there is one: a large slope once in 1,001 steps. The
/// slopes of a period sum to 1,010.
const USUAL: RareSlope =
    RareSlope { large: 11_010.0, small: -10.0, period: 1_001, lr: 0.1, steps: 2_000_000 };

impl RareSlope {
    /// Calls `seen` with x after each step from 0, at the rate lr/√t, and returns the last x.
    fn walk(&self, rule: impl UpdateRule, mut seen: impl FnMut(f64)) -> f64 {
        let (mut state, mut x) = (State::new(&rule, 1), [0.0f64]);
        for t in 1..=self.steps {
            let slope = if t % self.period == 1 { self.large } else { self.small };
            rule.step(&mut state, self.lr / (t as f64).sqrt(), &[slope], &mut x);
            x[0] = x[0].clamp(-1.0, 1.0);
            seen(x[0]);
        }
        x[0]
    }

    /// Returns x after each step.
    fn way(&self, rule: impl UpdateRule) -> Vec<f64> {
        let mut way = Vec::with_capacity(self.steps);
        self.walk(rule, |x| way.push(x));
        way
    }
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let adam = QUICK.way(settings());
    let repaired = QUICK.way(AmsGrad { adam: settings(), ..AmsGrad::default() });
    let usual = USUAL.walk(Adam::default(), |_| ());
    let usual_repaired = USUAL.walk(AmsGrad::default(), |_| ());
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
            REPAIR,
        )
        .reading(
            "their theorem 4 bounds the regret of AMSGrad; we ask where it ends on \
                 this problem",
        )
        .measured(repaired[STEPS - 1], Bound::AtMost(-0.9)),
        Claim::exact(
            "adam-counterexample-usual",
            "10",
            "With β₁ = .9 and β₂ = .999, too, there is a convex problem on which Adam ends near the worst \
             point, x = 1, instead of the best, x = −1 (x after two million steps)",
            ANY_CONSTANTS,
        )
        .reading("the theorem says that there is a problem for all constants with β₁ < √β₂; we built one")
        .measured(usual, Bound::AtLeast(0.9))
        .note(
            "The slope is 11,010 once in 1,001 steps and −10 in the others, at the rate .1/√t. The slopes of \
             a period sum to 1,010.",
        ),
        Claim::exact(
            "amsgrad-repairs-usual",
            "10",
            "On that problem AMSGrad with the same constants ends nearer to the best point than to the worst \
             (x after two million steps)",
            REPAIR,
        )
        .reading("their theorem 4 bounds the regret of AMSGrad; we ask where it ends on this problem")
        .measured(usual_repaired, Bound::AtMost(0.0)),
    ]);
    let shown: Vec<usize> =
        (0..=240).map(|i| (STEPS as f64).powf(f64::from(i) / 240.0).round() as usize).collect();
    let at = |values: &[f64]| shown.iter().map(|&k| values[k - 1]).collect::<Vec<_>>();
    let k: Vec<f64> = shown.iter().map(|&k| k as f64).collect();
    let panel = Panel::new("", Axis::log("step"), Axis::linear("x (best −1, worst 1)").range(-1.1, 1.1))
        .line("Adam", k.clone(), at(&adam), optimizer("adam"))
        .line("AMSGrad", k, at(&repaired), optimizer("amsgrad"));
    let caption = "The slopes 4, −1, −1 repeat. Divided by the root of a second moment that forgets \
                   quickly, the rare large slope counts for less than the two small ones.";
    findings.figures.push(
        Figure::new("counterexample", "A problem on which Adam moves in the wrong direction", caption)
            .panel(panel)
            .columns(1),
    );
    Ok(())
}
