//! How many pairs are worth remembering.

use super::LBFGS;
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
use crate::study::second_order::Bowl;
use crate::table::{Rule, Table, Values};
use crate::train::Classifier;
use ndarray::Array1;

const PAIRS: [usize; 9] = [1, 2, 3, 5, 7, 10, 20, 50, 100];
/// The usual memory, and the largest here.
const USUAL: usize = 10;

/// Evaluations to the same gradient, by memory, and those of BFGS.
struct Row {
    function: &'static str,
    evaluations: Vec<f64>,
    bfgs: f64,
}

fn row<O: Differentiable>(
    function: &'static str,
    start: &Array1<f64>,
    mut build: impl FnMut() -> Result<O>,
) -> Result<Row> {
    let stop = || Stop::relative_grad(1e-6).max_iter(20_000);
    let count = |found: &Minimum| {
        if found.termination.converged() { found.evaluations.grad as f64 } else { f64::NAN }
    };
    let evaluations = PAIRS
        .iter()
        .map(|&m| Ok(count(&minimize(build()?, start, Lbfgs::new(m), stop())?)))
        .collect::<Result<_>>()?;
    Ok(Row { function, evaluations, bfgs: count(&minimize(build()?, start, Bfgs::new(), stop())?) })
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
        "Evaluations of L-BFGS until the gradient is a millionth of the start's, over the number of pairs it \
         remembers, and of BFGS",
    )
    .text("function", rows.iter().map(|r| r.function));
    let about = Rule::Within { rtol: 0.15, atol: 5.0 };
    let table =
        PAIRS.iter().fold(table, |table, &m| table.column(format!("m{m}"), Values::Float(of(m)), about));
    findings.tables.push(table.column("bfgs", Values::Float(rows.iter().map(|r| r.bfgs).collect()), about));
    let ratio = |a: usize, b: usize| of(a).iter().zip(of(b)).map(|(a, b)| a / b).fold(0.0, f64::max);
    let sentence = "A few pairs are enough: with ten, L-BFGS needs at most one and a half times the \
                    evaluations that it needs with a hundred (largest ratio of four functions)";
    findings.claims.push(
        Claim::exact("lbfgs-memory", "13", sentence, LBFGS).measured(ratio(USUAL, 100), Bound::AtMost(1.5)).note(
            "True of the other three; on the quadratic every pair counts, and the more of them, the nearer \
             L-BFGS comes to BFGS. What a longer memory saves in evaluations it costs in time, 4mn \
             operations an update.",
        ),
    );
    findings.figures.push(figure(&rows));
    Ok(())
}

/// Evaluations over those of BFGS on the same function, so that one line is BFGS for all of them.
fn figure(rows: &[Row]) -> Figure {
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
    let caption = "Most of what BFGS gains from its whole matrix the last few pairs give already; beyond \
                   that it depends on the function.";
    Figure::new("memory", "How many pairs?", caption).panel(panel).columns(1)
}
