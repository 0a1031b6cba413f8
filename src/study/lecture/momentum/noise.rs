//! The effect of momentum on gradient noise, on a quadratic with noise of known size, where theory is exact.

use super::sources::SLIDE;
use crate::claim::{Bound, Claim};
use crate::compare::replicates;
use crate::compare::statistics::{self, Estimate};
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel, optimizer};
use crate::findings::Findings;
use crate::optimizer::first_order::{Momentum, State, UpdateRule};
use crate::rng;
use crate::study::Context;
use crate::table::Table;
use rand::RngExt;
use rand_distr::StandardNormal;

/// f(x) = ½x² with gradients x + z, z standard normal.
const RHO: f64 = 0.9;
/// The learning rate of SGD. Momentum gets (1 − ρ) times this rate, so that a constant gradient moves both
/// equally far.
const LR: f64 = 0.2;

/// Returns the variance about the minimum at which x ← x − lr·v, v ← ρv + x + z settles (eigenvalue 1, noise
/// 1).
fn settled_variance(lr: f64, rho: f64) -> f64 {
    lr * (1.0 + rho) / ((1.0 - rho) * (2.0 * (1.0 + rho) - lr))
}

/// The mean squares of the position and of the step, over a long run that starts at the minimum.
struct Path {
    position: f64,
    step: f64,
    start: Vec<f64>,
}

fn walk(lr: f64, rho: f64, steps: usize, seed: u64, replicate: u64) -> Path {
    let rule = Momentum::new(rho);
    let (mut state, mut x) = (State::new(&rule, 1), [0.0]);
    let mut stream = rng::stream(seed, "gradient noise", replicate);
    let (mut position, mut step, mut start) = (0.0, 0.0, Vec::with_capacity(SHOWN));
    for k in 0..steps + WARM_UP {
        let before = x[0];
        let noisy = [x[0] + stream.sample::<f64, _>(StandardNormal)];
        rule.step(&mut state, lr, &noisy, &mut x);
        if k < SHOWN {
            start.push(x[0]);
        }
        if k >= WARM_UP {
            position += x[0] * x[0];
            step += (x[0] - before).powi(2);
        }
    }
    Path { position: position / steps as f64, step: step / steps as f64, start }
}

const WARM_UP: usize = 500;
const SHOWN: usize = 150;

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let steps = context.choose(20_000, 5_000);
    let seeds = context.choose(20, 10);
    let settings = [
        ("SGD", LR, 0.0),
        ("momentum, same effective rate", LR * (1.0 - RHO), RHO),
        ("momentum, same rate", LR, RHO),
    ];
    let paths: Vec<Vec<Path>> = settings
        .iter()
        .map(|&(name, lr, rho)| {
            replicates(seeds, context.progress, name, |replicate| {
                walk(lr, rho, steps, context.seed, replicate)
            })
        })
        .collect();
    let all = |of: fn(&Path) -> f64| {
        paths.iter().map(|p| statistics::mean(&p.iter().map(of).collect::<Vec<_>>())).collect::<Vec<_>>()
    };
    let (position, step) = (all(|p| p.position), all(|p| p.step));
    let values = |of: &[Estimate]| of.iter().map(|e| e.value).collect::<Vec<_>>();
    findings.tables.push(
        Table::new(
            "noise",
            "f = ½x² with gradient noise of variance 1: mean squares of position and step over 20 seeds",
        )
        .text("optimizer", settings.map(|s| s.0))
        .float("lr", settings.map(|s| s.1))
        .float("rho", settings.map(|s| s.2))
        .float("position_variance", values(&position))
        .float("theory", settings.map(|s| settled_variance(s.1, s.2)))
        .float("step_variance", values(&step)),
    );
    let ratio = |of: fn(&Path) -> f64| {
        let each: Vec<f64> =
            paths[1].iter().zip(&paths[0]).map(|(momentum, sgd)| of(momentum) / of(sgd)).collect();
        statistics::mean(&each)
    };
    let (positions, strides) = (ratio(|p| p.position), ratio(|p| p.step));
    let claim = |id, sentence, estimate: Estimate, bound| {
        Claim::statistical(id, "07", sentence, SLIDE)
            .reading(
                "the slide draws a panel “Gradient Noise” without words; that momentum \
                 averages noise, and by what factor, is ours",
            )
            .measured_within(estimate.value, estimate.interval, bound)
    };
    findings.claims.extend([
        claim(
            "momentum-noise-steps",
            "Momentum averages the noise of the steps: at the same effective learning rate their mean \
             square is at most half that of SGD (ratio)",
            strides,
            Bound::AtMost(0.5),
        ),
        claim(
            "momentum-noise",
            "Momentum averages gradient noise: at the same effective learning rate the variance about the \
             minimum is at most half that of SGD (ratio)",
            positions,
            Bound::AtMost(0.5),
        )
        .note(
            "The path is smoother, but it wanders equally far: theory gives a ratio of (2 − lr)/(2 − lr(1 − \
             ρ)/(1 + ρ)), near 1 for small learning rates. A smaller effective rate lowers the variance, \
             the velocity does not.",
        ),
    ]);
    let theory = statistics::mean(&paths[1].iter().map(|p| p.position).collect::<Vec<_>>());
    findings.claims.push(
        Claim::statistical(
            "momentum-noise-theory",
            "07",
            "The variance at which momentum settles is lr(1 + ρ) / ((1 − ρ)(2(1 + ρ) − lr)) (measured over \
             theory)",
            "gradus, closed form",
        )
        .ours()
        .measured_within(
            theory.value / settled_variance(LR * (1.0 - RHO), RHO),
            (
                theory.interval.0 / settled_variance(LR * (1.0 - RHO), RHO),
                theory.interval.1 / settled_variance(LR * (1.0 - RHO), RHO),
            ),
            Bound::Equals { value: 1.0, tolerance: 0.05 },
        ),
    );
    findings.figures.push(figure(&paths));
    Ok(())
}

fn figure(paths: &[Vec<Path>]) -> Figure {
    let steps: Vec<f64> = (1..=SHOWN).map(|k| k as f64).collect();
    let panel = |title: &str, which: usize| {
        Panel::new(title, Axis::linear("step"), Axis::linear("position x (minimum at 0)").range(-1.6, 1.6))
            .line("", steps.clone(), paths[which][0].start.clone(), optimizer(title))
    };
    let caption = "The same noise and the same effective learning rate. With momentum the path is smoother \
                   from step to step, but strays about as far from the minimum.";
    Figure::new("noise", "A noisy gradient, without and with momentum", caption)
        .panel(panel("SGD, lr = .2", 0))
        .panel(panel("momentum .9, lr = .02", 1))
}
