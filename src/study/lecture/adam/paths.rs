//! Paths of Adam, momentum and RMSProp in a ravine.

use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizer};
use crate::findings::Findings;
use crate::minimize::{Minimum, minimize};
use crate::optimizer::first_order::{Adam, FirstOrder, Momentum, RmsProp, Sgd, UpdateRule};
use crate::problems::Quadratic;
use crate::stop::Stop;
use crate::study::Context;
use ndarray::array;

fn descend(rule: impl UpdateRule, lr: f64) -> Result<Minimum> {
    minimize(
        Quadratic::new(&[0.2, 4.0]),
        &array![-5.0, -2.0],
        FirstOrder::new(rule, lr)?,
        Stop::iterations(60),
    )
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let decayed = RmsProp { decay: 0.9, ..RmsProp::default() };
    let runs = [
        ("gradient descent, lr .1", descend(Sgd, 0.1)?),
        ("momentum .8, lr .1", descend(Momentum::new(0.8), 0.1)?),
        ("RMSProp .9, lr .2", descend(decayed, 0.2)?),
        ("Adam, lr .4", descend(Adam::default(), 0.4)?),
    ];
    let axes = (Axis::linear("x₁ (shallow)").range(-5.5, 3.2), Axis::linear("x₂ (steep)").range(-2.6, 2.6));
    let plane = Panel::new("forty steps", axes.0, axes.1).contour(|x, y| 0.1 * x * x + 2.0 * y * y, 14);
    let plane = runs.iter().fold(plane, |panel, (label, run)| {
        panel.path(*label, run.trace.x[0][..=40].to_vec(), run.trace.x[1][..=40].to_vec(), optimizer(label))
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
    let caption = "Adam starts like RMSProp, equally fast along both axes, and overshoots like momentum.";
    findings.figures.push(
        Figure::new("paths", "Adam, momentum and RMSProp in a ravine", caption)
            .panel(plane.with(Layer::Mark { label: "minimum".into(), x: 0.0, y: 0.0 }))
            .panel(along),
    );
    Ok(())
}
