//! On a quadratic with an exact line search, BFGS ends within n steps, and its iterates are those of
//! conjugate gradients.

use super::sources::NOCEDAL;
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizer, optimizers};
use crate::findings::Findings;
use crate::linalg::norm;
use crate::line_search::Exact;
use crate::minimize::{minimize, minimize_observed};
use crate::optimizer::first_order::{FirstOrder, Sgd};
use crate::optimizer::second_order::{Bfgs, Lbfgs, Scaling};
use crate::stop::Stop;
use crate::study::Context;
use crate::study::lecture::second_order::Bowl;
use crate::table::{Rule, Table, Values};
use ndarray::{Array1, Array2};

/// Dimension and condition number: three cases that test the theorem, and one in which rounding matters.
const CASES: [(usize, f64); 4] = [(5, 10.0), (10, 10.0), (20, 10.0), (20, 100.0)];
/// The case that is drawn.
const DRAWN: (usize, f64) = (10, 100.0);
/// A run ends when the gradient is this small, relative to that at the start.
const END: f64 = 1e-8;

/// Returns the iterates of the linear conjugate gradient method from 0 (Hestenes & Stiefel 1952).
fn conjugate_gradients(bowl: &Bowl, steps: usize) -> Vec<Array1<f64>> {
    let (mut x, mut residual) = (Array1::zeros(bowl.minimum.len()), bowl.hessian.dot(&bowl.minimum));
    let (mut direction, mut iterates) = (residual.clone(), vec![x.clone()]);
    for _ in 0..steps {
        let (product, squared) = (bowl.hessian.dot(&direction), residual.dot(&residual));
        let alpha = squared / direction.dot(&product);
        x.scaled_add(alpha, &direction);
        residual.scaled_add(-alpha, &product);
        direction = &residual + &(residual.dot(&residual) / squared * &direction);
        iterates.push(x.clone());
    }
    iterates
}

/// The measurements for one dimension.
struct QuadraticResult {
    dim: usize,
    condition: f64,
    /// Steps of BFGS until the gradient vanishes.
    steps: usize,
    /// The largest distance between its iterates and those of conjugate gradients, relative to the distance
    /// of the start from the minimum.
    apart: f64,
    /// The same for L-BFGS that remembers a single pair.
    one_pair_apart: f64,
    /// The largest entry of BA − I after n steps, where B is the matrix of BFGS and A the Hessian.
    inverse: f64,
}

