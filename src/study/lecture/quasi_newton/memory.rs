//! How many pairs L-BFGS should remember.

use super::sources::LBFGS;
use crate::claim::{Bound, Claim};
use crate::compare::ModelKind;
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::loss::Logistic;
use crate::minimize::{Minimum, minimize};
use crate::objective::{Differentiable, Objective};
use crate::optimizer::second_order::{Bfgs, Lbfgs};
use crate::problems;
use crate::risk::Regularizer;
use crate::stop::Stop;
use crate::study::Context;
use crate::study::lecture::second_order::Bowl;
use crate::table::{Rule, Table, Values};
use crate::train::Classifier;
use ndarray::Array1;

const PAIRS: [usize; 9] = [1, 2, 3, 5, 7, 10, 20, 50, 100];
/// The usual memory, and the largest one here.
const USUAL: usize = 10;

/// Evaluations until the gradient is small enough, for each memory and for BFGS.
struct MemoryRow {
    function: &'static str,
    evaluations: Vec<f64>,
    bfgs: f64,
}

fn row<O: Differentiable>(
    function: &'static str,
    start: &Array1<f64>,
    mut build: impl FnMut() -> Result<O>,
) -> Result<MemoryRow> {
    let stop = || Stop::relative_grad(1e-6).max_iter(20_000);
    let count = |found: &Minimum| {
        if found.termination.converged() { found.evaluations.grad as f64 } else { f64::NAN }
    };
    let evaluations = PAIRS
        .iter()
        .map(|&m| Ok(count(&minimize(build()?, start, Lbfgs::new(m), stop())?)))
        .collect::<Result<_>>()?;
    Ok(MemoryRow { function, evaluations, bfgs: count(&minimize(build()?, start, Bfgs::new(), stop())?) })
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let data = Preprocessing::default().prepare::<f64>(&data::digits());
    let classifier =
        Classifier::new(data, ModelKind::Linear, Regularizer::l2(1e-4)).first(context.choose(1_437, 200));
    let zeros = Array1::zeros(classifier.risk(Logistic)?.dim());
    let dim = context.choose(100, 20);
    let problem = |name: &'static str, n: usize| {
        let build = move || problems::by_name(&format!("{name}:{n}"));
        row(name, &build()?.facts().start, build)
    };
    let bowl = Bowl::new(dim, 1e4, context.seed)?;
    let rows = [
        row("logistic, digits", &zeros, || classifier.risk(Logistic))?,
        row("quadratic, κ = 10⁴", &Array1::zeros(dim), || Ok(bowl.clone()))?,
        problem("rosenbrock", dim)?,
        problem("chained-wood", dim)?,
    ];
    let of = |m: usize| -> Vec<f64> {
        rows.iter()
            .map(|r| r.evaluations[PAIRS.iter().position(|p| *p == m).expect("one of those tried")])
            .collect()
    };
    let table = Table::new(
        "memory",
        "Evaluations of L-BFGS until the gradient is a millionth of that at the start, over the number of \
         pairs it remembers, and of BFGS",
    )
    .text("function", rows.iter().map(|r| r.function));
    let about = Rule::Within { rtol: 0.15, atol: 5.0 };
    let table =
        PAIRS.iter().fold(table, |table, &m| table.column(format!("m{m}"), Values::Float(of(m)), about));
    findings.tables.push(table.column("bfgs", Values::Float(rows.iter().map(|r| r.bfgs).collect()), about));
    let ratio = |a: usize, b: usize| of(a).iter().zip(of(b)).map(|(a, b)| a / b).fold(0.0, f64::max);
    let sentence = "A few pairs are enough: with ten, L-BFGS needs at most one and a half times the \
                    evaluations that it needs with a hundred (largest ratio of four functions)";
    let note = "This is true of the other three functions. On the quadratic every pair counts: the more \
                there are, the closer L-BFGS comes to BFGS. A longer memory saves evaluations but costs \
                time, 4mn operations per update.";
    let claim = Claim::exact("lbfgs-memory", "13", sentence, LBFGS).ours();
    findings.claims.push(claim.measured(ratio(USUAL, 100), Bound::AtMost(1.5)).note(note));
    findings.figures.push(figure(&rows));
    Ok(())
}

/// Draws the evaluations divided by those of BFGS on the same function, so that one line stands for BFGS on
/// all functions.
fn figure(rows: &[MemoryRow]) -> Figure {
    let m: Vec<f64> = PAIRS.iter().map(|&m| m as f64).collect();
    let panel = Panel::new(
        "",
        Axis::log("pairs remembered m"),
        Axis::log("evaluations to 1e-6, over those of BFGS").lower_is_better(),
    );
    let panel = rows.iter().enumerate().fold(panel, |panel, (color, r)| {
        panel.line(
            r.function,
            m.clone(),
            r.evaluations.iter().map(|e| e / r.bfgs).collect::<Vec<f64>>(),
            color,
        )
    });
    let panel = panel
        .with(Layer::HorizontalMark { label: "BFGS".into(), y: 1.0 })
        .with(Layer::VerticalMark { label: "m = 10".into(), x: USUAL as f64 });
    let caption = "The last few pairs already give most of what BFGS gains from its whole matrix. The \
                   effect of more pairs depends on the function.";
    Figure::new("memory", "How many pairs should L-BFGS remember?", caption).panel(panel).columns(1)
}
