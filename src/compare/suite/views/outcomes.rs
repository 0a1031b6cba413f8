//! The outcome of every optimizer on every problem at its best setting.

use super::machines::{names, only_machine};
use super::score::{Scores, score};
use crate::compare::statistics::quantile;
use crate::compare::suite::{Comparison, CostAxis, Outcome, ProblemFacts, Run};
use crate::table::{Rule, Table, Values};

/// The runs of one optimizer on one problem, one for each seed.
struct Cell<'a> {
    facts: &'a ProblemFacts,
    runs: Vec<&'a Run>,
}

impl Cell<'_> {
    fn over(&self, of: impl Fn(&Run) -> f64, q: f64) -> f64 {
        quantile(&self.runs.iter().map(|run| of(run)).collect::<Vec<_>>(), q)
    }

    fn share(&self, of: impl Fn(&Run) -> bool) -> f64 {
        self.runs.iter().filter(|run| of(run)).count() as f64 / self.runs.len() as f64
    }

    /// Returns the median cost to the target over the seeds that end at or below it.
    fn to_target(&self, axis: CostAxis) -> f64 {
        self.to_target_at(axis, 0.5)
    }

    /// Returns a quantile of the cost to the target over the seeds that end at or below it.
    fn to_target_at(&self, axis: CostAxis, q: f64) -> f64 {
        let reached = self.runs.iter().filter(|run| run.final_loss() <= self.facts.target);
        quantile(&reached.filter_map(|run| run.to_target(self.facts.target, axis)).collect::<Vec<_>>(), q)
    }

    fn optimizer(&self) -> String {
        self.runs.first().map_or(String::new(), |run| run.optimizer.clone())
    }

    /// Returns the reason of the first run that diverged or failed, or else of the first run.
    fn reason(&self) -> String {
        let ill = self.runs.iter().find(|run| matches!(run.outcome, Outcome::Diverged | Outcome::Failed));
        ill.or(self.runs.first()).map_or(String::new(), |run| run.reason.clone())
    }
}

fn cells<'a>(comparison: &'a Comparison, scores: &Scores) -> Vec<Cell<'a>> {
    let mut cells = Vec::new();
    for (p, facts) in comparison.problems.iter().enumerate() {
        let runs = |optimizer: usize| comparison.best(&facts.name, &comparison.optimizers[optimizer].name);
        cells.extend(scores.order(p).into_iter().map(|optimizer| Cell { facts, runs: runs(optimizer) }));
    }
    cells
}

/// Returns the seconds of the runs, with quartiles over the seeds.
pub(super) fn seconds(comparison: &Comparison, scores: &Scores) -> Table {
    let cells = cells(comparison, scores);
    let last = |run: &Run| run.curve.seconds.last().copied().unwrap_or(f64::NAN);
    // Seconds of several machines have no common quartile.
    let fair = |cell: &Cell, seconds: f64| {
        let apart = comparison.origins.several_machines() && only_machine(&cell.runs).is_none();
        if apart { f64::NAN } else { seconds }
    };
    let caption = "Seconds of a run at the best setting, and seconds to the target: medians with quartiles \
                   over seeds. They were measured while other runs used the same machine, and show orders \
                   of magnitude only. The benchmarks with Criterion time each optimizer alone";
    let table = Table::new("outcomes_seconds", caption)
        .text("problem", cells.iter().map(|cell| cell.facts.name.clone()))
        .text("optimizer", cells.iter().map(Cell::optimizer));
    let table = match comparison.origins.several_machines() {
        true => table.text("machine", cells.iter().map(|cell| names(comparison, &cell.runs))),
        false => table,
    };
    let quartiles = [("_q1", 0.25), ("", 0.5), ("_q3", 0.75)];
    let table = quartiles.iter().fold(table, |table, (suffix, q)| {
        table.timing(
            format!("seconds{suffix}"),
            cells.iter().map(|cell| fair(cell, cell.over(last, *q))).collect::<Vec<_>>(),
        )
    });
    quartiles.iter().fold(table, |table, (suffix, q)| {
        let to = |cell: &Cell| fair(cell, cell.to_target_at(CostAxis::Seconds, *q));
        table.timing(format!("seconds_to_target{suffix}"), cells.iter().map(to).collect::<Vec<_>>())
    })
}

pub(super) fn table(comparison: &Comparison, scores: &Scores) -> Table {
    let cells = cells(comparison, scores);
    let floats = |of: &dyn Fn(&Cell) -> f64| cells.iter().map(of).collect::<Vec<_>>();
    let words = |of: &dyn Fn(&Cell) -> String| cells.iter().map(of).collect::<Vec<_>>();
    let first = |of: fn(&Run) -> &str| {
        words(&|cell| cell.runs.first().map_or(String::new(), |run| of(run).to_string()))
    };
    let caption = "Every optimizer on every problem at its best setting, the best first: the score (solved \
                   if below 0), the final loss with quartiles over seeds, the relative gap, the test \
                   accuracy, the shares of seeds that solve the problem and that diverge, the cost to the \
                   target where it was reached, the area under the curve (mean log₁₀ of the gap), and why \
                   the runs ended";
    Table::new("outcomes", caption)
        .text("problem", words(&|cell| cell.facts.name.clone()))
        .text("optimizer", words(&|cell| cell.optimizer()))
        .text("setting", first(|run| &run.setting))
        .float_within("score", floats(&|cell| cell.over(|run| score(run, cell.facts), 0.5)), 0.05, 0.05)
        .float_within("loss_q1", floats(&|cell| cell.over(Run::final_loss, 0.25)), 0.02, 1e-6)
        .float_within("loss", floats(&|cell| cell.over(Run::final_loss, 0.5)), 0.02, 1e-6)
        .float_within("loss_q3", floats(&|cell| cell.over(Run::final_loss, 0.75)), 0.02, 1e-6)
        .float_within(
            "gap",
            floats(&|cell| cell.over(|run| cell.facts.gap(run.final_loss()), 0.5)),
            0.1,
            1e-6,
        )
        .float_within("test_accuracy", floats(&|cell| cell.over(Run::final_test_accuracy, 0.5)), 0.0, 0.01)
        .float_within(
            "solved",
            floats(&|cell| cell.share(|run| run.final_loss() <= cell.facts.target)),
            0.0,
            0.1,
        )
        .float_within(
            "diverged",
            floats(&|cell| cell.share(|run| matches!(run.outcome, Outcome::Diverged | Outcome::Failed))),
            0.0,
            0.1,
        )
        .float_within("iterations_to_target", floats(&|cell| cell.to_target(CostAxis::Iterations)), 0.1, 2.0)
        .float_within(
            "evaluations_to_target",
            floats(&|cell| cell.to_target(CostAxis::Evaluations)),
            0.1,
            2.0,
        )
        .float_within("area", floats(&|cell| cell.over(|run| run.area(cell.facts), 0.5)), 0.05, 0.05)
        .column("reason", Values::Text(words(&|cell| cell.reason())), Rule::Timing)
}
