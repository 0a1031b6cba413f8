//! Notebook 09.

use super::shown::{Shown, bowl, descend, ended, knobs, path, paths, short, steps};
use gradus::figure::optimizer;
use gradus::notebook::*;

const RAVINE: [f64; 2] = [0.2, 4.0];

/// AdaGrad and RMSProp beside gradient descent. The knobs: the learning rate of the two, and γ.
pub(super) fn ravine(values: &[f64]) -> Result<Shown> {
    let [lr, decay] = knobs(values);
    let adagrad = AdaGrad { eps: 1e-6, eps_at: Epsilon::Inside, ..AdaGrad::default() };
    let rmsprop = RmsProp { decay, eps: 1e-6, eps_at: Epsilon::Inside, ..RmsProp::default() };
    let runs = [
        ("gradient descent, lr .1".to_string(), descend(AnyRule::new(Sgd), RAVINE, 0.1, 20)?),
        (format!("AdaGrad, lr {}", short(lr)), descend(AnyRule::new(adagrad), RAVINE, lr, 20)?),
        (format!("RMSProp, lr {}", short(lr)), descend(AnyRule::new(rmsprop), RAVINE, lr, 20)?),
    ];
    let mut plane = bowl("twenty steps", RAVINE, 1.5);
    let mut along = Panel::new(
        "the same over the steps",
        Axis::linear("step"),
        Axis::log("f").range(1e-5, 20.0).lower_is_better(),
    );
    for (label, run) in &runs {
        let color = optimizer(label);
        plane = path(plane, label.as_str(), run, color);
        along = along.line(label.as_str(), steps(run), run.value.clone(), color);
    }
    let caption = "Three paths in a ravine, and f over the steps.";
    let figure = Figure::new("paths", "Scaled steps in a ravine", caption)
        .panel(plane.with(Layer::Mark { label: "minimum".into(), x: 0.0, y: 0.0 }))
        .panel(along);
    Ok(Shown::new(figure, runs[1..].iter().map(|(label, run)| ended(label, run))))
}

/// Sixty steps of RMSProp. The knobs: γ, and the learning rate.
pub(super) fn rmsprop(values: &[f64]) -> Result<Shown> {
    let [decay, lr] = knobs(values);
    let run = descend(AnyRule::new(RmsProp { decay, ..RmsProp::default() }), RAVINE, lr, 60)?;
    let first = (run.x[0][1] - run.x[0][0]).abs() / lr;
    let figure = paths(problems::Quadratic::new(&RAVINE), &[("RMSProp", &run)]);
    let notes = [
        format!(
            "The first step is {first:.3} learning rates long; 1/√(1 − γ) = {:.3}.",
            1.0 / (1.0 - decay).sqrt()
        ),
        ended("RMSProp", &run),
    ];
    Ok(Shown::new(figure, notes))
}
