//! Notebook 04.

use super::run::{Run, run};
use super::shown::{Shown, descend, ended, knobs, paths, short};
use crate::report::numbers::plain;
use gradus::error::check_hyperparameter;
use gradus::notebook::*;

/// Ten steps on f = x² from 10 at three learning rates. The knob: the rate of the first panel.
pub(super) fn parabola(values: &[f64]) -> Result<Shown> {
    let [lr] = knobs(values);
    let ten_steps = |lr: f64| {
        run(&mut problems::Quadratic::new(&[2.0]), &[10.0], AnyRule::new(Sgd), lr, Stop::iterations(10))
    };
    let first = ten_steps(lr)?;
    let caption = "Ten steps of gradient descent on a parabola at three learning rates.";
    let figure = Figure::new("parabola", "Ten steps on f = x²", caption).columns(3).aspect(1.1);
    let figure = figure
        .panel(on_the_curve(&format!("lr = {}", short(lr)), &first, 11.0, 121.0))
        .panel(on_the_curve("lr = .05: too small", &ten_steps(0.05)?, 11.0, 121.0))
        .panel(on_the_curve("lr = 1.1: too large", &ten_steps(1.1)?, 70.0, 4500.0));
    let factor = 1.0 - 2.0 * lr;
    let law = match factor.abs() {
        size if size < 1.0 => "x shrinks",
        1.0 => "x comes no nearer",
        _ => "x grows: the run diverges",
    };
    let notes = [
        format!("A step multiplies x by 1 − 2·lr = {}, so {law}.", plain(factor)),
        format!("After ten steps x = {}.", plain(first.end()[0])),
    ];
    Ok(Shown::new(figure, notes))
}

fn on_the_curve(title: &str, run: &Run, far: f64, top: f64) -> Panel {
    let x: Vec<f64> = (-70..=70).map(|x| f64::from(x) * far / 70.0).collect();
    let f: Vec<f64> = x.iter().map(|x| x * x).collect();
    let axes = (Axis::linear("x").range(-far, far), Axis::linear("f(x)").range(-0.04 * top, top));
    Panel::new(title, axes.0, axes.1).theory("f = x²", x, f).path(
        "gradient descent",
        run.x[0].clone(),
        run.value.clone(),
        0,
    )
}

/// Twenty steps in a bowl with curvatures 4/κ and 4. The knobs: the learning rate, and κ.
pub(super) fn bowl(values: &[f64]) -> Result<Shown> {
    let [lr, kappa] = knobs(values);
    check_hyperparameter("κ", kappa, "from 1 to 1e6", |v| (1.0..=1e6).contains(&v))?;
    let eigenvalues = [4.0 / kappa, 4.0];
    let run = descend(AnyRule::new(Sgd), eigenvalues, lr, 20)?;
    let label = format!("gradient descent, lr = {lr}");
    let figure = paths(problems::Quadratic::new(&eigenvalues), &[(&label, &run)]);
    let rate = (1.0 - lr * eigenvalues[0]).abs().max((1.0 - 4.0 * lr).abs());
    let notes = [
        ended("gradient descent", &run),
        format!("A step multiplies the slowest coordinate by {}; above 1 the run diverges.", plain(rate)),
    ];
    Ok(Shown::new(figure, notes))
}
