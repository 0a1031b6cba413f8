//! The sensitivity to the learning rate: the final loss of every trial over the learning rate, next to the
//! best curves.

use super::convergence::{SHOWN, gap_panel, looks, shown, with_band};
use super::curves::Band;
use super::slug::slug;
use crate::compare::statistics::quantile;
use crate::compare::suite::{Comparison, CostAxis, OptimizerFacts, ProblemFacts, Run};
use crate::figure::{self, Figure, Layer, Panel};
use crate::table::Table;

/// The smallest gap in a figure; smaller ones are drawn at this value.
const SMALLEST: f64 = 1e-16;

/// The trials of one optimizer on one problem at one learning rate.
struct AtRate<'a> {
    problem: &'a str,
    optimizer: &'a str,
    lr: f64,
    losses: Vec<f64>,
}

/// Returns the trials by increasing learning rate; none for an optimizer without a learning rate.
fn by_rate<'a>(
    comparison: &Comparison,
    facts: &'a ProblemFacts,
    optimizer: &'a OptimizerFacts,
) -> Vec<AtRate<'a>> {
    let mut trials: Vec<&Run> = comparison
        .tuning(&facts.name, &optimizer.name)
        .into_iter()
        .filter(|run| run.lr.is_finite())
        .collect();
    trials.sort_by(|a, b| a.lr.total_cmp(&b.lr));
    let same = |a: &&Run, b: &&Run| (a.lr / b.lr - 1.0).abs() < 1e-9;
    let at = |runs: &[&Run]| AtRate {
        problem: &facts.name,
        optimizer: &optimizer.name,
        lr: runs[0].lr,
        losses: runs.iter().map(|run| run.final_loss()).collect(),
    };
    trials.chunk_by(same).map(at).collect()
}

pub(super) fn table(comparison: &Comparison) -> Table {
    let pairs = comparison.problems.iter().flat_map(|p| comparison.optimizers.iter().map(move |o| (p, o)));
    let rows: Vec<AtRate> = pairs.flat_map(|(p, o)| by_rate(comparison, p, o)).collect();
    let losses = |q: f64| rows.iter().map(|row| quantile(&row.losses, q)).collect::<Vec<_>>();
    let caption = "The final loss of the trials by learning rate: the best and the median of the trials at \
                   a learning rate, and how many of them diverged";
    Table::new("sensitivity", caption)
        .text("problem", rows.iter().map(|row| row.problem))
        .text("optimizer", rows.iter().map(|row| row.optimizer))
        .float("lr", rows.iter().map(|row| row.lr).collect::<Vec<_>>())
        .integer("trials", rows.iter().map(|row| row.losses.len() as i64))
        .float_within("best_loss", losses(0.0), 0.05, 1e-6)
        .float_within("median_loss", losses(0.5), 0.05, 1e-6)
        .integer(
            "diverged",
            rows.iter().map(|row| row.losses.iter().filter(|loss| !loss.is_finite()).count() as i64),
        )
}

/// Returns the gaps over the learning rate: the median and the quartiles of the trials at each.
fn gaps(facts: &ProblemFacts, rates: &[AtRate]) -> Band {
    let over = |q: f64| {
        rates.iter().map(|rate| facts.gap(quantile(&rate.losses, q)).max(SMALLEST)).collect::<Vec<f64>>()
    };
    Band {
        at: rates.iter().map(|rate| rate.lr).collect(),
        low: over(0.25),
        middle: over(0.5),
        high: over(0.75),
    }
}

pub(super) fn figure(comparison: &Comparison, facts: &ProblemFacts) -> Figure {
    let best = shown(comparison, facts);
    let y = figure::Axis::log("final relative gap").lower_is_better();
    let left = Panel::new("every trial", figure::Axis::log("learning rate"), y);
    let tuned = |o: &usize| !by_rate(comparison, facts, &comparison.optimizers[*o]).is_empty();
    let others = (0..comparison.optimizers.len()).filter(|o| !best.contains(o));
    let mut drawn: Vec<usize> =
        best.iter().copied().chain(others).filter(tuned).take(SHOWN.max(best.len())).collect();
    drawn.sort_unstable();
    let places = looks(comparison);
    let left = drawn.iter().fold(left, |panel, &o| {
        let optimizer = &comparison.optimizers[o];
        with_band(panel, &optimizer.name, &gaps(facts, &by_rate(comparison, facts, optimizer)), places[o])
    });
    let left = left.with(Layer::HorizontalMark { label: "target".into(), y: facts.gap(facts.target) });
    let mut right = gap_panel(comparison, facts, CostAxis::Evaluations, &best);
    right.title = "the best setting".into();
    let caption = format!(
        "Left: the final gap of the trials over the learning rate; where several trials have the same one, \
         the line is their median and the band reaches from quartile to quartile. A line ends where the \
         trials diverge. Right: the curves at the best setting, medians over {} seeds with quartile bands. A \
         wide valley on the left is as valuable as a low curve on the right.",
        comparison.seeds
    );
    let name = format!("sensitivity_{}", slug(&facts.name));
    Figure::new(name, format!("{}: sensitivity to the learning rate", facts.title), caption)
        .panel(left)
        .panel(right)
}
