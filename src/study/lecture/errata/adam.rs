//! Two versions of Adam that converge and are not Adam.

use super::erratum::{Erratum, PlainTest};
use super::paths::{apart, path};
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel, optimizers};
use crate::findings::Findings;
use crate::minimize::{Minimum, minimize};
use crate::optimizer::Properties;
use crate::optimizer::first_order::{Adam, FirstOrder, RuleInfo, State, UpdateRule};
use crate::problems::Quadratic;
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::array;

const LR: f64 = 0.05;
const EIGENVALUES: [f64; 2] = [1.0, 25.0];
/// The number of steps over which trajectories are compared.
const COMPARED: usize = 50;
/// The number of steps after which a run is tested for convergence.
const STEPS: usize = 3000;

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPS: f64 = 1e-8;

/// The mistake in a version of Adam.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mistake {
    /// The step counter stays at 1.
    StuckCounter,
    /// The first moment starts at the first gradient, and its bias is corrected nevertheless.
    WarmMoment,
}

/// Adam with a mistake.
#[derive(Debug, Clone, Copy)]
struct WrongAdam(Mistake);

impl RuleInfo for WrongAdam {
    fn name(&self) -> &'static str {
        "wrong-adam"
    }

    fn properties(&self) -> Properties {
        Adam::default().properties()
    }
}

impl UpdateRule for WrongAdam {
    fn step(&self, state: &mut State, lr: f64, grad: &[f64], x: &mut [f64]) {
        state.steps += 1;
        let t = if self.0 == Mistake::StuckCounter { 1 } else { state.steps as i32 };
        if self.0 == Mistake::WarmMoment && state.steps == 1 {
            state.first.copy_from_slice(grad);
        }
        for (((x, m), s), g) in x.iter_mut().zip(&mut state.first).zip(&mut state.second).zip(grad) {
            *x -= lr * corrected(m, s, *g, t);
        }
    }
}

/// Adds a gradient to both moments and returns m̂ / (√ŝ + ε).
fn corrected(m: &mut f64, s: &mut f64, g: f64, t: i32) -> f64 {
    *m = BETA1 * *m + (1.0 - BETA1) * g;
    *s = BETA2 * *s + (1.0 - BETA2) * g * g;
    let (m, s) = (*m / (1.0 - BETA1.powi(t)), *s / (1.0 - BETA2.powi(t)));
    m / (s.sqrt() + EPS)
}

/// Runs Adam as in the paper, coordinate by coordinate.
fn by_hand(steps: usize) -> Vec<Vec<f64>> {
    let (mut x, mut m, mut s) = ([1.0, 1.0], [0.0; 2], [0.0; 2]);
    let mut path = vec![x.to_vec()];
    for t in 1..=steps as i32 {
        for i in 0..2 {
            let g = EIGENVALUES[i] * x[i];
            x[i] -= LR * corrected(&mut m[i], &mut s[i], g, t);
        }
        path.push(x.to_vec());
    }
    path
}

fn descend<R: UpdateRule>(rule: R) -> Result<Minimum> {
    minimize(
        Quadratic::new(&EIGENVALUES),
        &array![1.0, 1.0],
        FirstOrder::new(rule, LR)?,
        Stop::iterations(STEPS),
    )
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<Vec<Erratum>> {
    let right = descend(Adam::default())?;
    let wrong = [descend(WrongAdam(Mistake::StuckCounter))?, descend(WrongAdam(Mistake::WarmMoment))?];
    let reference = by_hand(COMPARED);
    let deviation = |run: &Minimum| apart(&path(run)[..=COMPARED], &reference);
    let arrives = |run: &Minimum| run.x.iter().all(|x| x.abs() < 1e-2);
    let erratum = |id, mistake, seen_in, run: &Minimum| Erratum {
        id,
        mistake,
        seen_in,
        plain: PlainTest::new("after 3000 steps within .01 of the minimum", arrives(run)),
        check: "largest distance from the paper's path in 50 steps, relative",
        allowed: 1e-9,
        right: deviation(&right),
        wrong: deviation(run),
    };
    findings.tables.push(first_steps(&right, &wrong));
    findings.figures.push(figure(&right, &wrong));
    Ok(vec![
        erratum(
            "adam-counter",
            "Adam whose t is never incremented",
            "Zhang, Lipton, Li & Smola, Dive into Deep Learning, section \"Adam\", TensorFlow code",
            &wrong[0],
        ),
        erratum(
            "adam-warm-moment",
            "Adam that starts m at the first gradient and also corrects its bias",
            "Optim.jl, first_order/adam.jl at commit 11a0ca6, initial_state",
            &wrong[1],
        ),
    ])
}

const NAMES: [&str; 3] = ["Adam", "t never incremented", "m starts at the gradient"];

/// Returns the length of each step along x₁ over the learning rate.
fn lengths(run: &Minimum, steps: usize) -> Vec<f64> {
    run.trace.x[0][..=steps].windows(2).map(|pair| (pair[0] - pair[1]) / LR).collect()
}

fn first_steps(right: &Minimum, wrong: &[Minimum; 2]) -> Table {
    let runs = [right, &wrong[0], &wrong[1]];
    let at = |step: usize| runs.map(|run| lengths(run, 10)[step - 1]).to_vec();
    Table::new(
        "first_steps",
        "Steps along x₁ in units of the learning rate: the first step reveals one of the two mistakes, the \
         second step the other",
    )
    .text("rule", NAMES)
    .float("step_1", at(1))
    .float("step_2", at(2))
    .float("step_5", at(5))
    .float("step_10", at(10))
    .float_within("f_at_the_end", runs.map(|run| run.value).to_vec(), 1e-3, 1e-9)
}

fn figure(right: &Minimum, wrong: &[Minimum; 2]) -> Figure {
    let runs = [right, &wrong[0], &wrong[1]];
    let draw = |panel: Panel, y: &dyn Fn(&Minimum) -> Vec<f64>| {
        runs.iter().zip(NAMES).zip(optimizers(["Adam"; 3])).fold(panel, |panel, ((run, name), color)| {
            let y = y(run);
            panel.line(name, (0..y.len()).map(|k| k as f64).collect::<Vec<_>>(), y, color)
        })
    };
    let losses = Panel::new("does it converge?", Axis::linear("step"), Axis::log("f").range(1e-8, 20.0));
    let steps = Panel::new(
        "is it Adam?",
        Axis::linear("step"),
        Axis::linear("length of the step along x₁ (learning rates)"),
    );
    let caption = "On the left all three reach the minimum, so a test for convergence passes. On the right \
                   they are three different methods from the second step on.";
    Figure::new("adams", "Three versions of Adam", caption)
        .panel(draw(losses, &|run| run.trace.value[..=300].to_vec()))
        .panel(draw(steps, &|run| lengths(run, 40)))
}
