//! Newton looks for a zero of the gradient, and a saddle point is one.

use super::sources::{NOCEDAL, SLIDE};
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Palette, Panel, optimizer};
use crate::findings::Findings;
use crate::minimize::{Minimum, minimize};
use crate::objective::{Objective, ThroughHessian, TwiceDifferentiable};
use crate::optimizer::first_order::{FirstOrder, Sgd};
use crate::optimizer::second_order::{Newton, NewtonCg, TrustRegion};
use crate::problems::{Himmelblau, Saddle};
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::{Array1, Array2, array};

/// Minimizes the bounded saddle ½x² − ½y² + ¼y⁴ from a start.
type Minimizer = fn(&Array1<f64>) -> Result<Minimum>;

fn stop() -> Stop {
    Stop::grad(1e-9).max_iter(2_000)
}

const OPTIMIZERS: [(&str, Minimizer); 6] = [
    ("gradient descent, lr .3", |x| {
        minimize(Saddle, x, FirstOrder::new(Sgd, 0.3).expect("a rate above 0"), stop())
    }),
    ("Newton, pure", |x| minimize(Saddle, x, Newton::pure(), stop())),
    ("Newton with line search", |x| minimize(Saddle, x, Newton::damped(), stop())),
    ("Newton, shifted", |x| minimize(Saddle, x, Newton::new(), stop())),
    ("trust region", |x| minimize(Saddle, x, TrustRegion::new(), stop())),
    ("Newton-CG", |x| minimize(ThroughHessian::new(Saddle), x, NewtonCg::new(), stop())),
];

/// The numbers of runs that end at the saddle point, at a minimum, or elsewhere.
#[derive(Default)]
struct EndCounts {
    saddle: usize,
    minimum: usize,
    neither: usize,
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let starts = starts();
    let ends: Vec<EndCounts> =
        OPTIMIZERS.iter().map(|(_, run)| ends(*run, &starts)).collect::<Result<_>>()?;
    let count = |of: fn(&EndCounts) -> usize| ends.iter().map(move |e| of(e) as i64);
    findings.tables.push(
        Table::new(
            "saddle",
            "Where runs on ½x² − ½y² + ¼y⁴ end, from a hundred starts near its ridge, where it curves \
             downward along y",
        )
        .text("optimizer", OPTIMIZERS.map(|(name, _)| name))
        .integer("at_the_saddle", count(|e| e.saddle))
        .integer("at_a_minimum", count(|e| e.minimum))
        .integer("stopped_elsewhere", count(|e| e.neither)),
    );
    let share = |which: usize, of: fn(&EndCounts) -> usize| of(&ends[which]) as f64 / starts.len() as f64;
    let all = Bound::Equals { value: 1.0, tolerance: 0.0 };
    findings.claims.extend([
        Claim::exact(
            "newton-saddle",
            "12",
            "Pure Newton moves to the saddle point (share of 100 starts with |y| ≤ .4, where the curvature \
             along y is negative)",
            SLIDE,
        )
        .reading(
            "the slide solves for the critical point, whatever its kind; we ask from \
                 which starts it is a saddle point",
        )
        .measured(share(1, |e| e.saddle), all),
        Claim::exact(
            "newton-damped-saddle",
            "12",
            "Newton with a line search does not end at the saddle point (share of the same starts from \
             which it ends there)",
            NOCEDAL,
        )
        .ours()
        .measured(share(2, |e| e.saddle), Bound::Equals { value: 0.0, tolerance: 0.0 }),
        Claim::exact(
            "newton-damped-minimum",
            "12",
            "Newton with a line search ends at a minimum (share of the same starts)",
            NOCEDAL,
        )
        .ours()
        .measured(share(2, |e| e.minimum), all)
        .note(
            "A line search shortens the step and does not turn it. If the step of an indefinite Hessian \
             leads downhill, it is taken; if it leads uphill, the run ends and says so. To find a minimum \
             from here, the Hessian itself has to be changed.",
        ),
        Claim::exact(
            "newton-shifted-minimum",
            "12",
            "Newton with a shifted Hessian, a trust region and Newton-CG end at a minimum (smallest share)",
            NOCEDAL,
        )
        .reading(
            "the book says that these methods avoid points which are no minima; we \
                 ask it of all starts on one function",
        )
        .measured((3..6).map(|i| share(i, |e| e.minimum)).fold(1.0, f64::min), all),
    ]);
    findings.figures.push(paths()?);
    himmelblau(context, findings)
}

/// Returns a grid of starts with |y| ≤ .4, where f curves downward along y. None of them is on the ridge.
fn starts() -> Vec<Array1<f64>> {
    let along = |i: usize, reach: f64| reach * (i as f64 - 4.5) / 4.5;
    (0..100).map(|i| array![along(i % 10, 1.0), along(i / 10, 0.4)]).collect()
}

fn ends(run: Minimizer, starts: &[Array1<f64>]) -> Result<EndCounts> {
    let mut ends = EndCounts::default();
    for start in starts {
        let x = run(start)?.x;
        let near = |y: f64| x[0].abs() < 1e-4 && (x[1].abs() - y).abs() < 1e-4;
        let place = if near(0.0) {
            &mut ends.saddle
        } else if near(1.0) {
            &mut ends.minimum
        } else {
            &mut ends.neither
        };
        *place += 1;
    }
    Ok(ends)
}

