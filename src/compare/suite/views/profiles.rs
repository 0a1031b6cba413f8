//! Profiles over all problems and seeds.

use super::convergence::looks;
use super::machines::on_one_machine;
use super::score::Scores;
use super::standings::{leaders, ordered};
use crate::compare::profiles::{performance_ratios, staircase};
use crate::compare::suite::{Comparison, CostAxis, Phase, Run};
use crate::figure::{self, Figure, Panel};
use crate::table::{Rule, Table, Values};

/// The number of optimizers in a figure, besides momentum, Adam and those of the user.
const SHOWN: usize = 8;
/// The largest ratio in a performance profile.
const LARGEST: f64 = 100.0;
/// The ratios for which the table has rows.
const TAUS: [f64; 5] = [1.0, 2.0, 5.0, 10.0, 100.0];

const AXES: [(CostAxis, &str); 3] = [
    (CostAxis::Iterations, "iterations"),
    (CostAxis::Evaluations, "evaluations"),
    (CostAxis::Seconds, "seconds"),
];

/// Returns the cost of each optimizer to the target, `[optimizer][problem and seed]`; `None` where it ends
/// above the target, or was not run.
fn work(comparison: &Comparison, axis: CostAxis) -> Vec<Vec<Option<f64>>> {
    let apart: Vec<&str> = match axis {
        CostAxis::Seconds => apart(comparison),
        _ => Vec::new(),
    };
    let counts = |run: &&Run| run.phase == Phase::Best && !apart.contains(&run.problem.as_str());
    let mut instances: Vec<(&str, u64)> = Vec::new();
    for run in comparison.runs.iter().filter(counts) {
        if !instances.contains(&(run.problem.as_str(), run.seed)) {
            instances.push((&run.problem, run.seed));
        }
    }
    let of = |optimizer: &str| -> Vec<Option<f64>> {
        let mut needed = vec![None; instances.len()];
        for run in comparison.runs.iter().filter(|run| counts(run) && run.optimizer == optimizer) {
            let place = instances.iter().position(|instance| *instance == (run.problem.as_str(), run.seed));
            let target = comparison.problem(&run.problem).map_or(f64::NAN, |facts| facts.target);
            if let Some(place) = place.filter(|_| run.final_loss() <= target) {
                needed[place] = run.to_target(target, axis);
            }
        }
        needed
    };
    comparison.optimizers.iter().map(|optimizer| of(&optimizer.name)).collect()
}

/// Returns the problems whose runs come from several machines, so that their seconds cannot be compared.
fn apart(comparison: &Comparison) -> Vec<&str> {
    let names = comparison.problems.iter().map(|problem| problem.name.as_str());
    names.filter(|name| !on_one_machine(comparison, name)).collect()
}

/// Returns the ratios of the performance profiles over a cost, sorted, for each optimizer; and the number of
/// pairs of a problem and a seed.
pub fn ratios(comparison: &Comparison, axis: CostAxis) -> (Vec<Vec<f64>>, usize) {
    let work = work(comparison, axis);
    let mut ratios = performance_ratios(&work);
    ratios.iter_mut().for_each(|ratios| ratios.sort_by(f64::total_cmp));
    (ratios, work.first().map_or(0, Vec::len))
}

fn drawn(comparison: &Comparison, scores: &Scores) -> Vec<usize> {
    let order: Vec<usize> = ordered(comparison, scores).iter().map(|standing| standing.index).collect();
    leaders(comparison, &order, SHOWN)
}

fn share_axis() -> figure::Axis {
    figure::Axis::linear("share solved").range(0.0, 1.02).higher_is_better()
}

