//! The same ravine, rotated: element-wise scaling helps only along the axes.

use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel, optimizer};
use crate::findings::Findings;
use crate::minimize::minimize;
use crate::objective::FunctionWithGradient;
use crate::optimizer::first_order::{AdaGrad, FirstOrder, Sgd, UpdateRule};
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::{ArrayRef1, array};

const EIGENVALUES: [f64; 2] = [0.04, 4.0];
const START: [f64; 2] = [5.0, 2.0];
/// The factor by which f must fall.
const FALL: f64 = 1e-6;
const MOST: usize = 5_000;

/// Returns the number of steps until f has fallen far enough on the ravine rotated by an angle, at the best
/// of a grid of learning rates.
fn steps(rule: impl UpdateRule, degrees: f64) -> Result<f64> {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let value_grad = move |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
        let (along, across) = (cos * x[0] + sin * x[1], -sin * x[0] + cos * x[1]);
        let (a, b) = (EIGENVALUES[0] * along, EIGENVALUES[1] * across);
        (grad[0], grad[1]) = (cos * a - sin * b, sin * a + cos * b);
        0.5 * (a * along + b * across)
    };
    let start = array![cos * START[0] - sin * START[1], sin * START[0] + cos * START[1]];
    let target = FALL * 0.5 * (EIGENVALUES[0] * START[0].powi(2) + EIGENVALUES[1] * START[1].powi(2));
    let mut best = f64::INFINITY;
    // Four per decade, the same grid at every angle.
    for i in 0..=12 {
        let lr = 0.01 * 10f64.powf(f64::from(i) / 4.0);
        let found = minimize(
            FunctionWithGradient::new(2, value_grad),
            &start,
            FirstOrder::new(rule.clone(), lr)?,
            Stop::iterations(MOST).target(target),
        )?;
        if found.value <= target {
            best = best.min(found.iterations as f64);
        }
    }
    Ok(best)
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let angles: Vec<f64> =
        (0..=context.choose(18, 2)).map(|i| f64::from(i) * context.choose(5.0, 45.0)).collect();
    let plain = angles.iter().map(|&angle| steps(Sgd, angle)).collect::<Result<Vec<_>>>()?;
    let grad = angles.iter().map(|&angle| steps(AdaGrad::default(), angle)).collect::<Result<Vec<_>>>()?;
    findings.tables.push(
        Table::new(
            "rotation",
            "Steps until f is a millionth of its start on a ravine (κ = 100) rotated against the axes, each \
             rule at its best learning rate",
        )
        .float("degrees", angles.clone())
        .float_within("gradient_descent", plain.clone(), 0.01, 1.0)
        .float_within("adagrad", grad.clone(), 0.01, 1.0),
    );
    let middle = angles.len() / 2;
    findings.claims.extend([
        Claim::exact(
            "rotation-matters",
            "09",
            "A ravine rotated by 45° costs AdaGrad at least five times as many steps as one along the axes \
             (ratio)",
            "gradus",
        )
        .ours()
        .measured(grad[middle] / grad[0], Bound::AtLeast(5.0)),
        Claim::exact(
            "gd-does-not-see-rotation",
            "09",
            "Gradient descent takes the same number of steps at every angle (most over fewest)",
            "gradus",
        )
        .ours()
        .measured(
            plain.iter().fold(0.0f64, |a, &b| a.max(b)) / plain.iter().fold(f64::INFINITY, |a, &b| a.min(b)),
            Bound::Equals { value: 1.0, tolerance: 0.01 },
        ),
    ]);
    let panel = Panel::new(
        "",
        Axis::linear("angle between ravine and axes (degrees)"),
        Axis::log("steps to a millionth").lower_is_better(),
    )
    .line("gradient descent", angles.clone(), plain, optimizer("sgd"))
    .line("AdaGrad", angles, grad, optimizer("adagrad"));
    let caption = "A scale for each coordinate removes a ravine that runs along an axis. It has no effect \
                   on a ravine between the axes.";
    findings
        .figures
        .push(Figure::new("rotation", "The same ravine, rotated", caption).panel(panel).columns(1));
    Ok(())
}
