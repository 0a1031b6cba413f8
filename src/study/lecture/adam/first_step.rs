//! The question on the slide: what happens at the first step?

use super::sources::{ALMOST, SLIDE};
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizers};
use crate::findings::Findings;
use crate::optimizer::first_order::{Adam, State, UpdateRule};
use crate::study::Context;
use crate::table::Table;

/// Gradients of all sizes. The first step should not depend on them.
const GRADIENTS: [f64; 6] = [1e-6, 1e-3, 1.0, -5.0, 1e3, 1e6];
const STEPS: usize = 5_000;

/// Returns the lengths of the steps at learning rate 1 and a constant gradient.
fn steps(rule: Adam, gradient: f64, count: usize) -> Vec<f64> {
    let (mut state, mut x) = (State::new(&rule, 1), [0.0]);
    (0..count)
        .map(|_| {
            let before: f64 = x[0];
            rule.step(&mut state, 1.0, &[gradient], &mut x);
            (x[0] - before).abs()
        })
        .collect()
}

/// Returns the first step of the loop on the slide, with t counted from 0: both corrections divide by
/// zero.
fn counted_from_zero(gradient: f64) -> f64 {
    let (beta1, beta2, t) = (0.9f64, 0.999f64, 0);
    let (first, second) = ((1.0 - beta1) * gradient, (1.0 - beta2) * gradient * gradient);
    let (first, second) = (first / (1.0 - beta1.powi(t)), second / (1.0 - beta2.powi(t)));
    first / (second.sqrt() + 1e-7)
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let first = |rule: Adam| GRADIENTS.map(|g| steps(rule, g, 1)[0]);
    let (almost, adam) = (first(Adam::without_bias_correction()), first(Adam::default()));
    findings.tables.push(
        Table::new(
            "first_step",
            "Length of the first step over the learning rate, for gradients of all sizes (ε 1e-8)",
        )
        .float("gradient", GRADIENTS)
        .float("without_correction", almost)
        .float("with_correction", adam),
    );
    let (raw, corrected) =
        (steps(Adam::without_bias_correction(), 1.0, STEPS), steps(Adam::default(), 1.0, STEPS));
    let longest = raw.iter().copied().fold(0.0, f64::max);
    let off =
        |lengths: &[f64; 6], value: f64| lengths[2..].iter().map(|l| (l - value).abs()).fold(0.0, f64::max);
    let equals = |value, tolerance| Bound::Equals { value, tolerance };
    let finite = GRADIENTS.iter().filter(|g| counted_from_zero(**g).is_finite()).count() as f64
        / GRADIENTS.len() as f64;
    findings.claims.extend([
        Claim::exact(
            "first-step-uncorrected",
            "10",
            "Without bias correction the first step of Adam is (1 − β₁)/√(1 − β₂) = 3.162 times the \
             learning rate, for every gradient (largest deviation, gradients of at least 1)",
            ALMOST,
        )
        .ours()
        .measured(off(&almost, 0.1 / 0.001f64.sqrt()), Bound::AtMost(1e-5)),
        Claim::exact(
            "first-step",
            "10",
            "With bias correction the first step of Adam is the learning rate (largest deviation)",
            SLIDE,
        )
        .ours()
        .measured(off(&adam, 1.0), Bound::AtMost(1e-5)),
        Claim::exact(
            "first-step-worst",
            "10",
            "Without bias correction the first step of Adam is its longest (longest of 5,000 steps on a \
             constant slope, over the first)",
            ALMOST,
        )
        .ours()
        .measured(longest / raw[0], equals(1.0, 1e-6))
        .note(
            "The following steps are longer. The time constant of the first moment is ten steps, that of the second a \
             thousand, so the twelfth step is the longest, 6.57 times the learning rate.",
        ),
        Claim::exact(
            "slide-counts-from-zero",
            "10",
            "The loop on the slide, in which t starts at 0, makes a finite first step with its bias \
             correction (share of gradients)",
            SLIDE,
        )
        .said()
        .measured(finite, equals(1.0, 0.0))
        .note("At t = 0 both corrections divide by 1 − β⁰ = 0. The paper, and every library, counts from 1."),
        Claim::exact(
            "step-is-lr",
            "10",
            "With bias correction every step of Adam on a constant slope is the learning rate (largest \
             deviation over 5,000 steps)",
            SLIDE,
        )
        .ours()
        .measured(corrected.iter().map(|s| (s - 1.0).abs()).fold(0.0, f64::max), Bound::AtMost(1e-6)),
    ]);
    let shown: Vec<usize> =
        (0..=80).map(|i| (STEPS as f64).powf(f64::from(i) / 80.0).round() as usize).collect();
    let at = |values: &[f64]| shown.iter().map(|&k| values[k - 1]).collect::<Vec<_>>();
    let t: Vec<f64> = shown.iter().map(|&k| k as f64).collect();
    let theory: Vec<f64> =
        t.iter().map(|&t| (1.0 - 0.9f64.powf(t)) / (1.0 - 0.999f64.powf(t)).sqrt()).collect();
    let places = optimizers(["Adam", "Adam"]);
    let panel = Panel::new("", Axis::log("step t"), Axis::linear("step over learning rate").range(0.0, 7.5))
        .line("without correction", t.clone(), at(&raw), places[1])
        .line("with correction", t.clone(), at(&corrected), places[0])
        .theory("(1 − β₁ᵗ) / √(1 − β₂ᵗ)", t, theory)
        .with(Layer::HorizontalMark { label: "the learning rate".into(), y: 1.0 });
    let caption = "Both moments start at zero, and the second fills a hundred times more slowly. Until it \
                   has filled, an uncorrected step is divided by too small a number.";
    findings.figures.push(
        Figure::new("first_step", "The steps of Adam on a constant slope", caption).panel(panel).columns(1),
    );
    Ok(())
}