/// Returns the performance profiles of Dolan and Moré, one panel for each cost.
pub(super) fn performance(comparison: &Comparison, scores: &Scores) -> Figure {
    let (drawn, places) = (drawn(comparison, scores), looks(comparison));
    let caption = "The share of problems and seeds that an optimizer solves within τ times the cost of the \
                   best optimizer on the same problem and seed. At τ = 1 it is the share on which the \
                   optimizer is the best; at the right end, the share that it solves at all. The figure \
                   shows the best optimizers by mean rank, with momentum and Adam; the table shows all of \
                   them.";
    let figure = Figure::new("performance_profiles", "Performance profiles", caption).columns(3).aspect(1.1);
    AXES.into_iter().fold(figure, |figure, (axis, name)| {
        let work = work(comparison, axis);
        let instances = work.first().map_or(0, Vec::len);
        let ratios = performance_ratios(&work);
        let panel = Panel::new(
            name,
            figure::Axis::log(format!("τ ({name} over the least)")).range(1.0, LARGEST),
            share_axis(),
        );
        figure.panel(drawn.iter().fold(panel, |panel, &o| {
            let (x, y) = staircase(ratios[o].clone(), instances, 1.0, LARGEST);
            panel.line(&comparison.optimizers[o].name, x, y, places[o])
        }))
    })
}

/// Returns the data profiles of Moré and Wild, over evaluations.
pub(super) fn data(comparison: &Comparison, scores: &Scores) -> Figure {
    let work = work(comparison, CostAxis::Evaluations);
    let instances = work.first().map_or(0, Vec::len);
    let all = || work.iter().flatten().flatten().copied().filter(|work| *work > 0.0);
    let (from, to) = (all().fold(f64::INFINITY, f64::min).min(1.0), all().fold(10.0, f64::max));
    let axis = figure::Axis::log("gradient evaluations (passes over the data where f is a sum over data)")
        .range(from, to);
    let places = looks(comparison);
    let panel = drawn(comparison, scores).into_iter().fold(Panel::new("", axis, share_axis()), |panel, o| {
        let (x, y) = staircase(work[o].iter().flatten().copied().collect(), instances, from, to);
        panel.line(&comparison.optimizers[o].name, x, y, places[o])
    });
    let caption = "The share of problems and seeds solved within a number of evaluations. The figure shows \
                   the best optimizers by mean rank, with momentum and Adam.";
    Figure::new("data_profiles", "Data profiles", caption).columns(1).panel(panel)
}

/// Returns the profiles as numbers: a table over iterations and evaluations, and one over seconds, which
/// differ whenever a comparison is repeated.
pub(super) fn tables(comparison: &Comparison) -> [Table; 2] {
    let caption = "Performance profiles as numbers: the share of problems and seeds solved within τ times \
                   the least cost of all optimizers";
    let left_out = match apart(comparison).len() {
        0 => String::new(),
        _ => ". Problems that ran on several machines are left out".into(),
    };
    let over_seconds = format!("{caption}, over seconds{left_out}");
    [
        table("profiles", caption, comparison, &AXES[..2], Rule::Within { rtol: 0.0, atol: 0.05 }),
        table("profiles_seconds", &over_seconds, comparison, &AXES[2..], Rule::Timing),
    ]
}

fn table(
    name: &str,
    caption: &str,
    comparison: &Comparison,
    axes: &[(CostAxis, &'static str)],
    rule: Rule,
) -> Table {
    let mut rows: Vec<(&str, String, f64, f64)> = Vec::new();
    for (axis, name) in axes {
        let (ratios, instances) = ratios(comparison, *axis);
        for (optimizer, ratios) in comparison.optimizers.iter().zip(ratios) {
            let share = |tau: f64| {
                ratios.iter().filter(|ratio| **ratio <= tau).count() as f64 / instances.max(1) as f64
            };
            // No share of nothing, where no seconds can be compared.
            let share =
                |tau| if instances == 0 && *axis == CostAxis::Seconds { f64::NAN } else { share(tau) };
            rows.extend(TAUS.iter().map(|&tau| (*name, optimizer.name.clone(), tau, share(tau))));
        }
    }
    Table::new(name, caption)
        .text("axis", rows.iter().map(|row| row.0))
        .text("optimizer", rows.iter().map(|row| row.1.clone()))
        .float("tau", rows.iter().map(|row| row.2).collect::<Vec<_>>())
        .column("share", Values::Float(rows.iter().map(|row| row.3).collect()), rule)
}