fn paths() -> Result<Figure> {
    let start = array![0.9, 0.3];
    let panel = |title: &str, which: &[(usize, &str)]| -> Result<Panel> {
        let panel =
            Panel::new(title, Axis::linear("x").range(-0.7, 1.1), Axis::linear("y").range(-0.35, 1.35))
                .contour(|x, y| Saddle.value(&array![x, y]), 18);
        let panel = which.iter().try_fold(panel, |panel, &(i, known)| -> Result<Panel> {
            let (name, run) = OPTIMIZERS[i];
            let trace = run(&start)?.trace;
            Ok(panel.path(name, trace.x[0].clone(), trace.x[1].clone(), optimizer(known)))
        })?;
        let saddle = Layer::Mark { label: "saddle".into(), x: 0.0, y: 0.0 };
        Ok(panel.with(saddle).with(Layer::Mark { label: "minimum".into(), x: 0.0, y: 1.0 }))
    };
    let caption = "Pure Newton computes where the gradient of its model vanishes, and jumps to the saddle \
                   point. With only a line search it takes the same first step, and ends where the next \
                   step would lead uphill. With a shifted Hessian or a trust region it leaves along the \
                   negative curvature, as gradient descent does in the end.";
    Ok(Figure::new("saddle", "Runs from a start near a saddle point", caption)
        .panel(panel("the Hessian unchanged", &[(1, "newton"), (2, "newton-damped")])?)
        .panel(panel(
            "negative curvature corrected",
            &[(3, "newton-shifted"), (4, "trust-region"), (0, "sgd")],
        )?))
}

/// The kinds of ends on Himmelblau's function, as classes of a raster.
const KINDS: [&str; 4] = ["minimum", "saddle", "maximum", "not converged"];

/// Returns the kind of point at which a run ends, according to the Hessian there.
fn kind(found: &Minimum) -> usize {
    if !found.termination.converged() {
        return 3;
    }
    let mut hessian = Array2::zeros((2, 2));
    Himmelblau.hessian(&found.x, &mut hessian);
    let (determinant, trace) =
        (hessian[[0, 0]] * hessian[[1, 1]] - hessian[[0, 1]].powi(2), hessian[[0, 0]] + hessian[[1, 1]]);
    match (determinant > 0.0, trace > 0.0) {
        (true, true) => 0,
        (false, _) => 1,
        (true, false) => 2,
    }
}

const REACH: f64 = 6.0;

/// Returns the kind of point that Newton finds from every start in a square, pure and shifted.
fn himmelblau(context: &Context, findings: &mut Findings) -> Result<()> {
    let pixels: usize = context.choose(120, 24);
    let at = |i: usize| -REACH + 2.0 * REACH * (i as f64 + 0.5) / pixels as f64;
    let map = |newton: fn() -> Newton| -> Result<Vec<usize>> {
        let of_pixel = |i: usize| {
            Ok(kind(&minimize(
                Himmelblau,
                &array![at(i % pixels), at(pixels - 1 - i / pixels)],
                newton(),
                stop().max_iter(200),
            )?))
        };
        (0..pixels * pixels).map(of_pixel).collect()
    };
    let maps = [("Newton, pure", map(Newton::pure)?), ("Newton, shifted", map(Newton::new)?)];
    let share =
        |map: &[usize], kind: usize| map.iter().filter(|k| **k == kind).count() as f64 / map.len() as f64;
    let column = |kind: usize| maps.iter().map(|(_, map)| share(map, kind)).collect::<Vec<_>>();
    findings.tables.push(
        Table::new(
            "himmelblau",
            "Himmelblau's function: the points that Newton finds, as shares of the starts on a fine grid \
             over a square",
        )
        .text("optimizer", maps.iter().map(|(name, _)| *name))
        .float_within("minimum", column(0), 0.0, 2e-3)
        .float_within("saddle", column(1), 0.0, 2e-3)
        .float_within("maximum", column(2), 0.0, 2e-3)
        .float_within("not_converged", column(3), 0.0, 2e-3),
    );
    let sentence =
        "On Himmelblau's function shifted Newton finds a minimum from every start in a square (share)";
    findings.claims.push(
        Claim::exact("newton-shifted-himmelblau", "12", sentence, "gradus")
            .ours()
            .measured(share(&maps[1].1, 0), Bound::Equals { value: 1.0, tolerance: 0.0 }),
    );
    let caption = "Each point is a start, coloured by what Newton finds from there. From wide regions pure \
                   Newton finds saddle points, and the maximum in the middle. With the Hessian shifted \
                   where it is not positive definite, Newton finds a minimum from everywhere.";
    let figure = Figure::new("himmelblau", "The points that Newton finds on Himmelblau's function", caption)
        .aspect(1.0);
    // The kinds that occur, for the legend.
    let found: [bool; 4] = std::array::from_fn(|kind| maps.iter().any(|(_, map)| map.contains(&kind)));
    findings.figures.push(maps.into_iter().fold(figure, |figure, (title, map)| {
        let values: Vec<f64> = map.iter().map(|&k| k as f64).collect();
        let edges = (-REACH, REACH);
        let panel =
            Panel::new(title, Axis::linear("x").range(-REACH, REACH), Axis::linear("y").range(-REACH, REACH))
                .with(Layer::Raster {
                    width: pixels,
                    height: pixels,
                    values,
                    x: edges,
                    y: edges,
                    palette: Palette::Class,
                    label: String::new(),
                })
                .contour(|x, y| (1.0 + Himmelblau.value(&array![x, y])).ln(), 9);
        figure.panel(KINDS.iter().enumerate().filter(|(kind, _)| found[*kind]).fold(
            panel,
            |panel, (color, name)| {
                panel.with(Layer::Points { label: (*name).into(), x: Vec::new(), y: Vec::new(), color })
            },
        ))
    }));
    Ok(())
}