fn shown((dim, condition): (usize, f64), seed: u64) -> Result<QuadraticResult> {
    let bowl = Bowl::new(dim, condition, seed)?;
    let start = Array1::zeros(dim);
    let theirs = conjugate_gradients(&bowl, dim);
    let exact = || Exact { tolerance: 1e-13, ..Exact::default() };
    let bfgs = || Bfgs::new().scaling(Scaling::Identity).line_search(exact());
    let scale = norm(&bowl.minimum);
    let mut apart = 0.0f64;
    let mut compare = |k: usize, x: &Array1<f64>| {
        // Conjugate gradients reach the minimum after n steps, apart from rounding.
        if k < dim {
            apart = apart.max(norm(&(x - &theirs[k])) / scale);
        }
    };
    let found = minimize_observed(
        bowl.clone(),
        &start,
        bfgs()?,
        Stop::relative_grad(END).max_iter(10 * dim),
        |moment| compare(moment.iterate.k, &moment.iterate.x),
    )?;
    let of_bfgs = apart;
    let mut apart = 0.0f64;
    minimize_observed(
        bowl.clone(),
        &start,
        Lbfgs::new(1).line_search(exact())?,
        Stop::iterations(dim - 1),
        |moment| {
            let at = moment.iterate;
            apart = apart.max(norm(&(&at.x - &theirs[at.k])) / scale);
        },
    )?;
    // The matrix used in the step after the n-th, which contains the corrections by all n steps.
    let mut optimizer = bfgs()?;
    minimize(bowl.clone(), &start, &mut optimizer, Stop::iterations(dim + 1))?;
    let deviation = optimizer.inverse_hessian().dot(&bowl.hessian) - Array2::<f64>::eye(dim);
    let inverse = deviation.iter().fold(0.0f64, |most, d| most.max(d.abs()));
    Ok(QuadraticResult {
        dim,
        condition,
        steps: found.iterations,
        apart: of_bfgs,
        one_pair_apart: apart,
        inverse,
    })
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let shown = CASES.iter().map(|&case| shown(case, context.seed)).collect::<Result<Vec<_>>>()?;
    let float = |of: fn(&QuadraticResult) -> f64| Values::Float(shown.iter().map(of).collect());
    let (small, exactly) = (Rule::Within { rtol: 0.0, atol: 1e-6 }, Rule::Exact);
    let caption = "BFGS from the identity with an exact line search on random quadratics: steps until the \
                   gradient is a hundred-millionth of that at the start; the distances of its iterates, and \
                   of those of L-BFGS with one pair, from the iterates of conjugate gradients; and the \
                   largest entry of BA − I after that, with the matrix B of BFGS and the Hessian A";
    findings.tables.push(
        Table::new("quadratic", caption)
            .column("n", Values::Integer(shown.iter().map(|s| s.dim as i64).collect()), exactly)
            .float("condition", shown.iter().map(|s| s.condition).collect::<Vec<_>>())
            .column(
                "bfgs_steps",
                Values::Integer(shown.iter().map(|s| s.steps as i64).collect()),
                Rule::Within { rtol: 0.0, atol: 1.0 },
            )
            .column("bfgs_from_cg", float(|s| s.apart), small)
            .column("one_pair_from_cg", float(|s| s.one_pair_apart), small)
            .column("inverse_deviation", float(|s| s.inverse), Rule::Timing),
    );
    let worst = |of: fn(&QuadraticResult) -> f64| shown[..3].iter().map(of).fold(0.0, f64::max);
    let rounded = &shown[3];
    findings.claims.extend([
        Claim::exact(
            "bfgs-quadratic",
            "13",
            "On a quadratic BFGS with an exact line search ends within n steps (steps over n, largest)",
            NOCEDAL,
        )
        .said()
        .measured(worst(|s| s.steps as f64 / s.dim as f64), Bound::AtMost(1.0)),
        Claim::exact(
            "bfgs-equals-cg",
            "13",
            "On a quadratic the iterates of BFGS with an exact line search are those of conjugate gradients \
             (largest relative distance)",
            NOCEDAL,
        )
        .said()
        .measured(worst(|s| s.apart), Bound::AtMost(1e-6)),
        Claim::exact(
            "lbfgs-equals-cg",
            "13",
            "On a quadratic the iterates of L-BFGS with a single pair are those of conjugate gradients \
             (largest relative distance)",
            NOCEDAL,
        )
        .said()
        .measured(worst(|s| s.one_pair_apart), Bound::AtMost(1e-6)),
        Claim::exact(
            "bfgs-finds-inverse",
            "13",
            "At the end the matrix of BFGS is the inverse Hessian (largest entry of BA − I)",
            NOCEDAL,
        )
        .said()
        .measured(worst(|s| s.inverse), Bound::AtMost(1e-3)),
        Claim::exact(
            "bfgs-equals-cg-rounded",
            "13",
            "At condition number 100 with n = 20 the iterates of BFGS are still those of conjugate \
             gradients (relative distance)",
            NOCEDAL,
        )
        .ours()
        .measured(rounded.apart, Bound::AtMost(1e-6))
        .note(
            "The theorem holds in exact arithmetic. Rounding destroys conjugacy, and faster for larger κ \
             and n: in double precision, the iterates of conjugate gradients themselves end this far from \
             those computed with sixty digits. Neither method needs conjugacy to converge.",
        ),
    ]);
    findings.figures.push(figure(context.seed)?);
    Ok(())
}

/// Draws the error over the steps.
fn figure(seed: u64) -> Result<Figure> {
    let (dim, condition) = DRAWN;
    let bowl = Bowl::new(dim, condition, seed)?;
    let start = Array1::zeros(dim);
    let height = |x: &Array1<f64>| {
        let away = x - &bowl.minimum;
        0.5 * away.dot(&bowl.hessian.dot(&away))
    };
    let cg: Vec<f64> = conjugate_gradients(&bowl, dim).iter().map(height).collect();
    let exact = Exact { tolerance: 1e-13, ..Exact::default() };
    let stop = || Stop::iterations(3 * dim).target(1e-25);
    let bfgs =
        minimize(bowl.clone(), &start, Bfgs::new().scaling(Scaling::Identity).line_search(exact)?, stop())?;
    let inexact = minimize(bowl.clone(), &start, Bfgs::new(), stop())?;
    let descent =
        minimize(bowl.clone(), &start, FirstOrder::new(Sgd, 2.0 / (1.0 + 1.0 / condition))?, stop())?;
    let steps = |length: usize| (0..length).map(|k| k as f64).collect::<Vec<_>>();
    let panel = Panel::new("", Axis::linear("step"), Axis::log("f − f*").range(1e-18, 1e2).lower_is_better());
    let runs = [
        ("gradient descent, best lr", descent),
        ("BFGS with the usual line search", inexact),
        ("BFGS, exact line search", bfgs),
    ];
    let places = optimizers(runs.iter().map(|run| run.0));
    let panel = runs.into_iter().zip(places).fold(panel, |panel, ((name, run), color)| {
        panel.line(name, steps(run.trace.len()), run.trace.value.clone(), color)
    });
    let panel = panel.with(Layer::Points {
        label: "conjugate gradients".into(),
        x: steps(cg.len()),
        y: cg,
        color: optimizer("cg"),
    });
    let panel = panel.with(Layer::VerticalMark { label: format!("n = {dim}"), x: dim as f64 });
    let caption = "With an exact line search BFGS takes the steps of conjugate gradients and is finished \
                   after n of them. The line search that is used in practice gives up that property.";
    Ok(Figure::new("quadratic", "BFGS on an ill-conditioned quadratic of ten variables", caption)
        .panel(panel)
        .columns(1))
}
