//! Notebook 07.

use super::run::run;
use super::shown::{Shown, descend, ended, knobs, paths, short, steps};
use crate::report::numbers::plain;
use gradus::figure::optimizer;
use gradus::notebook::*;

/// Gradient descent and momentum in a ravine. The knobs: the learning rate, and ρ.
pub(super) fn ravine(values: &[f64]) -> Result<Shown> {
    let [lr, rho] = knobs(values);
    let eigenvalues = [0.2, 4.0];
    let with = |rho: f64| descend(AnyRule::new(Momentum::new(rho)), eigenvalues, lr, 20);
    let (plain, heavy) = (with(0.0)?, with(rho)?);
    let label = format!("momentum, ρ = {rho}");
    let runs = [("gradient descent", &plain), (label.as_str(), &heavy)];
    let figure = paths(problems::Quadratic::new(&eigenvalues), &runs);
    Ok(Shown::new(figure, [ended("gradient descent", &plain), ended("momentum", &heavy)]))
}

/// A shallow minimum, a plateau and a saddle, each with and without momentum. The knob: ρ.
pub(super) fn escapes(values: &[f64]) -> Result<Shown> {
    let [rho] = knobs(values);
    let both = |problem: &mut dyn Differentiable, start: &[f64], lr: f64, stop: Stop| {
        let mut of = |rho: f64| run(problem, start, AnyRule::new(Momentum::new(rho)), lr, stop);
        Ok::<_, Error>([of(0.0)?, of(rho)?])
    };
    let basin = both(&mut problems::TwoBasins, &[-3.0], 0.05, Stop::iterations(1000))?;
    let plateau = both(&mut problems::Plateau, &[8.0], 0.5, Stop::iterations(10_000).target(0.01))?;
    let saddle = both(&mut problems::Saddle, &[1.0, 1e-3], 0.1, Stop::iterations(150))?;
    let named = format!("momentum {}", short(rho));
    let labels = ["gradient descent", named.as_str()];

    let x: Vec<f64> = (0..=240).map(|i| -4.0 + f64::from(i) * 0.03).collect();
    let f: Vec<f64> = x.iter().map(|&x| problems::TwoBasins.value(&array![x])).collect();
    let mut hills =
        Panel::new("two basins, lr = .05", Axis::linear("x"), Axis::linear("f(x)").range(-2.0, 5.0))
            .theory("f", x, f);
    let mut flat =
        Panel::new("a plateau, lr = .5", Axis::log("step"), Axis::linear("f(x)").lower_is_better());
    let mut beside =
        Panel::new("beside a saddle, lr = .1", Axis::linear("step"), Axis::linear("y (minima at ±1)"));
    for (which, label) in labels.into_iter().enumerate() {
        let color = optimizer(label);
        let run = &basin[which];
        let shown = run.value.len().min(60);
        hills = hills.path(label, run.x[0][..shown].to_vec(), run.value[..shown].to_vec(), color);
        let run = &plateau[which];
        flat = flat.line(label, steps(run)[1..].to_vec(), run.value[1..].to_vec(), color);
        let run = &saddle[which];
        beside = beside.line(label, steps(run), run.x[1].clone(), color);
    }
    let caption = "A shallow minimum, a plateau and a saddle, with and without momentum.";
    let figure = Figure::new("escapes", "The obstacles that momentum passes", caption)
        .panel(hills)
        .panel(flat)
        .panel(beside);
    let (end, deep) = (basin[1].end()[0], 1.59868);
    let place =
        if (end - deep).abs() < 0.1 { "the deep minimum" } else { "another place than the deep minimum" };
    let notes = [
        format!("Across the shallow minimum, {named} ends at x = {}: {place}.", plain(end)),
        format!(
            "Down the plateau it takes {} steps, gradient descent {}.",
            plateau[1].len(),
            plateau[0].len()
        ),
    ];
    Ok(Shown::new(figure, notes))
}

/// The same noise without and with momentum, at the same effective learning rate. The knobs: that rate, and
/// ρ.
pub(super) fn noise(values: &[f64]) -> Result<Shown> {
    const SHOWN: usize = 150;
    let [lr, rho] = knobs(values);
    let panel = |title: String, lr: f64, rho: f64, color: usize| -> Result<Panel> {
        let axes = (Axis::linear("step"), Axis::linear("position x (minimum at 0)").range(-1.6, 1.6));
        let x = walk(lr, rho, SHOWN)?;
        Ok(Panel::new(title, axes.0, axes.1).line(
            "",
            (1..=SHOWN).map(|k| k as f64).collect::<Vec<_>>(),
            x,
            color,
        ))
    };
    let slow = lr * (1.0 - rho);
    let caption = "A noisy gradient, without and with momentum.";
    let figure = Figure::new("noise", "A noisy gradient, without and with momentum", caption)
        .panel(panel(format!("SGD, lr = {}", short(lr)), lr, 0.0, optimizer("sgd"))?)
        .panel(panel(
            format!("momentum {}, lr = {}", short(rho), short(slow)),
            slow,
            rho,
            optimizer("momentum"),
        )?);
    let settled = |lr: f64, rho: f64| lr * (1.0 + rho) / ((1.0 - rho) * (2.0 * (1.0 + rho) - lr));
    let note = if lr < 2.0 {
        format!(
            "Theory: x settles at a variance of {} without and {} with momentum.",
            plain(settled(lr, 0.0)),
            plain(settled(slow, rho))
        )
    } else {
        "SGD diverged: its limit is lr = 2.".into()
    };
    Ok(Shown::new(figure, [note]))
}

/// Walks on f = ½x² with gradient noise of variance one, from the minimum.
fn walk(lr: f64, rho: f64, steps: usize) -> Result<Vec<f64>> {
    let rule = Momentum::new(rho);
    FirstOrder::new(rule, lr)?;
    let noise = rng::normal::<f64>(&mut rng::stream(0, "gradient noise", 0), steps, 1.0);
    let (mut state, mut x) = (State::new(&rule, 1), [0.0]);
    Ok(noise
        .iter()
        .map(|noise| {
            let noisy = [x[0] + noise];
            rule.step(&mut state, lr, &noisy, &mut x);
            x[0]
        })
        .collect())
}
