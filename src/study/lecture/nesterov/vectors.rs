//! One step of momentum and one of Nesterov momentum, put together from velocity and gradient.

use super::overshoot::SHOWN;
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel};
use crate::findings::Findings;
use crate::minimize::minimize;
use crate::optimizer::first_order::{FirstOrder, Momentum};
use crate::problems::Quadratic;
use crate::stop::Stop;
use crate::study::Context;
use ndarray::array;

/// The curvatures of the ravine .1x₁² + 2x₂².
const CURVATURES: [f64; 2] = [0.2, 4.0];
/// The number of steps after which the picture is taken: the path is about to cross the floor.
const STEPS: usize = 2;

/// A point of the plane, or a vector.
type Pair = [f64; 2];

fn sum(a: Pair, b: Pair) -> Pair {
    [a[0] + b[0], a[1] + b[1]]
}

/// Returns the step that the gradient at a point contributes, −α∇f.
fn downhill(at: Pair, lr: f64) -> Pair {
    [-lr * CURVATURES[0] * at[0], -lr * CURVATURES[1] * at[1]]
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let (lr, rho) = SHOWN;
    let trace = minimize(
        Quadratic::new(&CURVATURES),
        &array![-5.0, -2.0],
        FirstOrder::new(Momentum::new(rho), lr)?,
        Stop::iterations(STEPS),
    )?
    .trace;
    let at = |k: usize| -> Pair { [trace.x[0][k], trace.x[1][k]] };
    let (before, here) = (at(STEPS - 1), at(STEPS));
    let carried = [rho * (here[0] - before[0]), rho * (here[1] - before[1])];
    let ahead = sum(here, carried);
    let momentum = panel("momentum", here, ahead, (here, downhill(here, lr)));
    let nesterov = panel("Nesterov", here, ahead, (ahead, downhill(ahead, lr)));
    let caption = "A step is the sum of what is left of the velocity and of the step along the gradient. \
                   Momentum takes the gradient where it stands, Nesterov momentum at the point to which \
                   the velocity leads. Here that point is already on the other side of the floor, so \
                   Nesterov brakes. The picture \
                   shows the ravine near the path; the minimum is far to the right.";
    findings
        .figures
        .push(Figure::new("vectors", "The vectors of one step", caption).panel(momentum).panel(nesterov));
    Ok(())
}

/// Draws the velocity, the gradient's step from where the gradient is taken, and the step that results.
fn panel(title: &str, here: Pair, ahead: Pair, (taken_at, gradient): (Pair, Pair)) -> Panel {
    let arrow = |from: Pair, to: Pair| (vec![from[0], to[0]], vec![from[1], to[1]]);
    let axes = (Axis::linear("x₁ (shallow)").range(-4.9, -4.3), Axis::linear("x₂ (steep)").range(-0.3, 1.1));
    let panel = Panel::new(title, axes.0, axes.1).contour(|x, y| 0.1 * x * x + 2.0 * y * y, 14);
    let vectors = [
        ("velocity, ρv", arrow(here, ahead), 0),
        ("gradient's step, −α∇f", arrow(taken_at, sum(taken_at, gradient)), 1),
        ("the step", arrow(here, sum(ahead, gradient)), 2),
    ];
    vectors.into_iter().fold(panel, |panel, (label, (x, y), color)| panel.path(label, x, y, color))
}
