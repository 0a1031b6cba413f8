//! Gradient descent, momentum and Nesterov momentum in a ravine, and how far each overshoots.

use super::sources::SLIDE;
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizer};
use crate::findings::Findings;
use crate::minimize::{Minimum, minimize};
use crate::optimizer::first_order::{FirstOrder, Momentum, Nesterov, Sgd, UpdateRule};
use crate::problems::Quadratic;
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::array;

/// The learning rate and ρ in the figure.
pub(super) const SHOWN: (f64, f64) = (0.1, 0.8);
const RATES: [f64; 3] = [0.02, 0.1, 0.3];
/// The steep eigenvalue of the ravine.
const STEEP: f64 = 4.0;
const FRICTIONS: [f64; 5] = [0.5, 0.7, 0.8, 0.9, 0.99];

fn run_rule(rule: impl UpdateRule, lr: f64, steps: usize) -> Result<Minimum> {
    minimize(
        Quadratic::new(&[0.2, STEEP]),
        &array![-5.0, -2.0],
        FirstOrder::new(rule, lr)?,
        Stop::iterations(steps),
    )
}

/// Returns how far a coordinate goes beyond the minimum, as a share of its distance at the start.
fn overshoot(run: &Minimum, coordinate: usize) -> f64 {
    let column = &run.trace.x[coordinate];
    column.iter().map(|x| -x / column[0]).fold(0.0, f64::max).abs()
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    struct OvershootRow {
        lr: f64,
        rho: f64,
        momentum: [f64; 2],
        nesterov: [f64; 2],
    }
    let mut rows = Vec::new();
    for lr in RATES {
        for rho in FRICTIONS {
            let (heavy, ahead) =
                (run_rule(Momentum::new(rho), lr, 400)?, run_rule(Nesterov::new(rho), lr, 400)?);
            let both = |run: &Minimum| [overshoot(run, 0), overshoot(run, 1)];
            rows.push(OvershootRow { lr, rho, momentum: both(&heavy), nesterov: both(&ahead) });
        }
    }
    let column = |of: fn(&OvershootRow) -> f64| rows.iter().map(of).collect::<Vec<_>>();
    findings.tables.push(
        Table::new(
            "overshoot",
            "How far each coordinate goes beyond the minimum of .1x₁² + 2x₂², as a share of its distance at \
             the start",
        )
        .float("lr", column(|r| r.lr))
        .float("rho", column(|r| r.rho))
        .float_within("momentum_shallow", column(|r| r.momentum[0]), 1e-6, 1e-9)
        .float_within("nesterov_shallow", column(|r| r.nesterov[0]), 1e-6, 1e-9)
        .float_within("momentum_steep", column(|r| r.momentum[1]), 1e-6, 1e-9)
        .float_within("nesterov_steep", column(|r| r.nesterov[1]), 1e-6, 1e-9),
    );
    // Below 1e-9 neither overshoots: a ratio would compare rounding errors.
    let worst = |coordinate: usize, rows: &[&OvershootRow]| {
        rows.iter()
            .filter(|r| r.momentum[coordinate].max(r.nesterov[coordinate]) > 1e-9)
            .map(|r| r.nesterov[coordinate] / r.momentum[coordinate])
            .fold(0.0, f64::max)
    };
    let shown: Vec<&OvershootRow> = rows.iter().filter(|r| (r.lr, r.rho) == SHOWN).collect();
    let all: Vec<&OvershootRow> = rows.iter().collect();
    let below: Vec<&OvershootRow> = rows.iter().filter(|r| r.lr * STEEP <= 1.0).collect();
    let largest = |rows: &[&OvershootRow]| worst(0, rows).max(worst(1, rows));
    findings.claims.extend([
        Claim::exact(
            "less-overshoot",
            "08",
            "In the ravine of the figure Nesterov momentum overshoots less than momentum, along both axes \
             (larger ratio of the overshoots)",
            SLIDE,
        )
        .reading(
            "the slide draws three paths without words; we measure how far two of \
                 them overshoot",
        )
        .measured(largest(&shown), Bound::AtMost(1.0)),
        Claim::exact(
            "less-overshoot-everywhere",
            "08",
            "Nesterov momentum overshoots less than momentum at all fifteen settings of learning rate and \
             ρ (largest ratio)",
            "gradus",
        )
        .ours()
        .measured(largest(&all), Bound::AtMost(1.0))
        .note(
            "The exceptions are the settings with lr·λmax = 1.2. Above 1 the plain gradient step already \
             crosses the ravine, and looking ahead adds to it. At still larger rates Nesterov's rule \
             diverges where momentum does not (claim nesterov-lr-limit).",
        ),
        Claim::exact(
            "less-overshoot-below-one",
            "08",
            "Nesterov momentum overshoots less than momentum at all ten settings with lr·λmax ≤ 1 (largest \
             ratio)",
            "gradus",
        )
        .ours()
        .measured(largest(&below), Bound::AtMost(1.0)),
    ]);
    findings.figures.push(figure()?);
    Ok(())
}

fn figure() -> Result<Figure> {
    let (lr, rho) = SHOWN;
    let runs = [
        ("gradient descent", run_rule(Sgd, lr, 60)?),
        ("momentum .8", run_rule(Momentum::new(rho), lr, 60)?),
        ("Nesterov .8", run_rule(Nesterov::new(rho), lr, 60)?),
    ];
    let axes = (Axis::linear("x₁ (shallow)").range(-5.5, 3.2), Axis::linear("x₂ (steep)").range(-2.6, 2.6));
    let plane = Panel::new("forty steps", axes.0, axes.1).contour(|x, y| 0.1 * x * x + 2.0 * y * y, 14);
    let plane = runs.iter().fold(plane, |panel, (label, run)| {
        panel.path(*label, run.trace.x[0][..=40].to_vec(), run.trace.x[1][..=40].to_vec(), optimizer(label))
    });
    let along = Panel::new("steep coordinate", Axis::linear("step"), Axis::linear("x₂ (minimum at 0)"));
    let along = runs.iter().fold(along, |panel, (label, run)| {
        panel.line(
            *label,
            (0..=40).map(f64::from).collect::<Vec<_>>(),
            run.trace.x[1][..=40].to_vec(),
            optimizer(label),
        )
    });
    let caption = "The look-ahead sees the opposite wall before the step is made, and brakes. At the same \
                   learning rate and ρ the path oscillates less.";
    let figure = Figure::new("paths", "Three rules in a ravine, lr = .1", caption);
    Ok(figure.panel(plane.with(Layer::Mark { label: "minimum".into(), x: 0.0, y: 0.0 })).panel(along))
}
