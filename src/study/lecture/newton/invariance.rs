//! Newton's steps do not depend on the units of the parameters. The steps of gradient descent do.

use super::sources::NOCEDAL;
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizers};
use crate::findings::Findings;
use crate::linalg::norm;
use crate::minimize::minimize;
use crate::objective::{Differentiable, Objective, TwiceDifferentiable};
use crate::optimizer::first_order::{FirstOrder, Sgd};
use crate::optimizer::second_order::Newton;
use crate::stop::Stop;
use crate::study::Context;
use crate::study::lecture::second_order::Exponentials;
use crate::table::Table;
use ndarray::{Array1, Array2, ArrayRef1, ArrayRef2, array};

/// g(z) = f(Az): the same function of other variables.
struct Transformed {
    a: Array2<f64>,
}

impl Objective for Transformed {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, z: &ArrayRef1<f64>) -> f64 {
        Exponentials.value(&self.a.dot(z))
    }
}

impl Differentiable for Transformed {
    fn value_grad(&mut self, z: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let (of_x, _) = Exponentials::derivatives(&self.a.dot(z));
        grad.assign(&self.a.t().dot(&Array1::from(of_x.to_vec())));
        self.value(z)
    }
}

impl TwiceDifferentiable for Transformed {
    fn hessian(&mut self, z: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        let (_, of_x) = Exponentials::derivatives(&self.a.dot(z));
        hessian.assign(&self.a.t().dot(&Array2::from(of_x.to_vec())).dot(&self.a));
    }
}

const STEPS: usize = 8;
const LR: f64 = 0.05;

/// The iterates as points (x₁, x₂).
type Points = [Vec<f64>; 2];

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let a = array![[1.5, 1.0], [0.0, 0.5]];
    let inverse = array![[1.0 / 1.5, -1.0 / (1.5 * 0.5)], [0.0, 1.0 / 0.5]];
    let x0 = array![-1.0, 0.7];
    let z0 = inverse.dot(&x0);
    let stop = || Stop::iterations(STEPS);
    let points = |trace: &[Vec<f64>]| -> Points { [trace[0].clone(), trace[1].clone()] };
    let back = |trace: &[Vec<f64>]| -> Points {
        let x: Vec<Array1<f64>> =
            trace[0].iter().zip(&trace[1]).map(|(&z1, &z2)| a.dot(&array![z1, z2])).collect();
        [x.iter().map(|x| x[0]).collect(), x.iter().map(|x| x[1]).collect()]
    };
    let other = || Transformed { a: a.clone() };
    let newton = points(&minimize(Exponentials, &x0, Newton::damped(), stop())?.trace.x);
    let newton_back = back(&minimize(other(), &z0, Newton::damped(), stop())?.trace.x);
    let descent = points(&minimize(Exponentials, &x0, FirstOrder::new(Sgd, LR)?, stop())?.trace.x);
    let descent_back = back(&minimize(other(), &z0, FirstOrder::new(Sgd, LR)?, stop())?.trace.x);
    let apart = |p: &Points, q: &Points| {
        (0..p[0].len()).map(|k| (p[0][k] - q[0][k]).hypot(p[1][k] - q[1][k])).collect::<Vec<_>>()
    };
    let largest = |gaps: &[f64]| gaps.iter().copied().fold(0.0, f64::max);
    let (of_newton, of_descent) = (apart(&newton, &newton_back), apart(&descent, &descent_back));
    findings.claims.extend([
        Claim::exact(
            "newton-affine-invariant",
            "12",
            "A linear change of variables does not change Newton's iterates (largest distance between Az \
             and x)",
            NOCEDAL,
        )
        .said()
        .measured(largest(&of_newton) / norm(&x0), Bound::AtMost(1e-9)),
        Claim::exact(
            "gd-not-affine-invariant",
            "12",
            "A linear change of variables changes the iterates of gradient descent (largest distance)",
            NOCEDAL,
        )
        .said()
        .measured(largest(&of_descent), Bound::AtLeast(0.1)),
    ]);
    findings.tables.push(
        Table::new(
            "invariance",
            "Distance between the iterates of f(x) and those of f(Az), transformed back to x",
        )
        .integer("step", 0..=STEPS as i64)
        .float_within("newton", of_newton, 0.0, 1e-9)
        .float("gradient_descent", of_descent),
    );
    let panel = |title: &str, [x, y]: Points, [x_back, y_back]: Points, (first, second): (&str, &str)| {
        let places = optimizers([first, second]);
        Panel::new(title, Axis::linear("x₁").range(-1.5, 0.9), Axis::linear("x₂").range(-0.6, 0.9))
            .contour(Exponentials::at, 16)
            .path(first, x, y, places[0])
            .path(second, x_back, y_back, places[1])
            .with(Layer::Mark {
                label: "minimum".into(),
                x: Exponentials::MINIMUM[0],
                y: Exponentials::MINIMUM[1],
            })
    };
    let caption = "The same function in other units, z = A⁻¹x, with its path transformed back to x. Newton \
                   takes exactly the same steps, so its two paths coincide. Gradient descent takes other \
                   steps, since the steepest direction depends on the units.";
    findings.figures.push(
        Figure::new("invariance", "A change of variables", caption)
            .panel(panel(
                "gradient descent, lr .05",
                descent,
                descent_back,
                ("gradient descent in x", "gradient descent in z"),
            ))
            .panel(panel("Newton", newton, newton_back, ("Newton in x", "Newton in z"))),
    );
    Ok(())
}
