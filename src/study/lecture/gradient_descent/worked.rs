//! The worked examples of a well-known textbook, drawn on the curve and in the bowl.

use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::minimize::{Minimum, minimize};
use crate::optimizer::first_order::{FirstOrder, Sgd};
use crate::problems::Quadratic;
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::array;

const TEXTBOOK: &str = "Zhang, Lipton, Li & Smola, Dive into Deep Learning, ch. 12";
/// f = x² from 10, ten steps: the learning rate, and the end point in the textbook.
const PARABOLA: [(f64, f64); 3] = [(0.2, 0.060466), (0.05, 3.486784), (1.1, 61.917364)];
/// f = .1x² + 2y² from (−5, −2), twenty steps.
const BOWL: [(f64, [f64; 2]); 2] = [(0.4, [-0.943467, -0.000073]), (0.6, [-0.387814, -1673.365109])];

fn on_parabola(lr: f64) -> Result<Minimum> {
    minimize(Quadratic::new(&[2.0]), &array![10.0], FirstOrder::new(Sgd, lr)?, Stop::iterations(10))
}

fn in_bowl(lr: f64) -> Result<Minimum> {
    minimize(
        Quadratic::new(&[0.2, 4.0]),
        &array![-5.0, -2.0],
        FirstOrder::new(Sgd, lr)?,
        Stop::iterations(20),
    )
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let parabola = PARABOLA.iter().map(|&(lr, _)| on_parabola(lr)).collect::<Result<Vec<_>>>()?;
    let bowl = BOWL.iter().map(|&(lr, _)| in_bowl(lr)).collect::<Result<Vec<_>>>()?;
    findings.tables.push(
        Table::new(
            "worked",
            "Ten steps on f = x² from 10, with a learning rate that is too small, too large, or in between",
        )
        .float("lr", PARABOLA.map(|w| w.0))
        .float("factor_a_step", PARABOLA.map(|w| 1.0 - 2.0 * w.0))
        .float("x", parabola.iter().map(|r| r.x[0]).collect::<Vec<_>>())
        .float("f", parabola.iter().map(|r| r.value).collect::<Vec<_>>()),
    );
    let off = |got: f64, expected: f64| (got - expected).abs() / expected.abs().max(1.0);
    let on_line =
        parabola.iter().zip(&PARABOLA).map(|(run, worked)| off(run.x[0], worked.1)).fold(0.0, f64::max);
    let in_plane = bowl
        .iter()
        .zip(&BOWL)
        .map(|(run, worked)| off(run.x[0], worked.1[0]).max(off(run.x[1], worked.1[1])))
        .fold(0.0, f64::max);
    let claim = |id, sentence, measured| {
        Claim::exact(id, "04", sentence, TEXTBOOK).said().measured(measured, Bound::AtMost(1e-6))
    };
    findings.claims.extend([
        claim(
            "gd-parabola",
            "Three runs on f = x² end where the textbook says (largest deviation, relative to x or 1)",
            on_line,
        ),
        claim(
            "gd-bowl",
            "Two runs in the bowl .1x² + 2y² end where the textbook says (largest deviation, relative to \
             the coordinate or 1)",
            in_plane,
        ),
    ]);
    findings.figures.push(steps_on_the_curve(&parabola));
    findings.figures.push(paths()?);
    Ok(())
}

fn steps_on_the_curve(runs: &[Minimum]) -> Figure {
    let x: Vec<f64> = (-70..=70).map(f64::from).collect();
    let titles = ["lr = .2", "lr = .05: too small", "lr = 1.1: too large"];
    let caption = "The slope is steeper further out, so steps become shorter as the minimum comes nearer. \
                   If the learning rate is too small, progress is slow; if it is too large, the iterates \
                   move away.";
    let figure = Figure::new("parabola", "Ten steps on f = x²", caption).columns(3).aspect(1.1);
    runs.iter().zip(titles).enumerate().fold(figure, |figure, (color, (run, title))| {
        let (far, top) = if color == 2 { (70.0, 4500.0) } else { (11.0, 121.0) };
        let curve: Vec<f64> = x.iter().map(|x| x * far / 70.0).collect();
        let f: Vec<f64> = curve.iter().map(|x| x * x).collect();
        let axes = (Axis::linear("x").range(-far, far), Axis::linear("f(x)").range(-0.04 * top, top));
        figure.panel(Panel::new(title, axes.0, axes.1).theory("f = x²", curve, f).path(
            "gradient descent",
            run.trace.x[0].clone(),
            run.trace.value.clone(),
            0,
        ))
    })
}

/// Draws the bowl, with paths at four learning rates.
fn paths() -> Result<Figure> {
    let height = |x: f64, y: f64| 0.1 * x * x + 2.0 * y * y;
    let caption = "Each step follows the steepest slope, perpendicular to the contour lines, which is \
                   rarely the direction of the minimum.";
    let figure = Figure::new("bowl", "Twenty steps in the bowl .1x₁² + 2x₂²", caption);
    [[(0.02, 0), (0.1, 1)], [(0.4, 0), (0.49, 1)]].into_iter().try_fold(
        figure,
        |figure, pair| -> Result<Figure> {
            let axes =
                (Axis::linear("x₁ (shallow)").range(-5.5, 1.5), Axis::linear("x₂ (steep)").range(-2.6, 2.6));
            let title = if pair[0].0 < 0.1 { "small steps" } else { "large steps: the limit is lr = .5" };
            let panel = Panel::new(title, axes.0, axes.1).contour(height, 14);
            let panel = pair.into_iter().try_fold(panel, |panel, (lr, color)| -> Result<Panel> {
                let trace = in_bowl(lr)?.trace;
                let place = if pair[0].0 < 0.1 { color } else { color + 2 };
                Ok(panel.path(format!("lr = {lr}"), trace.x[0].clone(), trace.x[1].clone(), place))
            })?;
            Ok(figure.panel(panel.with(Layer::Mark { label: "minimum".into(), x: 0.0, y: 0.0 })))
        },
    )
}
