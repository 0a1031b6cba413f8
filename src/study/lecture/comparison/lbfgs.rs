//! The lecture's advice where full batches are affordable: L-BFGS.

use super::sources::IN_PRACTICE;
use super::sources::NOTEBOOK;
use crate::claim::{Bound, Claim};
use crate::compare::statistics::{median, share};
use crate::compare::suite::{Comparison, CostAxis, ProblemFacts};
use crate::findings::Findings;
use crate::table::Table;

pub(super) fn run(contest: &Comparison, findings: &mut Findings) {
    let rules: Vec<&str> =
        contest.optimizers.iter().filter(|facts| facts.order == 1).map(|facts| facts.name.as_str()).collect();
    let row = |problem: &'_ ProblemFacts| {
        let best = rules
            .iter()
            .map(|name| (*name, to_target(contest, problem, name)))
            .min_by(|a, b| a.1.total_cmp(&b.1));
        (problem.name.clone(), to_target(contest, problem, "lbfgs"), best.unwrap_or(("none", f64::INFINITY)))
    };
    let rows: Vec<_> = contest.problems.iter().filter(|facts| !facts.stochastic).map(row).collect();
    // A table has no infinity: a target that is not reached has no value.
    let finite = |value: f64| if value.is_finite() { value } else { f64::NAN };
    let caption = "Median gradient evaluations to the target on the functions without noise, for L-BFGS and \
                   for the best of the tuned update rules. Empty where fewer than half of the seeds reach \
                   the target";
    findings.tables.push(
        Table::new("lbfgs_full_batch", caption)
            .text("problem", rows.iter().map(|row| row.0.clone()))
            .float_within("lbfgs", rows.iter().map(|row| finite(row.1)).collect::<Vec<_>>(), 0.1, 2.0)
            .text("best_rule", rows.iter().map(|row| row.2.0))
            .float_within(
                "best_rule_evaluations",
                rows.iter().map(|row| finite(row.2.1)).collect::<Vec<_>>(),
                0.1,
                2.0,
            ),
    );
    let wins = rows.iter().filter(|row| row.1.is_finite() && row.1 < row.2.1).count();
    let sentence = "Where full batches are affordable, L-BFGS needs fewer gradient evaluations to the \
                    target than every tuned update rule, on at least nine tenths of the functions without \
                    noise (share of them)";
    let won = share(wins, rows.len());
    findings.claims.push(
        Claim::statistical("comparison-lbfgs-evaluations", NOTEBOOK, sentence, IN_PRACTICE)
            .reading(
                "the slide says “try out L-BFGS” if full batches are affordable; we ask \
                 for fewer gradients than every tuned rule on nine tenths of the \
                 functions",
            )
            .measured_within(won.value, won.interval, Bound::AtLeast(0.9))
            .note(
                "Tuning may find a path on which a rule happens to reach the target in a few steps, and the \
                 cost of tuning is not counted. Where there are several minima, a line search ends in the \
                 nearest. The interval is that of a share of this number of functions (Clopper & Pearson).",
            ),
    );
}

/// Returns the median over the seeds of the evaluations to the target, where a seed that does not reach it
/// counts as infinite.
fn to_target(contest: &Comparison, problem: &ProblemFacts, optimizer: &str) -> f64 {
    let runs = contest.best(&problem.name, optimizer);
    let to =
        runs.iter().map(|run| run.to_target(problem.target, CostAxis::Evaluations).unwrap_or(f64::INFINITY));
    let evaluations: Vec<f64> = to.collect();
    if evaluations.is_empty() { f64::INFINITY } else { median(&evaluations) }
}
