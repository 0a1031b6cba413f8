//! What the division evens out, namely the scale of the gradient in each coordinate, and what it does not.

use super::sources::ADAGRAD;
use super::without_epsilon::{adagrad, rmsprop};
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel};
use crate::findings::Findings;
use crate::minimize::minimize;
use crate::objective::Differentiable;
use crate::optimizer::first_order::{FirstOrder, Sgd, State, UpdateRule};
use crate::problems::{Quadratic, Rosenbrock};
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::{Array1, array};

const EIGENVALUES: [f64; 5] = [0.01, 0.1, 1.0, 10.0, 100.0];
const STEPS: usize = 30;

/// Returns the lengths of the steps along each eigenvector, `lengths[mode][step]`, from (1, 1, …).
fn steps(rule: impl UpdateRule, lr: f64) -> Result<Vec<Vec<f64>>> {
    let optimizer = FirstOrder::new(rule, lr)?;
    let trace = minimize(
        Quadratic::new(&EIGENVALUES),
        &Array1::ones(EIGENVALUES.len()),
        optimizer,
        Stop::iterations(STEPS),
    )?
    .trace;
    Ok(trace.x.iter().map(|c| c.windows(2).map(|w| (w[1] - w[0]).abs()).collect()).collect())
}

/// Returns the longest of the modes' steps over the shortest, for the worst of all steps.
fn unevenness(lengths: &[Vec<f64>]) -> f64 {
    let ratio = |k: usize| {
        let at = || lengths.iter().map(|mode| mode[k]);
        at().fold(0.0, f64::max) / at().fold(f64::INFINITY, f64::min)
    };
    (0..lengths[0].len()).map(ratio).fold(0.0, f64::max)
}

/// Returns the path of a rule on Rosenbrock's valley. The rule sees gradients multiplied by `factors`, or
/// moves coordinates measured in units of `units`. The path is in the original coordinates.
fn path(rule: impl UpdateRule, lr: f64, factors: [f64; 2], units: [f64; 2]) -> Vec<[f64; 2]> {
    let (mut state, mut f) = (State::new(&rule, 2), Rosenbrock::new(2));
    let mut z = [-1.2 / units[0], 1.0 / units[1]];
    let mut grad = Array1::zeros(2);
    let mut path = Vec::with_capacity(200);
    for _ in 0..200 {
        let x = array![z[0] * units[0], z[1] * units[1]];
        path.push([x[0], x[1]]);
        f.value_grad(&x, &mut grad);
        // By the chain rule, the slope along z is the unit times the slope along x.
        let given: Vec<f64> = (0..2).map(|i| grad[i] * units[i] * factors[i]).collect();
        rule.step(&mut state, lr, &given, &mut z);
    }
    path
}

