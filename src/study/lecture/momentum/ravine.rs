//! Paths in a ravine, and the worked examples of a well-known textbook.

use super::sources::SLIDE;
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizers};
use crate::findings::Findings;
use crate::minimize::{Minimum, minimize};
use crate::optimizer::first_order::{FirstOrder, Momentum};
use crate::problems::Quadratic;
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::array;

/// f = .1x² + 2y² from (−5, −2), 20 steps: learning rate, ρ, and the end point in the textbook.
const WORKED: [(f64, f64, [f64; 2]); 4] = [
    (0.4, 0.0, [-0.943467, -0.000073]),
    (0.6, 0.0, [-0.387814, -1673.365109]),
    (0.6, 0.5, [0.007188, 0.002553]),
    (0.6, 0.25, [-0.126340, -0.186632]),
];
const TEXTBOOK: &str = "Zhang, Lipton, Li & Smola, Dive into Deep Learning, ch. 12";

fn descend(lr: f64, rho: f64) -> Result<Minimum> {
    let optimizer = FirstOrder::new(Momentum::new(rho), lr)?;
    minimize(Quadratic::new(&[0.2, 4.0]), &array![-5.0, -2.0], optimizer, Stop::iterations(20))
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let runs = WORKED.iter().map(|&(lr, rho, _)| descend(lr, rho)).collect::<Result<Vec<_>>>()?;
    let off = |run: &Minimum, [x, y]: [f64; 2]| {
        let relative = |got: f64, expected: f64| (got - expected).abs() / expected.abs().max(1.0);
        relative(run.x[0], x).max(relative(run.x[1], y))
    };
    let deviations: Vec<f64> = runs.iter().zip(&WORKED).map(|(run, worked)| off(run, worked.2)).collect();
    findings.tables.push(
        Table::new("worked", "f = .1x² + 2y² from (−5, −2) after 20 steps")
            .float("lr", WORKED.map(|w| w.0))
            .float("rho", WORKED.map(|w| w.1))
            .float("x", runs.iter().map(|r| r.x[0]).collect::<Vec<_>>())
            .float("y", runs.iter().map(|r| r.x[1]).collect::<Vec<_>>())
            .float("f", runs.iter().map(|r| r.value).collect::<Vec<_>>()),
    );
    let worst = deviations.into_iter().fold(0.0, f64::max);
    let sentence = "Four worked examples end where the textbook says (largest deviation, relative to the \
                    coordinate or 1)";
    findings.claims.push(
        Claim::exact("momentum-worked", "07", sentence, TEXTBOOK).said().measured(worst, Bound::AtMost(1e-6)),
    );
    let sentence = "At a learning rate at which plain gradient descent diverges, momentum converges (f \
                    after 20 steps, ratio)";
    findings.claims.push(
        Claim::exact("momentum-steadies", "07", sentence, SLIDE)
            .ours()
            .measured(runs[2].value / runs[1].value, Bound::AtMost(1e-6)),
    );
    findings.figures.push(figure()?);
    Ok(())
}

/// Draws paths of gradient descent and momentum at the same learning rate.
fn figure() -> Result<Figure> {
    let axes =
        || (Axis::linear("x₁ (shallow)").range(-5.5, 2.5), Axis::linear("x₂ (steep)").range(-2.6, 2.6));
    let height = |x: f64, y: f64| 0.1 * x * x + 2.0 * y * y;
    let panel = |title: &str, lr: f64| -> Result<Panel> {
        let (x, y) = axes();
        let panel = Panel::new(title, x, y).contour(height, 14);
        let runs = [(0.0, "gradient descent"), (0.8, "momentum .8"), (0.5, "momentum .5")];
        let places = optimizers(runs.map(|run| run.1));
        let panel = runs.into_iter().zip(places).try_fold(
            panel,
            |panel, ((rho, label), color)| -> Result<Panel> {
                let trace = descend(lr, rho)?.trace;
                // A path that leaves the figure is drawn up to its edge.
                let shown = trace.x[1].iter().position(|y| y.abs() > 2.6).unwrap_or(trace.len());
                Ok(panel.path(label, trace.x[0][..shown].to_vec(), trace.x[1][..shown].to_vec(), color))
            },
        )?;
        Ok(panel.with(Layer::Mark { label: "minimum".into(), x: 0.0, y: 0.0 }))
    };
    let caption = "Gradient descent oscillates along the steep axis and moves slowly along the shallow one. \
                   Momentum averages out the oscillation and adds up the slow progress.";
    let figure = Figure::new("ravine", "Paths in a ravine, twenty steps from the same start", caption);
    Ok(figure.panel(panel("lr = .1", 0.1)?).panel(panel("lr = .45", 0.45)?))
}
