//! Near a minimum the number of correct digits doubles with each step.

use super::sources::{NOCEDAL, SLIDE};
use crate::claim::{Bound, Claim};
use crate::compare::ModelKind;
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel, optimizer};
use crate::findings::Findings;
use crate::linalg::norm;
use crate::loss::Logistic;
use crate::minimize::{minimize, minimize_observed};
use crate::objective::{Differentiable, Objective, TwiceDifferentiable};
use crate::optimizer::first_order::{FirstOrder, Sgd};
use crate::optimizer::second_order::Newton;
use crate::problems::{Problem, Rosenbrock};
use crate::risk::Regularizer;
use crate::stop::Stop;
use crate::study::Context;
use crate::study::lecture::second_order::Exponentials;
use crate::table::{Rule, Table, Values};
use crate::train::Classifier;
use ndarray::{Array1, ArrayRef1, ArrayRef2, array};

/// f(x) = x − ln x, with minimum 1 at 1. Newton's step squares the error 1 − x exactly.
struct Logarithm;

impl Objective for Logarithm {
    fn dim(&self) -> usize {
        1
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        x[0] - x[0].ln()
    }
}

impl Differentiable for Logarithm {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad[0] = 1.0 - 1.0 / x[0];
        self.value(x)
    }
}

impl TwiceDifferentiable for Logarithm {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian[[0, 0]] = 1.0 / (x[0] * x[0]);
    }
}

/// Relative distances below this are rounding errors and say nothing about the order of convergence.
const ROUNDING: f64 = 1e-13;

/// A run of Newton: the distances of its iterates from the minimum, relative to the distance of the minimum
/// from 0.
struct NewtonRun {
    name: &'static str,
    distances: Vec<f64>,
    grad_norm: Vec<f64>,
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let rosenbrock = || Rosenbrock::new(2);
    let ways = [
        way("x − ln x", Logarithm, &array![0.5], Newton::pure(), Some(array![1.0]))?,
        way(
            "three exponentials",
            Exponentials,
            &array![-1.0, 0.7],
            Newton::new(),
            Some(Array1::from(Exponentials::MINIMUM.to_vec())),
        )?,
        way("Rosenbrock", rosenbrock(), &rosenbrock().facts().start, Newton::new(), Some(array![1.0, 1.0]))?,
        logistic()?,
    ];
    let (mut squares, mut before) = (0.0f64, f64::NAN);
    minimize_observed(Logarithm, &array![0.5], Newton::pure(), Stop::iterations(6), |moment| {
        let error = 1.0 - moment.iterate.x[0];
        squares = squares.max((error - before * before).abs());
        before = error;
    })?;
    let orders: Vec<Vec<f64>> = ways.iter().map(|way| local_orders(&way.distances)).collect();
    let farthest = |of: &dyn Fn(usize) -> f64| {
        (0..ways.len()).map(of).max_by(|a, b| (a - 2.0).abs().total_cmp(&(b - 2.0).abs())).unwrap_or(f64::NAN)
    };
    let order = farthest(&|i| orders[i].iter().copied().rfind(|p| p.is_finite()).unwrap_or(f64::NAN));
    let digits = farthest(&|i| doubling(&ways[i].distances));
    let twice = Bound::Equals { value: 2.0, tolerance: 0.25 };
    findings.claims.extend([
        Claim::exact(
            "newton-squares",
            "12",
            "On f = x − ln x each Newton step squares the error 1 − x (largest deviation)",
            SLIDE,
        )
        .ours()
        .measured(squares, Bound::AtMost(1e-14)),
        Claim::exact(
            "quadratic-convergence",
            "12",
            "Near the minimum a Newton step doubles the number of correct digits (factor in the last step \
             before rounding; of four functions the one farthest from 2)",
            NOCEDAL,
        )
        .reading(
            "the theorem bounds the error by a constant times its square; we ask for \
                 the growth of the correct digits",
        )
        .measured(digits, twice),
        Claim::exact(
            "newton-order",
            "12",
            "The last three distances show the order of convergence 2 (of four functions the one farthest \
             from 2)",
            NOCEDAL,
        )
        .reading(
            "the theorem bounds the error by a constant times its square; we ask that \
                 three distances in double precision show it",
        )
        .measured(order, twice)
        .note(
            "Only Rosenbrock's function refutes this: its last errors point alternately along the valley \
             and across it. In double precision there is no room for the next step, in which the order \
             would show.",
        ),
    ]);
    findings.tables.push(table(&ways, &orders));
    findings.figures.push(figure(&ways)?);
    Ok(())
}

