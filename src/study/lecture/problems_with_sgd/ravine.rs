//! The ravine: the number of steps over the condition number, oscillation across the ravine and slow progress
//! along it.

use super::sources::SLIDE;
use crate::claim::{Bound, Claim};
use crate::compare::statistics;
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::linalg::norm;
use crate::minimize::{Minimum, minimize, minimize_observed};
use crate::optimizer::first_order::{FirstOrder, Sgd};
use crate::problems::Quadratic;
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::array;
use std::ops::ControlFlow;

/// The factor by which the distance to the minimum must shrink.
const PRECISION: f64 = 1e-6;
const KAPPAS: [f64; 4] = [10.0, 100.0, 1e3, 1e4];
/// The number of steps in theory: ln 10⁶ / ln((κ+1)/(κ−1)), rounded up.
const COUNTED: [f64; 4] = [69.0, 691.0, 6908.0, 69078.0];
const THEORY: &str = "Nesterov, Introductory Lectures on Convex Optimization 2004, theorem 2.1.15";

/// The ravine in the figures, and a learning rate near its limit of .5.
const PICTURE: [f64; 2] = [0.2, 4.0];
const NEAR_THE_LIMIT: f64 = 0.45;

/// Returns the number of steps of gradient descent at its best learning rate until the distance has shrunk
/// enough.
fn steps(kappa: f64) -> Result<usize> {
    let (eigenvalues, start) = ([1.0 / kappa, 1.0], array![1.0, 1.0]);
    let far = norm(&start);
    let optimizer = FirstOrder::new(Sgd, 2.0 / (eigenvalues[0] + eigenvalues[1]))?;
    let arrived = |x: &ndarray::Array1<f64>| {
        if norm(x) <= PRECISION * far { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let found = minimize_observed(
        Quadratic::new(&eigenvalues),
        &start,
        optimizer,
        Stop::iterations(1_000_000),
        |moment| arrived(&moment.iterate.x),
    )?;
    Ok(found.iterations)
}

fn jittering() -> Result<Minimum> {
    minimize(
        Quadratic::new(&PICTURE),
        &array![-5.0, -2.0],
        FirstOrder::new(Sgd, NEAR_THE_LIMIT)?,
        Stop::iterations(20),
    )
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let counted = KAPPAS.iter().map(|&kappa| Ok(steps(kappa)? as f64)).collect::<Result<Vec<f64>>>()?;
    findings.tables.push(
        Table::new(
            "ravine",
            "Steps of gradient descent at its best learning rate until the distance to the minimum is a \
             millionth of what it was",
        )
        .float("condition_number", KAPPAS)
        .float_within("steps", counted.clone(), 0.0, 1.0)
        .float("theory", COUNTED),
    );
    let logs = |values: &[f64]| values.iter().map(|v| v.log10()).collect::<Vec<_>>();
    let slope = statistics::slope(&logs(&KAPPAS), &logs(&counted));
    let off = counted.iter().zip(COUNTED).map(|(c, t)| (c - t).abs()).fold(0.0, f64::max);

    let run = jittering()?;
    let pairs = |column: usize| run.trace.x[column].windows(2).map(|w| (w[0], w[1])).collect::<Vec<_>>();
    let (shallow, steep) = (pairs(0), pairs(1));
    let turns =
        steep.iter().filter(|(before, after)| before * after < 0.0).count() as f64 / steep.len() as f64;
    let creep = shallow.iter().map(|(before, after)| 1.0 - after / before).fold(0.0, f64::max);
    let equals = |value, tolerance| Bound::Equals { value, tolerance };
    findings.claims.extend([
        Claim::exact(
            "ravine-slow",
            "06",
            "In a ravine, the number of steps to a given precision is proportional to the condition number \
             (log-log slope)",
            SLIDE,
        )
        .reading(
            "the slide says “very slow progress along shallow dimension”; we ask for \
                 steps in proportion to the condition number",
        )
        .measured(slope, equals(1.0, 0.01)),
        Claim::exact(
            "ravine-steps",
            "06",
            "At the best learning rate these steps are 69, 691, 6,908 and 69,078 for κ = 10, 100, 1,000 and \
             10,000 (largest deviation)",
            THEORY,
        )
        .reading(
            "the theorem bounds the rate; we count the steps for four condition \
                 numbers",
        )
        .measured(off, Bound::AtMost(1.0)),
        Claim::exact(
            "jitter",
            "06",
            "Near the largest learning rate the iterate oscillates across the ravine: the steep coordinate \
             changes sign at every step (share of steps)",
            SLIDE,
        )
        .reading(
            "the slide says “jitter along steep direction”; we ask for a change of \
                 sign at every step",
        )
        .measured(turns, equals(1.0, 0.0)),
        Claim::exact(
            "creep",
            "06",
            "Near the largest learning rate the iterate moves slowly along the ravine: the shallow \
             coordinate shrinks by at most a tenth per step (largest share)",
            SLIDE,
        )
        .reading(
            "the slide says “very slow progress along shallow dimension”; we ask for \
                 at most a tenth per step",
        )
        .measured(creep, Bound::AtMost(0.1)),
    ]);
    findings.figures.push(paths(&run)?);
    findings.figures.push(over_kappa(&counted));
    Ok(())
}

fn paths(jittering: &Minimum) -> Result<Figure> {
    let height = |x: f64, y: f64| 0.1 * x * x + 2.0 * y * y;
    let careful = minimize(
        Quadratic::new(&PICTURE),
        &array![-5.0, -2.0],
        FirstOrder::new(Sgd, 0.05)?,
        Stop::iterations(20),
    )?;
    let path = Panel::new(
        "",
        Axis::linear("x₁ (shallow)").range(-5.5, 1.5),
        Axis::linear("x₂ (steep)").range(-2.6, 2.6),
    )
    .contour(height, 14)
    .path("lr = .45", jittering.trace.x[0].clone(), jittering.trace.x[1].clone(), 1)
    .path("lr = .05", careful.trace.x[0].clone(), careful.trace.x[1].clone(), 0)
    .with(Layer::Mark { label: "minimum".into(), x: 0.0, y: 0.0 });
    let steps: Vec<f64> = jittering.trace.iteration.iter().map(|&k| k as f64).collect();
    let coordinates = Panel::new(
        "coordinates at lr = .45",
        Axis::linear("step"),
        Axis::linear("coordinate (minimum at 0)"),
    )
    .line("shallow: x₁", steps.clone(), jittering.trace.x[0].clone(), 2)
    .line("steep: x₂", steps, jittering.trace.x[1].clone(), 3);
    let caption = "A large learning rate jumps from wall to wall and still moves slowly along the floor. A \
                   small rate does not jump, and moves along the floor even more slowly.";
    Ok(Figure::new("paths", "Twenty steps in a ravine", caption).panel(path).panel(coordinates))
}

fn over_kappa(counted: &[f64]) -> Figure {
    let kappa: Vec<f64> = (0..=40).map(|i| 10f64.powf(0.5 + 0.1 * f64::from(i))).collect();
    let theory: Vec<f64> = kappa.iter().map(|k| -PRECISION.ln() / ((k + 1.0) / (k - 1.0)).ln()).collect();
    let panel =
        Panel::new("", Axis::log("condition number κ"), Axis::log("steps to a millionth of the distance"))
            .theory("ln 10⁶ / ln((κ+1)/(κ−1))", kappa, theory)
            .with(Layer::Points {
                label: "measured".into(),
                x: KAPPAS.to_vec(),
                y: counted.to_vec(),
                color: 0,
            });
    let caption = "At the best learning rate for each κ. A condition number ten times as large takes ten \
                   times as many steps.";
    Figure::new("ravine", "The cost of a ravine", caption).panel(panel).columns(1)
}
