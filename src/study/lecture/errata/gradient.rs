//! A gradient of another loss, and a gradient that was clipped without mention.

use super::erratum::{Erratum, PlainTest};
use super::paths::{apart, path};
use crate::claim::{Bound, Claim};
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel};
use crate::findings::Findings;
use crate::gradcheck::check_gradient;
use crate::linalg;
use crate::loss::Softmax;
use crate::minimize::{Minimum, minimize};
use crate::model::ModelKind;
use crate::objective::{Differentiable, FunctionWithGradient, Objective};
use crate::optimizer::first_order::{Clip, Clipped, FirstOrder, Sgd};
use crate::problems::{Problem, Rosenbrock};
use crate::risk::Regularizer;
use crate::rng;
use crate::stop::Stop;
use crate::study::Context;
use crate::study::lecture::half_lambda::{DEMO, HalfLambda};
use crate::train::Classifier;
use ndarray::Array1;

const LAMBDA: f64 = 0.1;
const EXAMPLES: usize = 100;
const CLIP_LR: f64 = 1e-3;
const CLIP_STEPS: usize = 2000;

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<Vec<Erratum>> {
    Ok(vec![half_lambda(context)?, clipped(findings)?])
}

fn half_lambda(context: &Context) -> Result<Erratum> {
    let digits = Preprocessing::default().prepare::<f64>(&data::digits());
    let classifier = Classifier::new(digits, ModelKind::Linear, Regularizer::l2(LAMBDA)).first(EXAMPLES);
    let mut right = classifier.risk(Softmax)?;
    let layout = right.layout().clone();
    let mut wrong = HalfLambda { right: classifier.risk(Softmax)?, layout, lambda: LAMBDA };
    let x = rng::normal(&mut rng::stream(context.seed, "point of a gradient check", 0), right.dim(), 0.1);
    let largest =
        |f: &mut dyn Differentiable| -> Result<f64> { Ok(check_gradient(f, &x)?.largest_relative_error()) };
    let descent =
        minimize(&mut wrong, &Array1::zeros(x.len()), FirstOrder::new(Sgd, 0.5)?, Stop::grad(1e-6))?;
    Ok(Erratum {
        id: "half-lambda",
        mistake: "A gradient with ½λW where the loss has λW²",
        seen_in: DEMO,
        plain: PlainTest::new(
            "gradient descent ends with a gradient of at most 1e-6",
            descent.termination.converged(),
        ),
        check: "gradient check, largest relative error |a − n| / (|a| + |n|)",
        allowed: 1e-3,
        right: largest(&mut right)?,
        wrong: largest(&mut wrong)?,
    })
}

/// Returns Rosenbrock's valley, with gradients clipped to a norm of at most one.
fn silently_clipped() -> impl Differentiable {
    FunctionWithGradient::new(2, |x, grad| {
        let value = Rosenbrock::new(2).value_grad(x, grad);
        let length = linalg::norm(grad);
        if length > 1.0 {
            grad.mapv_inplace(|g| g / length);
        }
        value
    })
}

/// Runs plain gradient descent, written out as a loop.
fn by_hand(steps: usize) -> Vec<Vec<f64>> {
    let mut valley = Rosenbrock::new(2);
    let (mut x, mut grad) = (valley.facts().start, Array1::zeros(2));
    let mut path = vec![x.to_vec()];
    for _ in 0..steps {
        valley.value_grad(&x, &mut grad);
        x.scaled_add(-CLIP_LR, &grad);
        path.push(x.to_vec());
    }
    path
}

fn clipped(findings: &mut Findings) -> Result<Erratum> {
    let start = Rosenbrock::new(2).facts().start;
    let stop = Stop::iterations(CLIP_STEPS);
    let plain = minimize(Rosenbrock::new(2), &start, FirstOrder::new(Sgd, CLIP_LR)?, stop)?;
    let silent = minimize(silently_clipped(), &start, FirstOrder::new(Sgd, CLIP_LR)?, stop)?;
    let said = minimize(
        Rosenbrock::new(2),
        &start,
        FirstOrder::new(Clipped::new(Sgd, Clip::Norm(1.0)), CLIP_LR)?,
        stop,
    )?;
    let reference = by_hand(CLIP_STEPS);
    let count = said.trace.clipped.iter().filter(|clipped| **clipped).count();
    findings.claims.extend([
        Claim::exact(
            "clipping-is-said",
            "15",
            "The library's clipping gives the same path (largest difference, relative)",
            "gradus",
        )
        .ours()
        .measured(apart(&path(&said), &path(&silent)), Bound::AtMost(1e-9)),
        Claim::exact(
            "clipping-is-counted",
            "15",
            "The trace counts every step whose gradient was longer than 1 (miscounted)",
            "gradus",
        )
        .ours()
        .measured(count as f64 - long_gradients(&said) as f64, Bound::Equals { value: 0.0, tolerance: 0.0 })
        .note(format!("{count} of {CLIP_STEPS} steps, under the name \"{}\".", said.optimizer)),
    ]);
    findings.figures.push(figure(&plain, &said));
    let falls = silent.value < silent.trace.value[0] / 10.0;
    Ok(Erratum {
        id: "clipping",
        mistake: "Gradients clipped to norm 1 that no caption mentions",
        seen_in: "nowhere: constructed here",
        plain: PlainTest::new("f falls below a tenth of its start", falls),
        check: "largest distance from the path of the rule as written, relative",
        allowed: 1e-9,
        right: apart(&path(&plain), &reference),
        wrong: apart(&path(&silent), &reference),
    })
}

/// Returns the number of steps that start at a point with a gradient longer than 1.
fn long_gradients(run: &Minimum) -> usize {
    let (mut valley, mut grad) = (Rosenbrock::new(2), Array1::zeros(2));
    let points = path(run);
    let left = points[..points.len() - 1].iter();
    left.filter(|x| {
        valley.value_grad(&Array1::from(x.to_vec()), &mut grad);
        linalg::norm(&grad) > 1.0
    })
    .count()
}

fn figure(plain: &Minimum, clipped: &Minimum) -> Figure {
    // Every twentieth step, so that the marks do not overlap.
    let thin = |column: &[f64]| column.iter().step_by(20).copied().collect::<Vec<_>>();
    let columns = |run: &Minimum| (thin(&run.trace.x[0]), thin(&run.trace.x[1]));
    let (plain, clipped) = (columns(plain), columns(clipped));
    let panel = Panel::new("", Axis::linear("x₁").range(-1.6, 1.2), Axis::linear("x₂").range(-0.4, 1.8))
        .contour(|a, b| (100.0 * (b - a * a).powi(2) + (1.0 - a).powi(2)).sqrt(), 14)
        .path("gradient descent", plain.0, plain.1, 0)
        .path("gradient clipped to norm 1", clipped.0, clipped.1, 1);
    let caption = "The same learning rate and number of steps, with a mark every twentieth step. A figure \
                   that clips without saying so shows another method.";
    Figure::new("clipping", "The effect of clipping on a path", caption).panel(panel).columns(1)
}
