//! The problems of Moré, Garbow & Hillstrom: which optimizer solves which problem and at what cost, compared
//! with SciPy.

mod against_scipy;
mod contenders;
mod entrant;
mod profiles;
mod runs;
mod scipy;
mod scipy_pair;
mod sources;

use crate::claim::{Bound, Claim};
use crate::compare::statistics::median;
use crate::error::Result;
use crate::findings::Findings;
use crate::problems::more_garbow_hillstrom::NAMES;
use crate::study::{Context, Study};
use crate::table::{Rule, Table, Values};
use contenders::contenders;
use entrant::Entrant;
use runs::ProblemRun;
use sources::{NOTEBOOK, PAPER};

pub(super) const STUDY: Study = Study {
    name: "mgh",
    notebook: NOTEBOOK,
    title: "Thirty-five test functions",
    question: "Do the optimizers solve the standard test problems, and with no more evaluations than \
               SciPy's?",
    run,
};

fn run(context: &Context) -> Result<Findings> {
    let contenders = contenders()?;
    context.progress.start("optimizers on 35 problems", contenders.len() as u64);
    let entrants = contenders.into_iter().map(|contender| {
        let runs = NAMES.iter().map(|name| runs::run(&contender, name)).collect::<Result<_>>()?;
        context.progress.advance(1);
        Ok(Entrant { contender, runs })
    });
    let entrants = entrants.collect::<Result<Vec<_>>>()?;
    let mut findings = Findings::default();
    findings.tables.push(summary(&entrants));
    findings.tables.extend(all_runs(&entrants));
    findings.claims.push(all_certified(&entrants));
    against_scipy::run(&entrants, &mut findings)?;
    findings.figures.push(profiles::data_profiles(&entrants));
    Ok(findings)
}

fn summary(entrants: &[Entrant]) -> Table {
    let count = |of: fn(&ProblemRun) -> bool| {
        entrants.iter().map(move |e| e.runs.iter().flatten().filter(|run| of(run)).count() as i64)
    };
    let medians =
        entrants.iter().map(|e| median(&e.solved().map(|run| run.cost() as f64).collect::<Vec<_>>()));
    let caption = "Optimizers on the 35 problems from their standard starts: the number solved (‖∇f‖∞ ≤ \
                   1e-8·max(1, |f|), or f a known minimum to 8 digits), the number of those at which the \
                   lowest known minimum was found, and evaluations (values + gradients + Hessians or \
                   products) over those solved";
    Table::new("optimizers", caption)
        .text("optimizer", entrants.iter().map(|e| e.contender.name))
        .integer("solved", count(|run| run.solved))
        .integer("lowest", count(|run| run.lowest))
        .integer("converged", count(|run| run.word == "converged"))
        .float("median_evals", medians.collect::<Vec<_>>())
}

/// Returns one row per run, in two tables: runs that solve their problem, and the others. On one arithmetic
/// the counts of runs that solve their problem are exactly the same. How a run ends differs from machine to
/// machine if rounding ends it, and so does the result of a run of a hundred thousand iterations. These
/// columns are shown but not compared.
fn all_runs(entrants: &[Entrant]) -> [Table; 2] {
    let solved = "Every optimizer on every problem that it solves: where the run ended, why, and what it \
                  cost";
    let unsolved = "The runs that do not solve their problem: where they ended, and why";
    let values = Rule::Within { rtol: 1e-6, atol: 1e-9 };
    [
        runs_table(Table::new("runs", solved), entrants, true, values, Rule::Exact),
        runs_table(Table::new("unsolved", unsolved), entrants, false, Rule::Timing, Rule::Timing),
    ]
}

fn runs_table(table: Table, entrants: &[Entrant], solved: bool, of_values: Rule, of_counts: Rule) -> Table {
    let of = |entrant: &'_ Entrant| -> Vec<(&'static str, ProblemRun)> {
        entrant
            .runs
            .iter()
            .flatten()
            .filter(|run| run.solved == solved)
            .map(|run| (entrant.contender.name, run.clone()))
            .collect()
    };
    let runs: Vec<(&str, ProblemRun)> = entrants.iter().flat_map(of).collect();
    let floats = |of: fn(&ProblemRun) -> f64| Values::Float(runs.iter().map(|(_, run)| of(run)).collect());
    let counts =
        |of: fn(&ProblemRun) -> usize| Values::Integer(runs.iter().map(|(_, run)| of(run) as i64).collect());
    table
        .text("optimizer", runs.iter().map(|(name, _)| *name))
        .text("problem", runs.iter().map(|(_, run)| run.problem))
        .column("n", counts(|run| run.dim), Rule::Exact)
        .column("value", floats(|run| run.value), of_values)
        .column("grad_norm", floats(|run| run.grad_norm), Rule::Timing)
        .column("iterations", counts(|run| run.iterations), of_counts)
        .column("value_evals", counts(|run| run.evaluations.value), of_counts)
        .column("grad_evals", counts(|run| run.evaluations.grad), of_counts)
        .column("hess_evals", counts(|run| run.evaluations.hess), of_counts)
        .column(
            "termination",
            Values::Text(runs.iter().map(|(_, run)| run.word.into()).collect()),
            Rule::Timing,
        )
}

/// Returns the claim that each problem is solved to a minimum that the Hessian, or the literature, certifies.
fn all_certified(entrants: &[Entrant]) -> Claim {
    let certified =
        |problem: &usize| entrants.iter().any(|e| e.runs[*problem].as_ref().is_some_and(|run| run.certified));
    let count = (0..NAMES.len()).filter(certified).count();
    let sentence = "Every one of the 35 problems is solved to a certified minimum by at least one optimizer \
                    (problems solved)";
    Claim::exact("mgh-all-certified", NOTEBOOK, sentence, PAPER)
        .ours()
        .measured(count as f64, Bound::Equals { value: 35.0, tolerance: 0.0 })
        .note(
            "Certified means a value that is known to be a minimum, or ‖∇f‖∞ ≤ 1e-8·max(1, |f|) and no \
             eigenvalue of the Hessian below −1e-8 of its largest.",
        )
}