/// Returns the largest difference between two paths, relative to the largest coordinate.
fn apart(a: &[[f64; 2]], b: &[[f64; 2]]) -> f64 {
    let largest = a.iter().flatten().fold(0.0f64, |m, x| m.max(x.abs()));
    a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) / largest
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let (plain, grad, prop) = (steps(Sgd, 0.015)?, steps(adagrad(), 0.3)?, steps(rmsprop(0.9), 0.05)?);
    let uneven = [unevenness(&plain), unevenness(&grad), unevenness(&prop)];
    const EVEN: [f64; 2] = [1.0, 1.0];
    let changed = |factors, units| {
        let of = |[one, other]: [Vec<[f64; 2]>; 2]| apart(&one, &other);
        [
            of([path(Sgd, 1e-4, EVEN, EVEN), path(Sgd, 1e-4, factors, units)]),
            of([path(adagrad(), 0.1, EVEN, EVEN), path(adagrad(), 0.1, factors, units)]),
            of([path(rmsprop(0.9), 0.01, EVEN, EVEN), path(rmsprop(0.9), 0.01, factors, units)]),
        ]
    };
    let (gradients, coordinates) = (changed([1e-2, 3.0], EVEN), changed(EVEN, [0.1, 3.0]));
    findings.tables.push(
        Table::new(
            "scale",
            "The effect of scale: longest over shortest step of five eigenvalues from .01 to 100; and the \
             largest relative change of a path on Rosenbrock's valley when the gradients, or the \
             coordinates, are rescaled one by one",
        )
        .text("optimizer", ["gradient descent", "AdaGrad", "RMSProp"])
        .float("unevenness", uneven)
        .float_within("rescaled_gradients", gradients, 1e-3, 1e-9)
        .float_within("rescaled_coordinates", coordinates, 1e-3, 1e-9),
    );
    let equals = |value, tolerance| Bound::Equals { value, tolerance };
    findings.claims.extend([
        Claim::exact(
            "damps-steep-speeds-flat",
            "09",
            "AdaGrad damps steep directions and speeds up flat ones: over eigenvalues from .01 to 100 its \
             steps are equally long (longest over shortest, worst of 30 steps)",
            ADAGRAD,
        )
        .reading(
            "the slide says that steep directions are damped and flat ones \
                 accelerated; we ask for equally long steps over four decades of \
                 curvature",
        )
        .measured(uneven[1], equals(1.0, 1e-6)),
        Claim::exact(
            "gd-steps-uneven",
            "09",
            "The first steps of gradient descent differ in length by the ratio of the eigenvalues (longest \
             over shortest)",
            "gradus",
        )
        .ours()
        .measured(
            plain.iter().map(|m| m[0]).fold(0.0, f64::max)
                / plain.iter().map(|m| m[0]).fold(f64::INFINITY, f64::min),
            equals(1e4, 1e-3),
        ),
        Claim::exact(
            "scale-free",
            "09",
            "AdaGrad and RMSProp do not depend on the scale of the gradients: multiplying each coordinate \
             of the gradient by a positive number gives the same path, apart from ε (largest relative change \
             on Rosenbrock's valley)",
            "Duchi, Hazan & Singer 2011; Orabona & Pál 2018",
        )
        .reading(
            "they rescale all gradients by one factor; we take a factor for each \
                 coordinate",
        )
        .measured(gradients[1].max(gradients[2]), Bound::AtMost(1e-9)),
        Claim::exact(
            "scale-free-coordinates",
            "09",
            "AdaGrad and RMSProp are invariant to a diagonal rescaling of the coordinates, apart from ε \
             (largest relative change of the path)",
            "gradus",
        )
        .ours()
        .measured(coordinates[1].min(coordinates[2]), Bound::AtMost(1e-9))
        .note(
            "A step is lr long in whatever unit a coordinate has, so a change of units changes the path. \
             The division removes the scale of the gradients; Newton's method removes the scale of the \
             coordinates.",
        ),
    ]);
    findings.figures.push(figure(&plain, &grad, &prop));
    Ok(())
}

fn figure(plain: &[Vec<f64>], grad: &[Vec<f64>], prop: &[Vec<f64>]) -> Figure {
    let caption = "Five eigenvalues over four decades. The steps of gradient descent are as unequal as the \
                   slopes. Divided by the root of the sum of squares, they all lie on one curve.";
    let figure =
        Figure::new("steps", "Length of the steps along each eigenvector", caption).columns(3).aspect(1.0);
    [("gradient descent", plain), ("AdaGrad", grad), ("RMSProp, γ = .9", prop)].into_iter().fold(
        figure,
        |figure, (title, lengths)| {
            let empty =
                Panel::new(title, Axis::linear("step"), Axis::log("length of the step").range(1e-7, 10.0));
            figure.panel(lengths.iter().zip(EIGENVALUES).enumerate().fold(
                empty,
                |panel, (color, (mode, eigenvalue))| {
                    let k: Vec<f64> = (1..=mode.len()).map(|k| k as f64).collect();
                    panel.line(format!("λ = {eigenvalue}"), k, mode.clone(), color)
                },
            ))
        },
    )
}
