//! What a live figure shows, and the pieces that several of them have in common.

use super::run::{Run, run};
use crate::report::numbers::plain;
use gradus::notebook::*;

/// A figure, and sentences about it.
pub struct Shown {
    /// The figure.
    pub figure: Figure,
    /// What the reader is told below it.
    pub notes: Vec<String>,
}

impl Shown {
    /// A figure with sentences about it.
    pub fn new(figure: Figure, notes: impl IntoIterator<Item = String>) -> Self {
        Shown { figure, notes: notes.into_iter().collect() }
    }
}

/// Returns the values of `N` knobs.
///
/// # Panics
/// If there are not `N` of them, which `answer` has checked.
pub(super) fn knobs<const N: usize>(values: &[f64]) -> [f64; N] {
    values.try_into().expect("as many as the catalogue says")
}

/// Runs an update rule on ½(λ₁x₁² + λ₂x₂²) from (−5, −2), where the notebooks' paths start.
pub(super) fn descend(rule: AnyRule, eigenvalues: [f64; 2], lr: f64, steps: usize) -> Result<Run> {
    run(&mut problems::Quadratic::new(&eigenvalues), &[-5.0, -2.0], rule, lr, Stop::iterations(steps))
}

/// Returns an empty panel with the contour lines of ½(λ₁x₁² + λ₂x₂²), from x₁ = −5.5 to `right`.
pub(super) fn bowl(title: &str, [shallow, steep]: [f64; 2], right: f64) -> Panel {
    let axes = (Axis::linear("x₁ (shallow)").range(-5.5, right), Axis::linear("x₂ (steep)").range(-2.6, 2.6));
    let (shallow, steep) = (0.5 * shallow, 0.5 * steep);
    Panel::new(title, axes.0, axes.1).contour(|a, b| shallow * a * a + steep * b * b, 14)
}

/// Draws the paths of runs in the plane, as the notebooks do.
pub(super) fn paths(problem: impl Problem, runs: &[(&str, &Run)]) -> Figure {
    let minima: Vec<Minimum> = runs.iter().map(|(_, run)| run.minimum()).collect();
    let named: Vec<(&str, &Minimum)> =
        runs.iter().zip(&minima).map(|(&(name, _), run)| (name, run)).collect();
    paths_on(problem, &named)
}

/// Adds the path of a run in the plane.
pub(super) fn path(panel: Panel, label: impl Into<String>, run: &Run, color: usize) -> Panel {
    panel.path(label, run.x[0].clone(), run.x[1].clone(), color)
}

/// Returns the numbers of a run's iterates: 0, 1, 2, …
pub(super) fn steps(run: &Run) -> Vec<f64> {
    (0..=run.len()).map(|k| k as f64).collect()
}

/// Returns how a run ended, in words. A run whose f is not finite, or a thousand times that of the start, has
/// diverged, and the sentence says from which step on it was above its start.
pub(super) fn ended(name: &str, run: &Run) -> String {
    let value = &run.value;
    let (start, last, count) = (value[0], value[run.len()], run.len());
    // The last step that was not above the start.
    let below = value.iter().rposition(|&f| f <= start).unwrap_or(0);
    let beyond = last.is_nan() || last > 1e3 * start.abs().max(f64::MIN_POSITIVE);
    if run.termination.diverged() || beyond {
        let step = (below + 1).min(count);
        return format!("{name} diverged: from step {step} on, f is above its start.");
    }
    if last > start {
        return format!(
            "{name} moves away: f = {} after {count} steps, {} at the start.",
            plain(last),
            plain(start)
        );
    }
    format!("{name}: f = {} after {count} steps.", plain(last))
}

/// Returns a number as the lecture's labels have it: .9 for 0.9.
pub(super) fn short(value: f64) -> String {
    let text = plain(value);
    text.strip_prefix("0.").map(|decimals| format!(".{decimals}")).unwrap_or(text)
}
