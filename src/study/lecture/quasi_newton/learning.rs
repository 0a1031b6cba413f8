//! What BFGS learns: it satisfies the secant equation after every update, and its matrix approaches the
//! inverse Hessian.

use super::sources::{NOCEDAL, SLIDE};
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizer};
use crate::findings::Findings;
use crate::linalg::{norm, symmetric_eigenvalues};
use crate::objective::{Differentiable, Objective, TwiceDifferentiable};
use crate::optimizer::second_order::{Bfgs, Scaling};
use crate::optimizer::{Iterate, Optimizer};
use crate::problems::{Problem, Rosenbrock};
use crate::study::Context;
use crate::study::lecture::second_order::Exponentials;
use crate::table::{Rule, Table, Values};
use ndarray::{Array1, Array2, array};
use std::ops::ControlFlow;

/// A point of a run of BFGS, with the matrix that gave the direction at that point.
struct BfgsPoint {
    x: Array1<f64>,
    grad: Array1<f64>,
    h: Array2<f64>,
}

/// Runs BFGS until the gradient is below `least`, and returns its points. The point where the run ends has no
/// matrix, and is left out.
fn points<O: Differentiable>(mut f: O, start: &Array1<f64>, least: f64) -> Vec<BfgsPoint> {
    let mut bfgs = Bfgs::new().scaling(Scaling::Pair);
    let mut iterate = Iterate::new(start);
    bfgs.start(&mut f, &mut iterate);
    let mut points = Vec::new();
    for _ in 0..200 {
        let (x, grad) = (iterate.x.clone(), iterate.grad.clone());
        if norm(&grad) < least || matches!(bfgs.iterate(&mut f, &mut iterate), ControlFlow::Break(_)) {
            break;
        }
        iterate.k += 1;
        points.push(BfgsPoint { x, grad, h: bfgs.inverse_hessian() });
    }
    points
}

/// Returns (I − ρsyᵀ)B(I − ρysᵀ) + ρssᵀ, computed directly from the formula.
fn corrected(h: &Array2<f64>, s: &Array1<f64>, y: &Array1<f64>) -> Array2<f64> {
    let n = s.len();
    let outer = |a: &Array1<f64>, b: &Array1<f64>| Array2::from_shape_fn((n, n), |(i, j)| a[i] * b[j]);
    let rho = 1.0 / s.dot(y);
    let left = Array2::eye(n) - rho * outer(s, y);
    left.dot(h).dot(&left.t()) + rho * outer(s, s)
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    secant(findings);
    ellipses(findings);
    Ok(())
}

/// Checks the secant equation, the formula and positive definiteness along a run on Rosenbrock's function of
/// ten variables. The run ends at a gradient of .01: closer to the minimum, s and y suffer from cancellation,
/// since they are differences of iterates and of gradients.
fn secant(findings: &mut Findings) {
    let points = points(Rosenbrock::new(10), &Rosenbrock::new(10).facts().start, 1e-2);
    let (mut secant, mut formula, mut smallest, mut rank) = (0.0f64, 0.0f64, f64::INFINITY, 0);
    for (k, pair) in points.windows(2).enumerate() {
        let (s, y) = (&pair[1].x - &pair[0].x, &pair[1].grad - &pair[0].grad);
        secant = secant.max(norm(&(pair[1].h.dot(&y) - &s)) / norm(&s));
        // Before the first correction the matrix is a multiple of the identity, with a factor taken from the
        // first pair.
        let before = if k == 0 { Array2::eye(10) * (s.dot(&y) / y.dot(&y)) } else { pair[0].h.clone() };
        let expected = corrected(&before, &s, &y);
        let size = expected.iter().fold(0.0f64, |most, e| most.max(e.abs()));
        formula = formula.max((&pair[1].h - &expected).iter().fold(0.0, |most, d| d.abs().max(most)) / size);
        rank = rank.max(rank_of(&pair[1].h - &before));
        if let Some(eigenvalues) = symmetric_eigenvalues(pair[1].h.clone()) {
            smallest = smallest.min(eigenvalues[0]);
        }
    }
    findings.claims.extend([
        Claim::exact(
            "bfgs-secant",
            "13",
            "After every update the matrix B satisfies the secant equation By = s (largest relative \
             deviation on Rosenbrock's function, n = 10)",
            NOCEDAL,
        )
        .said()
        .measured(secant, Bound::AtMost(1e-6)),
        Claim::exact(
            "bfgs-formula",
            "13",
            "The library, which delays the update, computes the formula (I − ρsyᵀ)B(I − ρysᵀ) + ρssᵀ \
             (largest relative deviation)",
            NOCEDAL,
        )
        .ours()
        .measured(formula, Bound::AtMost(1e-9)),
        Claim::exact(
            "bfgs-rank-one",
            "13",
            "BFGS corrects its matrix by rank-1 updates (largest rank of a correction)",
            SLIDE,
        )
        .said()
        .measured(rank as f64, Bound::Equals { value: 1.0, tolerance: 0.0 })
        .note(
            "The correction is saᵀ + asᵀ, which has rank two. SR1 has the update of rank one, which does \
             not keep the matrix positive definite.",
        ),
        Claim::exact(
            "bfgs-positive",
            "13",
            "The matrix stays positive definite although the function is not convex (smallest eigenvalue)",
            NOCEDAL,
        )
        .said()
        .measured(smallest, Bound::AtLeast(0.0)),
    ]);
}

