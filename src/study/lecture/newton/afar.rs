//! Far from the minimum the quadratic model misleads: pure Newton diverges even on a convex function. What
//! helps.

use super::sources::NOCEDAL;
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizer, optimizers};
use crate::findings::Findings;
use crate::minimize::{Minimum, minimize};
use crate::objective::{Differentiable, Objective, TwiceDifferentiable};
use crate::optimizer::second_order::{Newton, TrustRegion};
use crate::stop::Stop;
use crate::study::Context;
use crate::table::{Rule, Table, Values};
use ndarray::{ArrayRef1, ArrayRef2, array};

/// f(x) = √(1 + x²): smooth, strictly convex, and almost a straight line far away. Newton's step takes x to
/// −x³.
struct Hyperbola;

impl Objective for Hyperbola {
    fn dim(&self) -> usize {
        1
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        x[0].hypot(1.0)
    }
}

impl Differentiable for Hyperbola {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let value = self.value(x);
        grad[0] = x[0] / value;
        value
    }
}

impl TwiceDifferentiable for Hyperbola {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian[[0, 0]] = self.value(x).powi(-3);
    }
}

/// The number of steps after which a run from |x| > 1 is far away: |x| is then 1.1^729.
const STEPS: usize = 6;

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let stop = || Stop::grad(1e-10).max_iter(100);
    let runs = [
        ("pure, from .9", minimize(Hyperbola, &array![0.9], Newton::pure(), stop())?),
        ("pure, from 1.1", minimize(Hyperbola, &array![1.1], Newton::pure(), Stop::iterations(STEPS))?),
        ("line search, from 1.1", minimize(Hyperbola, &array![1.1], Newton::damped(), stop())?),
        ("trust region, from 1.1", minimize(Hyperbola, &array![1.1], TrustRegion::new(), stop())?),
        ("line search, from 10", minimize(Hyperbola, &array![10.0], Newton::damped(), stop())?),
        ("trust region, from 10", minimize(Hyperbola, &array![10.0], TrustRegion::new(), stop())?),
    ];
    let last = |run: &Minimum| run.trace.x[0].last().copied().unwrap_or(f64::NAN).abs();
    let law = runs[..2]
        .iter()
        .flat_map(|(_, run)| run.trace.x[0].windows(2))
        .map(|pair| (pair[1] + pair[0].powi(3)).abs() / pair[0].abs().max(pair[0].abs().powi(3)))
        .filter(|off| off.is_finite())
        .fold(0.0, f64::max);
    let mended = runs[2..].iter().map(|(_, run)| last(run)).fold(0.0, f64::max);
    findings.claims.extend([
        Claim::exact(
            "newton-afar-law",
            "12",
            "On f = √(1 + x²) a pure Newton step takes x to −x³ (largest deviation, relative to the larger \
             of |x| and |x|³)",
            "gradus, closed form",
        )
        .ours()
        .measured(law, Bound::AtMost(1e-9)),
        Claim::exact(
            "newton-diverges-afar",
            "12",
            "On this convex function pure Newton diverges from |x| > 1 (|x| after six steps from 1.1)",
            NOCEDAL,
        )
        .reading(
            "the book says that the method may fail far from a solution; we chose one \
                 function and start",
        )
        .measured(last(&runs[1].1), Bound::AtLeast(1e3)),
        Claim::exact(
            "newton-mended-afar",
            "12",
            "With a line search or a trust region, Newton converges on this function from 1.1 and from 10 \
             (largest |x| at the end)",
            NOCEDAL,
        )
        .reading(
            "the book says that line searches and trust regions make the method \
                 converge from afar; we chose one function and two starts",
        )
        .measured(mended, Bound::AtMost(1e-6)),
    ]);
    findings.tables.push(
        Table::new("afar", "Newton on f = √(1 + x²), whose minimum is at 0")
            .text("run", runs.iter().map(|(name, _)| *name))
            .integer("steps", runs.iter().map(|(_, run)| run.iterations as i64))
            .column(
                "x",
                Values::Float(runs.iter().map(|(_, run)| last(run)).collect()),
                Rule::Within { rtol: 1e-6, atol: 1e-9 },
            )
            .text("termination", runs.iter().map(|(_, run)| run.termination.word())),
    );
    findings.figures.push(figure(&runs));
    Ok(())
}

fn figure(runs: &[(&str, Minimum)]) -> Figure {
    let x: Vec<f64> = (0..=160).map(|i| -4.0 + 0.05 * f64::from(i)).collect();
    let curve = Panel::new(
        "two pure steps from 1.1",
        Axis::linear("x").range(-4.0, 4.0),
        Axis::linear("f(x)").range(0.0, 4.4),
    )
    .theory("f = √(1 + x²)", x.clone(), x.iter().map(|x| x.hypot(1.0)).collect::<Vec<_>>());
    let path = &runs[1].1.trace;
    let curve = curve
        .path("pure, from 1.1", path.x[0][..3].to_vec(), path.value[..3].to_vec(), optimizer("newton"))
        .line("parabola after one step", x.clone(), parabola(&x, path.x[0][1]), 4);
    let along = Panel::new(
        "distance from the minimum",
        Axis::linear("step").range(0.0, 8.0),
        Axis::log("|x|").range(1e-12, 1e12),
    );
    let places = optimizers(["newton", "newton", "newton-damped", "trust-region"]);
    let places = [places[1], places[0], places[2], places[3]];
    let along = places.into_iter().zip(runs).fold(along, |panel, (color, (name, run))| {
        let sizes: Vec<f64> = run.trace.x[0].iter().map(|x| x.abs()).collect();
        let shown = sizes.iter().take_while(|s| **s < 1e12 && **s > 1e-12).count();
        panel.line(*name, (0..shown).map(|k| k as f64).collect::<Vec<_>>(), sizes[..shown].to_vec(), color)
    });
    let caption = "Further out the parabola is flatter, so its lowest point is further away. From a closer \
                   start the same formula converges. A line search or a trust region takes a shorter step \
                   where f would not fall.";
    Figure::new("afar", "Newton far from the minimum", caption)
        .panel(curve)
        .panel(along.with(Layer::HorizontalMark { label: "|x| = 1".into(), y: 1.0 }))
}

/// Returns the quadratic model at a point.
fn parabola(x: &[f64], at: f64) -> Vec<f64> {
    let value = at.hypot(1.0);
    x.iter().map(|x| value + at / value * (x - at) + 0.5 * value.powi(-3) * (x - at).powi(2)).collect()
}
