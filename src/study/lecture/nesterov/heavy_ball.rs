//! A smooth, strongly convex function on which momentum with the best settings for quadratics circles for
//! ever, while Nesterov momentum with its own proven settings converges.

use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel, optimizer};
use crate::findings::Findings;
use crate::minimize::minimize;
use crate::objective::FunctionWithGradient;
use crate::optimizer::first_order::{FirstOrder, Momentum, Nesterov, UpdateRule};
use crate::stop::Stop;
use crate::study::Context;
use ndarray::{ArrayRef1, array};

const SOURCE: &str = "Lessard, Recht & Packard 2016, section 4.6";
/// Evaluates the function f, with curvature 25 in the outer parts and 1 in between: L = 25, m = 1.
fn value_grad(x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
    let x = x[0];
    let (value, slope) = match x {
        x if x < 1.0 => (12.5 * x * x, 25.0 * x),
        x if x < 2.0 => (0.5 * x * x + 24.0 * x - 12.0, x + 24.0),
        x => (12.5 * x * x - 24.0 * x + 36.0, 25.0 * x - 24.0),
    };
    grad[0] = slope;
    value
}

const START: f64 = 3.3;
const STEPS: usize = 300;

fn path(rule: impl UpdateRule, lr: f64) -> Result<Vec<f64>> {
    let f = FunctionWithGradient::new(1, value_grad);
    let found = minimize(f, &array![START], FirstOrder::new(rule, lr)?, Stop::iterations(STEPS))?;
    Ok(found.trace.x.into_iter().next().unwrap_or_default())
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    // The settings that are best on every quadratic with eigenvalues between 1 and 25.
    let heavy = path(Momentum::new(4.0 / 9.0), 1.0 / 9.0)?;
    // The settings of the proof for every strongly convex function with these curvatures: 1/L, and
    // ρ = (√κ − 1)/(√κ + 1).
    let ahead = path(Nesterov::new(2.0 / 3.0), 1.0 / 25.0)?;
    let least = heavy[STEPS - 3..].iter().map(|x| x.abs()).fold(f64::INFINITY, f64::min);
    let largest = ahead[STEPS - 3..].iter().map(|x| x.abs()).fold(0.0, f64::max);
    findings.claims.extend([
        Claim::exact(
            "heavy-ball-cycles",
            "08",
            "Momentum with the best settings for quadratics need not converge on a smooth strongly convex \
             function: it circles (smallest distance from the minimum in the last of 300 steps)",
            SOURCE,
        )
        .said()
        .measured(least, Bound::AtLeast(0.1)),
        Claim::exact(
            "nesterov-does-not-cycle",
            "08",
            "Nesterov momentum with learning rate 1/L and ρ = (√κ − 1)/(√κ + 1) converges there (largest \
             distance in the last of 300 steps)",
            SOURCE,
        )
        .reading("they bound its rate over a class of functions; we run it on one")
        .measured(largest, Bound::AtMost(1e-9)),
    ]);
    let shown = 40;
    let steps: Vec<f64> = (0..=shown).map(f64::from).collect();
    let panel = Panel::new("", Axis::linear("step"), Axis::linear("x (minimum at 0)"))
        .line("momentum 4/9, lr 1/9", steps.clone(), heavy[..=shown as usize].to_vec(), optimizer("momentum"))
        .line("Nesterov 2/3, lr 1/25", steps, ahead[..=shown as usize].to_vec(), optimizer("nesterov"));
    let caption = "A convex function with curvature 25 in the outer parts and 1 in between. With the best \
                   settings for quadratics, momentum keeps jumping across the change of curvature and never \
                   settles.";
    findings.figures.push(
        Figure::new("heavy_ball", "A function on which momentum circles", caption).panel(panel).columns(1),
    );
    Ok(())
}
