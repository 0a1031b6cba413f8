//! Checks every analytic gradient of the library.

use super::risk_of_digits::digits;
use super::sources::SLIDE;
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::gradcheck::{Report, check_gradient, check_hess_vec, check_second_derivatives};
use crate::loss;
use crate::problems;
use crate::risk::Regularizer;
use crate::rng;
use crate::study::Context;
use crate::table::Table;

const MODELS: [&str; 4] = ["linear", "mlp:20", "mlp:10,10", "mlp:20,tanh"];
const EXAMPLES: usize = 50;
const REGULARIZER: Regularizer = Regularizer { l2: 1e-2, l1: 1e-3 };

/// One row of the table: the checks of one function at one or several points.
struct CheckedFunction {
    function: String,
    first: Vec<Report>,
    second: Vec<Report>,
}

impl CheckedFunction {
    fn sum(reports: &[Report], of: impl Fn(&Report) -> usize) -> usize {
        reports.iter().map(of).sum()
    }
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let mut rows = Vec::new();
    for model in context.choose(&MODELS[..], &MODELS[..1]) {
        for loss in loss::NAMES {
            rows.push(risk(context, model, loss)?);
        }
    }
    for problem in problems::examples() {
        rows.push(test_function(context, problem, context.choose(10, 2))?);
    }
    let total = |of: fn(&CheckedFunction) -> usize| rows.iter().map(of).sum::<usize>() as f64;
    let none = Bound::Equals { value: 0.0, tolerance: 0.0 };
    let sentence = "Every analytic gradient of the library passes the check: all losses, models and \
                    problems (number of wrong entries)";
    let second = "All second derivatives of the library pass the check against differences of the gradient \
                  (number of wrong entries)";
    let checked = |of: fn(&CheckedFunction) -> &Vec<Report>| {
        rows.iter().map(|row| CheckedFunction::sum(of(row), |r| r.entries.len())).sum::<usize>()
    };
    findings.claims.extend([
        Claim::exact("analytic-exact", "03", sentence, SLIDE)
            .ours()
            .measured(total(|row| CheckedFunction::sum(&row.first, Report::failing)), none)
            .note(format!("Of {} entries.", checked(|row| &row.first))),
        Claim::exact("analytic-exact-second", "03", second, SLIDE)
            .ours()
            .measured(total(|row| CheckedFunction::sum(&row.second, Report::failing)), none)
            .note(format!("Of {} entries.", checked(|row| &row.second))),
    ]);
    let count =
        |of: fn(&CheckedFunction) -> usize| rows.iter().map(move |row| of(row) as i64).collect::<Vec<_>>();
    let largest =
        |row: &CheckedFunction| row.first.iter().map(Report::largest_relative_error).fold(0.0, f64::max);
    findings.tables.push(
        Table::new(
            "exact",
            "Every analytic gradient of the library against central differences, h = 1e-6, at random points",
        )
        .text("function", rows.iter().map(|row| row.function.clone()))
        .integer("entries", count(|row| CheckedFunction::sum(&row.first, |r| r.entries.len())))
        .integer("wrong", count(|row| CheckedFunction::sum(&row.first, Report::failing)))
        .integer("kinks", count(|row| CheckedFunction::sum(&row.first, |r| r.count("kink"))))
        // Rounding determines the value.
        .float_within("largest_relative_error", rows.iter().map(largest).collect::<Vec<_>>(), 1e3, 1e-4)
        .integer("second_entries", count(|row| CheckedFunction::sum(&row.second, |r| r.entries.len())))
        .integer("second_wrong", count(|row| CheckedFunction::sum(&row.second, Report::failing))),
    );
    let errors: Vec<(&str, f64)> = rows.iter().map(|row| (row.function.as_str(), largest(row))).collect();
    findings.figures.push(figure(&errors));
    Ok(())
}

/// Draws the largest relative error of each gradient, from the smallest to the largest.
fn figure(errors: &[(&str, f64)]) -> Figure {
    let mut sorted: Vec<(&str, f64)> = errors.iter().copied().filter(|(_, error)| *error > 0.0).collect();
    sorted.sort_by(|a, b| a.1.total_cmp(&b.1));
    let risk = |name: &str| name.contains(", ");
    let of = |risks: bool| -> (Vec<f64>, Vec<f64>) {
        let chosen = sorted.iter().enumerate().filter(|(_, (name, _))| risk(name) == risks);
        chosen.map(|(place, (_, error))| (place as f64 + 1.0, *error)).unzip()
    };
    let axes = (Axis::linear("functions in the order of their errors"), Axis::log("largest relative error"));
    let panel = [("test functions", false), ("losses of models", true)].into_iter().enumerate().fold(
        Panel::new("", axes.0, axes.1),
        |panel, (color, (label, risks))| {
            let (x, y) = of(risks);
            panel.with(Layer::Points { label: label.into(), x, y, color })
        },
    );
    let worst = sorted.last().map(|(name, error)| Layer::Mark {
        label: (*name).into(),
        x: sorted.len() as f64,
        y: *error,
    });
    let caption = "Every analytic gradient of the library against central differences with h = 1e-6: one \
                   point a function, the largest relative error of its entries. What is left is the error of \
                   the differences, which is larger where the values of f are large or f has more curvature. \
                   The table has the numbers and the names.";
    Figure::new("exact", "Every gradient of the library, checked", caption)
        .columns(1)
        .panel(worst.into_iter().fold(panel, Panel::with))
}

fn risk(context: &Context, model: &str, loss: &str) -> Result<CheckedFunction> {
    let (mut risk, x) = digits(context, model, loss, REGULARIZER, EXAMPLES, 0)?;
    let (first, second) = (check_gradient(&mut risk, &x)?, check_hess_vec(&mut risk, &x, context.seed)?);
    Ok(CheckedFunction { function: format!("{model}, {loss}"), first: vec![first], second: vec![second] })
}

fn test_function(
    context: &Context,
    mut problem: Box<dyn problems::Problem>,
    points: u64,
) -> Result<CheckedFunction> {
    let facts = problem.facts();
    let mut row = CheckedFunction { function: facts.name, first: Vec::new(), second: Vec::new() };
    for replicate in 0..points {
        let x = rng::about(
            &mut rng::stream(context.seed, "point of a gradient check", replicate),
            &facts.start,
            0.1,
            0.01,
        );
        row.first.push(check_gradient(&mut problem, &x)?);
        row.second.push(check_second_derivatives(&mut problem, &x)?);
    }
    Ok(row)
}