/// Returns how many eigenvalues of a symmetric matrix are more than rounding errors compared with the
/// largest.
fn rank_of(matrix: Array2<f64>) -> usize {
    let sizes = symmetric_eigenvalues(matrix)
        .map_or(Vec::new(), |eigenvalues| eigenvalues.iter().map(|e| e.abs()).collect::<Vec<_>>());
    let largest = sizes.iter().copied().fold(0.0, f64::max);
    sizes.iter().filter(|size| **size > 1e-9 * largest).count()
}

/// The points of the run that are shown.
const SHOWN: [usize; 4] = [0, 2, 3, 5];
const X: (f64, f64) = (-2.6, 1.2);
const Y: (f64, f64) = (-0.8, 1.5);

/// Draws BFGS on the three exponentials, with its matrix as an ellipse next to that of the true inverse
/// Hessian.
fn ellipses(findings: &mut Findings) {
    let points = points(Exponentials, &array![-1.9, 0.8], 1e-9);
    let truth = |x: &Array1<f64>| {
        let mut hessian = Array2::zeros((2, 2));
        Exponentials.hessian(x, &mut hessian);
        hessian
    };
    // Returns the distance of H∇²f from the identity. It is 0 where BFGS steps like Newton.
    let far = |p: &BfgsPoint| {
        let off = p.h.dot(&truth(&p.x)) - Array2::<f64>::eye(2);
        off.iter().map(|d| d * d).sum::<f64>().sqrt()
    };
    let distances: Vec<f64> = points.iter().map(far).collect();
    let last = distances.len() - 1;
    let heights: Vec<f64> = points.iter().map(|p| Exponentials.value(&p.x)).collect();
    let norms: Vec<f64> = points.iter().map(|p| norm(&p.grad)).collect();
    findings.tables.push(
        Table::new(
            "learning",
            "BFGS on three exponentials: how far its matrix B is from the inverse of the Hessian at each \
             iterate, ‖B∇²f − I‖",
        )
        .integer("step", 0..=last as i64)
        .float("f", heights)
        .column("grad_norm", Values::Float(norms), Rule::Within { rtol: 1e-3, atol: 1e-8 })
        .float_within("distance", distances.clone(), 1e-2, 1e-3),
    );
    let sentence = "BFGS learns the inverse Hessian along its path (‖B∇²f − I‖ at the end over that after \
                    the first update)";
    findings.claims.push(
        Claim::exact("bfgs-learns", "13", sentence, SLIDE)
            .reading(
                "the slide says that the inverse Hessian is approximated over time; we \
                 ask for a tenth of the first error",
            )
            .measured(distances[last] / distances[1], Bound::AtMost(0.1)),
    );
    let caption = "The steps from an iterate to equal height of the quadratic model: with the true Hessian \
                   there (dashed), and with the matrix that BFGS has built from the gradients along its \
                   path. The initial circle becomes the right ellipse.";
    let figure = Figure::new("learning", "BFGS learns the shape of the valley", caption);
    findings.figures.push(SHOWN.iter().filter(|&&k| k <= last).fold(figure, |figure, &k| {
        let (x, y): (Vec<f64>, Vec<f64>) = points[..=k].iter().map(|p| (p.x[0], p.x[1])).unzip();
        let [true_ellipse, of_bfgs] =
            [inverse(&truth(&points[k].x)), points[k].h.clone()].map(|h| ellipse(&points[k].x, &h));
        let panel = Panel::new(
            if k == 0 { "at the start".into() } else { format!("after {k} steps") },
            Axis::linear("x₁").range(X.0, X.1),
            Axis::linear("x₂").range(Y.0, Y.1),
        )
        .contour(Exponentials::at, 16)
        .path("BFGS", x, y, optimizer("bfgs"))
        .line("ellipse of BFGS's matrix B", of_bfgs.0, of_bfgs.1, 1)
        .theory("ellipse of the inverse Hessian", true_ellipse.0, true_ellipse.1)
        .with(Layer::Mark {
            label: "minimum".into(),
            x: Exponentials::MINIMUM[0],
            y: Exponentials::MINIMUM[1],
        });
        figure.panel(panel)
    }));
}

fn inverse(m: &Array2<f64>) -> Array2<f64> {
    let determinant = m[[0, 0]] * m[[1, 1]] - m[[0, 1]] * m[[1, 0]];
    array![[m[[1, 1]], -m[[0, 1]]], [-m[[1, 0]], m[[0, 0]]]] / determinant
}

/// Returns the points p with (p − centre)ᵀH⁻¹(p − centre) = r², computed with the Cholesky factor of H.
fn ellipse(centre: &Array1<f64>, h: &Array2<f64>) -> (Vec<f64>, Vec<f64>) {
    const R: f64 = 0.6;
    let a = h[[0, 0]].sqrt();
    let b = h[[0, 1]] / a;
    let c = (h[[1, 1]] - b * b).max(0.0).sqrt();
    (0..=90)
        .map(|i| {
            let (sin, cos) = (f64::from(i) * std::f64::consts::TAU / 90.0).sin_cos();
            (centre[0] + R * a * cos, centre[1] + R * (b * cos + c * sin))
        })
        .unzip()
}