/// Returns a run as distances from the minimum. Without a known minimum, the point where the run ends takes
/// its place and is left out of the distances.
fn way<O: TwiceDifferentiable>(
    name: &'static str,
    f: O,
    start: &Array1<f64>,
    newton: Newton,
    minimum: Option<Array1<f64>>,
) -> Result<NewtonRun> {
    let mut iterates = Vec::new();
    let found = minimize_observed(f, start, newton, Stop::grad(1e-12).max_iter(100), |moment| {
        iterates.push(moment.iterate.x.clone());
    })?;
    // The observer has not seen the point at which the run ended.
    if minimum.is_some() {
        iterates.push(found.x.clone());
    }
    let minimum = minimum.unwrap_or(found.x);
    let distances: Vec<f64> = iterates.iter().map(|x| norm(&(x - &minimum)) / norm(&minimum)).collect();
    Ok(NewtonRun { name, grad_norm: found.trace.grad_norm[..distances.len()].to_vec(), distances })
}

/// Returns a run on one-vs-all logistic regression on the digits from zero, whose 650 × 650 Hessian is
/// positive definite.
fn logistic() -> Result<NewtonRun> {
    let data = Preprocessing::default().prepare::<f64>(&data::digits());
    let risk = Classifier::new(data, ModelKind::Linear, Regularizer::l2(1e-3)).risk(Logistic)?;
    let start = Array1::zeros(risk.dim());
    way("logistic, digits", risk, &start, Newton::new(), None)
}

/// Returns ln(e₃/e₂) / ln(e₂/e₁) for three successive errors. NaN if one of them is missing or is a rounding
/// error.
fn local_orders(errors: &[f64]) -> Vec<f64> {
    let at = |k: usize| match k {
        0 | 1 => f64::NAN,
        k if errors[k] < ROUNDING => f64::NAN,
        k => (errors[k] / errors[k - 1]).ln() / (errors[k - 1] / errors[k - 2]).ln(),
    };
    (0..errors.len()).map(at).collect()
}

/// Returns the factor by which the number of correct digits grows in the last step that does not end in
/// rounding.
fn doubling(distances: &[f64]) -> f64 {
    let seen = distances.iter().take_while(|d| **d >= ROUNDING).count();
    if seen < 2 { f64::NAN } else { distances[seen - 1].ln() / distances[seen - 2].ln() }
}

fn table(ways: &[NewtonRun; 4], orders: &[Vec<f64>]) -> Table {
    // The last seven iterates of each run. Before them Newton has not reached the neighbourhood of the
    // minimum.
    let rows: Vec<(usize, usize)> = (0..ways.len())
        .flat_map(|i| {
            let length = ways[i].distances.len();
            (length.saturating_sub(7)..length).map(move |k| (i, k))
        })
        .collect();
    let of =
        |of: fn(&NewtonRun) -> &[f64]| Values::Float(rows.iter().map(|&(i, k)| of(&ways[i])[k]).collect());
    let orders: Vec<f64> = rows.iter().map(|&(i, k)| orders[i][k]).collect();
    let digits =
        Values::Float(rows.iter().map(|&(i, k)| (-ways[i].distances[k].log10()).min(16.0)).collect());
    let small = Rule::Within { rtol: 1e-3, atol: 1e-9 };
    Table::new(
        "convergence",
        "The last iterates of Newton: their distance from the minimum (relative to its distance from 0), \
         the corresponding number of correct digits, the gradient, and the order of convergence that three \
         successive distances show. Empty where they are rounding errors",
    )
    .text("function", rows.iter().map(|&(i, _)| ways[i].name))
    .integer("step", rows.iter().map(|&(_, k)| k as i64))
    .column("distance", of(|w| &w.distances), small)
    .column("digits", digits, Rule::Within { rtol: 0.05, atol: 0.1 })
    .column("grad_norm", of(|w| &w.grad_norm), small)
    .column("order", Values::Float(orders), Rule::Within { rtol: 0.05, atol: 0.0 })
}

fn figure(ways: &[NewtonRun; 4]) -> Result<Figure> {
    let steps = |length: usize| (0..length).map(|k| k as f64).collect::<Vec<_>>();
    let distance = || Axis::log("relative distance from the minimum").range(1e-16, 1e2);
    let newton = ways
        .iter()
        .enumerate()
        .fold(Panel::new("Newton", Axis::linear("step"), distance()), |panel, (color, way)| {
            panel.line(way.name, steps(way.distances.len()), way.distances.clone(), color)
        });
    let descent = minimize(Logarithm, &array![0.5], FirstOrder::new(Sgd, 0.3)?, Stop::iterations(30))?;
    let descent: Vec<f64> = descent.trace.x[0].iter().map(|x| (x - 1.0).abs()).collect();
    let both = Panel::new("x − ln x, from ½", Axis::linear("step"), distance())
        .line(
            "Newton on x − ln x",
            steps(ways[0].distances.len()),
            ways[0].distances.clone(),
            optimizer("newton"),
        )
        .line("gradient descent, lr .3", steps(descent.len()), descent, optimizer("sgd"));
    let caption = "Newton's curves bend down: from some step on each distance is about the square of the \
                   previous one. Gradient descent gains the same number of digits in each step: a straight \
                   line.";
    Ok(Figure::new("convergence", "The number of correct digits doubles", caption).panel(newton).panel(both))
}
