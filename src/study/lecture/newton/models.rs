//! The linear and the quadratic approximation, drawn, and how fast their errors vanish.

use super::sources::SLIDE;
use crate::claim::{Bound, Claim};
use crate::compare::statistics::slope;
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizer};
use crate::findings::Findings;
use crate::line_search::Exact;
use crate::minimize::minimize;
use crate::optimizer::second_order::{Lbfgs, Newton};
use crate::stop::Stop;
use crate::study::Context;
use crate::study::lecture::second_order::Exponentials;
use crate::table::Table;
use ndarray::Array1;

/// The point at which the function of two variables is approximated, and the direction along which the errors
/// are measured.
const START: [f64; 2] = [-1.0, 0.7];
const DIRECTION: [f64; 2] = [0.6, -0.8];

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    orders(findings);
    findings.figures.push(approximations());
    findings.figures.push(steps()?);
    Ok(())
}

/// Returns f(x₀ + p) by the linear and by the quadratic model.
fn models(p: [f64; 2]) -> (f64, f64) {
    let (grad, hessian) = Exponentials::derivatives(&Array1::from(START.to_vec()));
    let linear = Exponentials::at(START[0], START[1]) + grad[0] * p[0] + grad[1] * p[1];
    let curved = (0..2).map(|i| (0..2).map(|j| p[i] * hessian[i][j] * p[j]).sum::<f64>()).sum::<f64>();
    (linear, linear + 0.5 * curved)
}

/// Measures the errors of the models over the distance h: exponents 2 and 3.
fn orders(findings: &mut Findings) {
    let distances: Vec<f64> = (0..7).map(|i| 0.1 * 0.5f64.powi(i)).collect();
    let errors = |of: fn((f64, f64)) -> f64| -> Vec<f64> {
        let error = |&h: &f64| {
            let p = DIRECTION.map(|d| h * d);
            (Exponentials::at(START[0] + p[0], START[1] + p[1]) - of(models(p))).abs()
        };
        distances.iter().map(error).collect()
    };
    let (linear, quadratic) = (errors(|m| m.0), errors(|m| m.1));
    // The smallest distances, where the next term of the expansion is small as well.
    let order = |errors: &[f64]| {
        let logs = |values: &[f64]| values[2..].iter().map(|v| v.ln()).collect::<Vec<_>>();
        slope(&logs(&distances), &logs(errors))
    };
    let equals = |value| Bound::Equals { value, tolerance: 0.1 };
    findings.claims.extend([
        Claim::exact(
            "linear-model-order",
            "12",
            "The error of the linear approximation falls like the square of the distance (exponent)",
            SLIDE,
        )
        .ours()
        .measured(order(&linear), equals(2.0)),
        Claim::exact(
            "quadratic-model-order",
            "12",
            "The error of the quadratic approximation falls like the cube of the distance (exponent)",
            SLIDE,
        )
        .ours()
        .measured(order(&quadratic), equals(3.0)),
    ]);
    findings.tables.push(
        Table::new(
            "models",
            "Errors of the two approximations at several distances from the point of expansion",
        )
        .float("distance", distances.clone())
        .float_within("linear_error", linear, 1e-6, 1e-12)
        .float_within("quadratic_error", quadratic, 1e-6, 1e-12),
    );
}

/// Draws a curve with its tangent and its parabola, on either side of the minimum.
fn approximations() -> Figure {
    let f = |x: f64| x - x.ln();
    let along = |from: f64, to: f64| {
        (0..=120).map(|i| from + (to - from) * f64::from(i) / 120.0).collect::<Vec<f64>>()
    };
    let panel = |title: &str, at: f64| {
        let (grad, curvature) = (1.0 - 1.0 / at, 1.0 / (at * at));
        let tangent = |x: f64| f(at) + grad * (x - at);
        let parabola = |x: f64| tangent(x) + 0.5 * curvature * (x - at).powi(2);
        let next = at - grad / curvature;
        let x = along(0.1, 2.6);
        let draw = |g: &dyn Fn(f64) -> f64| x.iter().map(|&x| g(x)).collect::<Vec<_>>();
        Panel::new(title, Axis::linear("x").range(0.0, 2.6), Axis::linear("f(x)").range(0.4, 2.6))
            .line("f = x − ln x", x.clone(), draw(&f), 0)
            .line("linear approximation", x.clone(), draw(&tangent), 1)
            .line("quadratic approximation", x.clone(), draw(&parabola), 2)
            .with(Layer::Mark { label: "here".into(), x: at, y: f(at) })
            .with(Layer::Mark { label: "step".into(), x: next, y: parabola(next) })
            .with(Layer::Points {
                label: "f where the step ends".into(),
                x: vec![next],
                y: vec![f(next)],
                color: 3,
            })
    };
    let caption = "The tangent only says in which direction f falls. The parabola has a lowest point, which \
                   is Newton's next iterate. If the curvature grows along the way, the step is too long; if \
                   it falls, the step is too short.";
    Figure::new("approximations", "One function, two approximations", caption)
        .panel(panel("at x = .4", 0.4))
        .panel(panel("at x = 1.7", 1.7))
}

/// Draws Newton's step and the steepest one, on the function and on the quadratic model that Newton
/// minimizes.
fn steps() -> Result<Figure> {
    let start = Array1::from(START.to_vec());
    let newton = minimize(Exponentials, &start, Newton::pure(), Stop::iterations(1))?.x;
    let steepest =
        minimize(Exponentials, &start, Lbfgs::new(0).line_search(Exact::default())?, Stop::iterations(1))?.x;
    let panel = |title: &str, height: &dyn Fn(f64, f64) -> f64| {
        let axes = (Axis::linear("x₁").range(-2.1, 0.9), Axis::linear("x₂").range(-0.75, 0.95));
        let to = |end: &Array1<f64>, i: usize| vec![START[i], end[i]];
        Panel::new(title, axes.0, axes.1)
            .contour(height, 16)
            .path("steepest descent, best length", to(&steepest, 0), to(&steepest, 1), optimizer("sgd"))
            .path("Newton", to(&newton, 0), to(&newton, 1), optimizer("newton"))
            .with(Layer::Mark {
                label: "the minimum".into(),
                x: Exponentials::MINIMUM[0],
                y: Exponentials::MINIMUM[1],
            })
    };
    let model = |x: f64, y: f64| models([x - START[0], y - START[1]]).1;
    let caption = "The steepest direction is perpendicular to the contour lines and points to the opposite \
                   wall. Newton's step ends at the lowest point of the ellipses on the right, which is the \
                   minimum of the quadratic model, not of the function.";
    let figure = Figure::new("steps", "One step with the gradient, one with the Hessian", caption);
    Ok(figure
        .panel(panel("the function", &Exponentials::at))
        .panel(panel("its quadratic model at the start", &model)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newton_goes_to_the_lowest_point_of_the_model() {
        let end = minimize(Exponentials, &Array1::from(START.to_vec()), Newton::pure(), Stop::iterations(1))
            .unwrap()
            .x;
        let value = |dx: f64, dy: f64| models([end[0] + dx - START[0], end[1] + dy - START[1]]).1;
        for (dx, dy) in [(1e-3, 0.0), (-1e-3, 0.0), (0.0, 1e-3), (0.0, -1e-3)] {
            assert!(value(dx, dy) > value(0.0, 0.0));
        }
    }
}
