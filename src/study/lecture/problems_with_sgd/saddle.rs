//! Where gradient descent stays: at a local minimum or at a saddle point; and how long it takes to leave a
//! saddle point when it starts close to its ridge.

use super::sources::SLIDE;
use crate::claim::{Bound, Claim};
use crate::compare::statistics;
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::minimize::{Minimum, minimize, minimize_observed};
use crate::objective::Objective;
use crate::optimizer::first_order::{FirstOrder, Sgd};
use crate::problems::{Problem, Saddle, TwoBasins};
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::array;
use std::ops::ControlFlow;

const LR: f64 = 0.1;
/// The run has left the saddle point when it is this far from the ridge, where the function is still nearly
/// quadratic.
const LEFT: f64 = 0.1;

fn descend(start: [f64; 2], steps: usize) -> Result<Minimum> {
    minimize(Saddle, &array![start[0], start[1]], FirstOrder::new(Sgd, LR)?, Stop::iterations(steps))
}

/// Returns the number of steps until a run that starts at distance `offset` from the ridge has left the
/// saddle point.
fn escape(offset: f64) -> Result<usize> {
    let gone = |y: f64| if y.abs() >= LEFT { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let optimizer = FirstOrder::new(Sgd, LR)?;
    Ok(minimize_observed(Saddle, &array![1.0, offset], optimizer, Stop::iterations(10_000), |moment| {
        gone(moment.iterate.x[1])
    })?
    .iterations)
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let basin = minimize(TwoBasins, &array![-3.0], FirstOrder::new(Sgd, 0.05)?, Stop::iterations(1_000))?;
    let shallow = TwoBasins.facts().minima[1].0[0];
    let on_ridge = descend([1.0, 0.0], 10_000)?;
    let offsets: Vec<f64> = (1..=14).map(|i| 10f64.powi(-i) * LEFT).collect();
    let steps = offsets.iter().map(|&offset| Ok(escape(offset)? as f64)).collect::<Result<Vec<f64>>>()?;
    let theory: Vec<f64> = offsets.iter().map(|offset| (LEFT / offset).ln() / LR.ln_1p()).collect();
    findings.tables.push(
        Table::new(
            "saddle",
            "Steps until gradient descent (lr .1) has left the saddle point of ½x² − ½y² + ¼y⁴, starting at \
             distance δ from its ridge",
        )
        .float("offset", offsets.clone())
        .float_within("steps", steps.clone(), 0.0, 1.0)
        .float("theory", theory.clone()),
    );
    let logs: Vec<f64> = offsets.iter().map(|offset| -offset.ln()).collect();
    let slope = statistics::slope(&logs, &steps) * LR.ln_1p();
    let equals = |value, tolerance| Bound::Equals { value, tolerance };
    findings.claims.extend([
        Claim::exact(
            "local-min-stuck",
            "06",
            "Gradient descent stays in the first minimum that it meets, however shallow (distance from it)",
            SLIDE,
        )
        .said()
        .measured((basin.x[0] - shallow).abs(), Bound::AtMost(1e-9)),
        Claim::exact(
            "saddle-stuck",
            "06",
            "Started on the ridge of a saddle point, gradient descent ends at the saddle point (distance \
             from it after 10,000 steps)",
            SLIDE,
        )
        .reading(
            "the slide says “gradient descent gets stuck”; we start on the ridge, \
                 from which it reaches the saddle point",
        )
        .measured(on_ridge.x[0].hypot(on_ridge.x[1]), Bound::AtMost(1e-9)),
        Claim::exact(
            "saddle-start",
            "06",
            "Started at distance δ from the ridge, gradient descent leaves the saddle point after about \
             ln(1/δ)/ln(1 + lr) steps (slope over ln 1/δ, measured over theory)",
            "gradus, closed form; Ge, Huang, Jin & Yuan 2015",
        )
        .ours()
        .measured(slope, equals(1.0, 0.02)),
    ]);
    findings.figures.push(pictures(&basin)?);
    findings.figures.push(escapes(&offsets, &steps, &theory));
    Ok(())
}

fn pictures(basin: &Minimum) -> Result<Figure> {
    let x: Vec<f64> = (0..=240).map(|i| -4.0 + f64::from(i) * 0.03).collect();
    let f: Vec<f64> = x.iter().map(|&x| TwoBasins.value(&array![x])).collect();
    let line = Panel::new("a local minimum", Axis::linear("x"), Axis::linear("f(x)").range(-2.0, 5.0))
        .theory("f", x, f)
        .path("gradient descent", basin.trace.x[0][..60].to_vec(), basin.trace.value[..60].to_vec(), 0);
    let plane =
        Panel::new("a saddle", Axis::linear("x").range(-1.2, 1.2), Axis::linear("y").range(-1.3, 1.3))
            .contour(|x, y| Saddle.value(&array![x, y]), 14);
    let starts = [
        ([1.0, 0.0], "from the ridge", 1),
        ([1.0, 1e-3], "from y = 10⁻³", 2),
        ([1.0, -0.1], "from y = −10⁻¹", 3),
    ];
    let plane = starts.into_iter().try_fold(plane, |panel, (start, label, color)| -> Result<Panel> {
        let trace = descend(start, 300)?.trace;
        Ok(panel.path(label, trace.x[0].clone(), trace.x[1].clone(), color))
    })?;
    let plane = plane.with(Layer::Mark { label: "saddle".into(), x: 0.0, y: 0.0 });
    let caption = "Gradient descent ends where the gradient is zero: in the nearest minimum, and at a \
                   saddle point if it arrives exactly along the ridge. If it starts beside the ridge, it \
                   leaves in the end.";
    Ok(Figure::new("stuck", "Points where the gradient is zero", caption).panel(line).panel(plane))
}

fn escapes(offsets: &[f64], steps: &[f64], theory: &[f64]) -> Figure {
    // The loss of a few runs: a long plateau, then a fall.
    let losses = Panel::new("", Axis::linear("step"), Axis::linear("f"));
    let losses = [1e-2, 1e-4, 1e-8, 1e-14].into_iter().enumerate().fold(losses, |panel, (color, offset)| {
        let trace = descend([1.0, offset], 450).map(|found| found.trace).unwrap_or_default();
        let k: Vec<f64> = trace.iteration.iter().map(|&k| k as f64).collect();
        panel.line(format!("from δ = 10{}", ["⁻²", "⁻⁴", "⁻⁸", "⁻¹⁴"][color]), k, trace.value.clone(), color)
    });
    let counts =
        Panel::new("", Axis::log("distance δ from the ridge"), Axis::linear("steps to leave the saddle"))
            .theory("ln(.1/δ) / ln(1 + lr)", offsets, theory)
            .with(Layer::Points {
                label: "measured".into(),
                x: offsets.to_vec(),
                y: steps.to_vec(),
                color: 0,
            });
    let caption = "A loss that has not changed for a hundred steps may belong to a saddle point that the \
                   run is about to leave. Each time the start is ten times closer to the ridge, the same \
                   number of steps is added.";
    Figure::new("escape", "The time to leave a saddle point", caption).panel(losses).panel(counts)
}
