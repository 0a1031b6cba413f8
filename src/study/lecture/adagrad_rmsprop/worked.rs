//! Paths in a ravine, and the worked examples of a well-known textbook.

use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizer};
use crate::findings::Findings;
use crate::minimize::{Minimum, minimize};
use crate::optimizer::first_order::{AdaGrad, Epsilon, FirstOrder, RmsProp, Sgd, UpdateRule};
use crate::problems::Quadratic;
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::array;

const TEXTBOOK: &str = "Zhang, Lipton, Li & Smola, Dive into Deep Learning, ch. 12";
/// The textbook has ε = 10⁻⁶ inside the root.
const EPS: f64 = 1e-6;

fn adagrad() -> AdaGrad {
    AdaGrad { eps: EPS, eps_at: Epsilon::Inside, ..AdaGrad::default() }
}

fn rmsprop() -> RmsProp {
    RmsProp { decay: 0.9, eps: EPS, eps_at: Epsilon::Inside, ..RmsProp::default() }
}

fn descend(rule: impl UpdateRule, lr: f64, steps: usize) -> Result<Minimum> {
    minimize(
        Quadratic::new(&[0.2, 4.0]),
        &array![-5.0, -2.0],
        FirstOrder::new(rule, lr)?,
        Stop::iterations(steps),
    )
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let runs = [
        ("gradient descent", 0.4, descend(Sgd, 0.4, 20)?),
        ("AdaGrad", 0.4, descend(adagrad(), 0.4, 20)?),
        ("AdaGrad", 2.0, descend(adagrad(), 2.0, 20)?),
        ("RMSProp", 0.4, descend(rmsprop(), 0.4, 20)?),
    ];
    findings.tables.push(
        Table::new(
            "worked",
            "f = .1x² + 2y² from (−5, −2) after 20 steps; AdaGrad and RMSProp (γ .9) with ε 1e-6 inside the \
             root",
        )
        .text("optimizer", runs.iter().map(|r| r.0))
        .float("lr", runs.iter().map(|r| r.1).collect::<Vec<_>>())
        .float("x", runs.iter().map(|r| r.2.x[0]).collect::<Vec<_>>())
        .float("y", runs.iter().map(|r| r.2.x[1]).collect::<Vec<_>>())
        .float("f", runs.iter().map(|r| r.2.value).collect::<Vec<_>>()),
    );
    let off = |run: &Minimum, [x, y]: [f64; 2]| {
        let relative = |got: f64, expected: f64| (got - expected).abs() / expected.abs().max(1.0);
        relative(run.x[0], x).max(relative(run.x[1], y))
    };
    let claim = |id, sentence, measured| {
        Claim::exact(id, "09", sentence, TEXTBOOK).said().measured(measured, Bound::AtMost(1e-6))
    };
    findings.claims.extend([
        claim(
            "adagrad-worked",
            "AdaGrad ends at (−2.382563, −.158591) after 20 steps in the ravine at lr .4 (largest deviation)",
            off(&runs[1].2, [-2.382563, -0.158591]),
        ),
        claim(
            "rmsprop-worked",
            "RMSProp ends at (−.010599, 0) after 20 steps in the ravine at lr .4 (largest deviation)",
            off(&runs[3].2, [-0.010599, 0.0]),
        ),
    ]);
    findings.figures.push(figure()?);
    Ok(())
}

fn figure() -> Result<Figure> {
    let height = |x: f64, y: f64| 0.1 * x * x + 2.0 * y * y;
    let axes = (Axis::linear("x₁ (shallow)").range(-5.5, 1.5), Axis::linear("x₂ (steep)").range(-2.6, 2.6));
    let runs = [
        ("gradient descent, lr .1", descend(Sgd, 0.1, 20)?),
        ("AdaGrad, lr .4", descend(adagrad(), 0.4, 20)?),
        ("RMSProp, lr .4", descend(rmsprop(), 0.4, 20)?),
    ];
    let plane = Panel::new("twenty steps", axes.0, axes.1).contour(height, 14);
    let plane = runs.iter().fold(plane, |panel, (label, run)| {
        panel.path(*label, run.trace.x[0].clone(), run.trace.x[1].clone(), optimizer(label))
    });
    let along = Panel::new(
        "the same over the steps",
        Axis::linear("step"),
        Axis::log("f").range(1e-5, 20.0).lower_is_better(),
    );
    let along = runs.iter().fold(along, |panel, (label, run)| {
        panel.line(
            *label,
            run.trace.iteration.iter().map(|&k| k as f64).collect::<Vec<_>>(),
            run.trace.value.clone(),
            optimizer(label),
        )
    });
    let caption = "Both scaled rules start at 45°, equally far along each axis, however steep it is. Later \
                   the steps of AdaGrad shrink, and those of RMSProp do not.";
    Ok(Figure::new("paths", "Scaled steps in a ravine", caption)
        .panel(plane.with(Layer::Mark { label: "minimum".into(), x: 0.0, y: 0.0 }))
        .panel(along))
}
