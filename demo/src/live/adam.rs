//! Notebook 10.

use super::shown::{Shown, descend, ended, knobs, paths};
use crate::report::numbers::plain;
use gradus::figure::optimizers;
use gradus::notebook::*;

/// The steps of Adam on a constant slope, with and without bias correction. The knobs: β₁ and β₂.
pub(super) fn steps(values: &[f64]) -> Result<Shown> {
    const STEPS: usize = 5_000;
    let [beta1, beta2] = knobs(values);
    let rule = Adam { beta1, beta2, ..Adam::default() };
    rule.validate()?;
    let corrected = lengths(rule, STEPS);
    let raw = lengths(Adam { bias_correction: false, ..rule }, STEPS);
    let shown: Vec<usize> =
        (0..=80).map(|i| (STEPS as f64).powf(f64::from(i) / 80.0).round() as usize).collect();
    let at = |values: &[f64]| shown.iter().map(|&k| values[k - 1]).collect::<Vec<_>>();
    let t: Vec<f64> = shown.iter().map(|&k| k as f64).collect();
    let theory: Vec<f64> = t.iter().map(|&t| (1.0 - beta1.powf(t)) / (1.0 - beta2.powf(t)).sqrt()).collect();
    let longest = (0..STEPS).fold(0, |best, k| if raw[k] > raw[best] { k } else { best });
    // The picture's range; higher if a step would not fit.
    let top = f64::max(7.5, 1.14 * raw[longest]);
    let places = optimizers(["Adam", "Adam"]);
    let panel = Panel::new("", Axis::log("step t"), Axis::linear("step over learning rate").range(0.0, top))
        .line("without correction", t.clone(), at(&raw), places[1])
        .line("with correction", t.clone(), at(&corrected), places[0])
        .theory("(1 − β₁ᵗ) / √(1 − β₂ᵗ)", t, theory)
        .with(Layer::HorizontalMark { label: "the learning rate".into(), y: 1.0 });
    let caption = "The length of the steps of Adam on a constant slope, with and without bias correction.";
    let figure =
        Figure::new("first_step", "The steps of Adam on a constant slope", caption).panel(panel).columns(1);
    let notes = [
        format!("Without correction the first step is {} learning rates long.", plain(raw[0])),
        format!("The longest is step {}: {} learning rates.", longest + 1, plain(raw[longest])),
    ];
    Ok(Shown::new(figure, notes))
}

/// Returns the lengths of the steps at learning rate 1 and a constant gradient of 1.
fn lengths(rule: Adam, count: usize) -> Vec<f64> {
    let (mut state, mut x) = (State::new(&rule, 1), [0.0]);
    (0..count)
        .map(|_| {
            let before: f64 = x[0];
            rule.step(&mut state, 1.0, &[1.0], &mut x);
            (x[0] - before).abs()
        })
        .collect()
}

/// Sixty steps of Adam in a ravine. The knobs: the learning rate, β₁ and β₂.
pub(super) fn ravine(values: &[f64]) -> Result<Shown> {
    let [lr, beta1, beta2] = knobs(values);
    let eigenvalues = [0.2, 4.0];
    let run = descend(AnyRule::new(Adam { beta1, beta2, ..Adam::default() }), eigenvalues, lr, 60)?;
    let title = format!("Adam, lr = {lr}, β₁ = {beta1}, β₂ = {beta2}");
    let figure = paths(problems::Quadratic::new(&eigenvalues), &[(&title, &run)]);
    let far = run.x[0].iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let overshoot = match far > 0.0 {
        true => format!("It goes {} beyond the minimum along x₁.", plain(far)),
        false => "It does not go beyond the minimum along x₁.".into(),
    };
    Ok(Shown::new(figure, [ended("Adam", &run), overshoot]))
}
