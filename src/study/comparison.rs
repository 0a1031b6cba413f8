//! The comparison: every optimizer on every problem, equally tuned.

mod lbfgs;
mod moments;
mod practice;
mod rates;
mod winners;

use super::{Budget, Context, Study};
use crate::compare::suite::{Comparison, Memory, Phase, ProblemFacts, Settings, Suite, views};
use crate::error::Result;
use crate::findings::Findings;
use rates::AdamAt;

pub(super) const STUDY: Study = Study {
    name: "comparison",
    notebook: "11",
    title: "The comparison",
    question: "Which optimizer wins where, once each is tuned alike, and where can they not be told apart?",
    run,
};

/// Views that stand in the study as tables; all of them, and the runs themselves, are in the report of
/// `gradus compare`.
const TABLES: [&str; 6] = ["ranks", "winners", "verdicts", "pairwise", "outcomes", "tuning"];

/// Problems that are drawn by themselves.
const DRAWN: [&str; 4] = ["quadratic:1000", "rosenbrock", "digits/softmax", "digits/mlp"];

const IN_PRACTICE: &str = "slide \"In practice\"";

fn run(context: &Context) -> Result<Findings> {
    let (suite, settings) = match context.budget {
        Budget::Full => (Suite::standard(), Settings { seed: context.seed, ..Settings::default() }),
        Budget::Quick => (Suite::quick(), Settings { seed: context.seed, ..Settings::quick() }),
    };
    let suite = rates::RATES.iter().fold(suite, |suite, &lr| suite.with(AdamAt(lr)));
    let all = suite.compare(&settings, context.progress, &Memory::default())?.comparison;
    let contest = without_fixed_rates(&all);
    let mut findings = Findings::default();
    moments::run(&mut findings)?;
    findings.tables.push(contest.problems_table());
    winners::run(&contest, context.seed, &mut findings);
    practice::run(&all, &contest, &mut findings);
    lbfgs::run(&contest, &mut findings);
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

/// The comparison of those that are tuned: Adam at fixed rates is beside it.
fn without_fixed_rates(all: &Comparison) -> Comparison {
    let mut contest = all.clone();
    contest.optimizers.retain(|facts| !rates::is_fixed(&facts.name));
    contest.runs.retain(|run| !rates::is_fixed(&run.optimizer));
    contest
}

/// The areas of the seeds at the best setting, in the order of the seeds; empty where the optimizer does not
/// take the problem.
fn areas(comparison: &Comparison, facts: &ProblemFacts, optimizer: &str) -> Vec<f64> {
    comparison.of(&facts.name, optimizer, Phase::Best).iter().map(|run| run.area(facts)).collect()
}
