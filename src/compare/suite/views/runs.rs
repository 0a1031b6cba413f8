//! The runs, a row for each.

use super::score::score;
use crate::compare::suite::origin_column::marked;
use crate::compare::suite::{Comparison, Run};
use crate::table::{Rule, Table, Values};

/// Returns a row for each run with its score, as the page shows them. [`Comparison::runs_table`] has all
/// measures of each run. The seconds of a single run have no interval and are left out; `outcomes_seconds`
/// has those of all seeds together.
pub fn runs(comparison: &Comparison) -> Table {
    let runs = &comparison.runs;
    let words = |of: &dyn Fn(&Run) -> String| runs.iter().map(of).collect::<Vec<_>>();
    let floats = |of: &dyn Fn(&Run) -> f64| runs.iter().map(of).collect::<Vec<_>>();
    let judged = |run: &Run| comparison.problem(&run.problem).map_or(f64::NAN, |facts| score(run, facts));
    let caption = "Every run, those of the tuning included. A run that diverged or failed has its reason";
    let table = Table::new("runs", caption)
        .text("problem", words(&|run| run.problem.clone()))
        .text("optimizer", words(&|run| run.optimizer.clone()))
        .text("phase", words(&|run| run.phase.word().into()))
        .integer("trial", runs.iter().map(|run| run.trial as i64))
        .text("setting", words(&|run| run.setting.clone()))
        .float("lr", floats(&|run| run.lr))
        .integer("seed", runs.iter().map(|run| run.seed as i64))
        .column("outcome", Values::Text(words(&|run| run.outcome.word().into())), Rule::Timing)
        .float_within("score", floats(&judged), 0.1, 0.1)
        .float_within("loss", floats(&Run::final_loss), 0.05, 1e-6)
        .float_within("test_accuracy", floats(&Run::final_test_accuracy), 0.0, 0.02)
        .column("reason", Values::Text(words(&reason)), Rule::Timing);
    marked(comparison, vec![table]).remove(0)
}

/// Returns why a run diverged or failed; a dash for all others, most of which spent their budget.
fn reason(run: &Run) -> String {
    if run.final_loss().is_finite() { "–".into() } else { run.reason.clone() }
}
