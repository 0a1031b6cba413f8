//! The comparison: every optimizer on every problem, all tuned equally.

mod after;
mod areas;
mod lbfgs;
mod moments;
mod practice;
mod rates;
mod sources;
mod winners;

use crate::compare::suite::{Comparison, Memory, Settings, Suite, views};
use crate::error::Result;
use crate::findings::Findings;
use crate::study::{Budget, Context, Study};
use rates::AdamAt;
use sources::NOTEBOOK;

pub(super) const STUDY: Study = Study {
    name: "comparison",
    notebook: NOTEBOOK,
    title: "The comparison",
    question: "Which optimizer wins on which problem, if all are tuned equally, and where is there no \
               significant difference?",
    run,
};

/// The views that the study shows as tables. The report of `gradus compare` has all views, and the runs
/// themselves.
const TABLES: [&str; 7] = ["ranks", "ranks_by_area", "winners", "verdicts", "pairwise", "outcomes", "tuning"];

/// The problems that have a figure of their own.
const DRAWN: [&str; 4] = ["quadratic:1000", "rosenbrock", "digits/softmax", "digits/mlp"];

fn run(context: &Context) -> Result<Findings> {
    let (suite, settings) = match context.budget {
        Budget::Full => (Suite::standard(), Settings { seed: context.seed, ..Settings::default() }),
        Budget::Quick => (Suite::quick(), Settings { seed: context.seed, ..Settings::quick() }),
    };
    let suite = rates::RATES.iter().fold(suite, |suite, &lr| suite.with(AdamAt(lr)));
    let all = suite.compare(&settings, context.progress, &Memory::default())?.comparison;
    let contest = without_fixed_rates(&all);
    let mut findings = Findings::default();
    moments::run(&mut findings);
    findings.tables.push(contest.problems_table());
    winners::run(&contest, context.seed, &mut findings);
    practice::run(&all, &contest, &mut findings);
    lbfgs::run(&contest, &mut findings);
    after::run(&contest, &mut findings);
    views_of(&contest, &mut findings);
    Ok(findings)
}

fn views_of(contest: &Comparison, findings: &mut Findings) {
    let table = |table: &crate::table::Table| TABLES.contains(&table.name.as_str());
    findings.tables.extend(views::tables(contest).into_iter().filter(table));
    let of_a_problem = |name: &str| {
        contest.problems.iter().find(|facts| name.ends_with(&format!("_{}", views::slug(&facts.name))))
    };
    let drawn = |figure: &crate::figure::Figure| {
        of_a_problem(&figure.name).is_none_or(|facts| DRAWN.contains(&facts.name.as_str()))
    };
    findings.figures.extend(views::figures(contest).into_iter().filter(drawn));
}

/// Returns the comparison of the tuned optimizers, without Adam at fixed rates.
fn without_fixed_rates(all: &Comparison) -> Comparison {
    let mut contest = all.clone();
    contest.optimizers.retain(|facts| !rates::is_fixed(&facts.name));
    contest.runs.retain(|run| !rates::is_fixed(&run.optimizer));
    contest
}
