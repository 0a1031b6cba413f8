//! An optimizer of your own: how a rule that is written outside the library takes part in a comparison.

mod names;
mod rules;

use crate::claim::{Bound, Claim};
use crate::compare::suite::{Comparison, Memory, Outcome, Run, Settings, Suite, views};
use crate::error::Result;
use crate::figure::{Figure, Layer};
use crate::findings::Findings;
use crate::study::{Context, Study};
use crate::table::{Table, Values};
use names::{BROKEN, HEAVY, SIGNED};
use rules::{Broken, Heavy, Signed};

pub(super) const STUDY: Study = Study {
    name: "your-own-optimizer",
    notebook: "16",
    title: "Your own optimizer",
    question: "Does a rule that is written in a notebook cell take part in a comparison on the same terms as \
               the built-in ones?",
    run,
};

/// The built-in rule that one of the external rules repeats.
const BUILT_IN: &str = "momentum";
const PROBLEMS: [&str; 3] = ["quadratic:100", "rosenbrock", "digits/softmax"];
const SOURCE: &str = "this project";

fn run(context: &Context) -> Result<Findings> {
    let comparison = compare(context)?;
    let (tables, figures) = (views::tables(&comparison), views::overview(&comparison));
    let shown = tables.iter().filter(|table| ["ranks", "winners", "outcomes"].contains(&table.name.as_str()));
    let of_problem =
        views::figures(&comparison).into_iter().filter(|figure| figure.name == "sensitivity_digits-softmax");
    Ok(Findings {
        tables: shown.cloned().chain([ends(&comparison)]).collect(),
        figures: figures.iter().filter(|figure| figure.name == "ranks").cloned().chain(of_problem).collect(),
        claims: vec![joins(&tables, &figures), equals(&comparison), errs(&comparison)],
    })
}

fn compare(context: &Context) -> Result<Comparison> {
    let settings = Settings {
        seed: context.seed,
        trials: context.choose(18, 8),
        seeds: context.choose(10, 3),
        scale: 0.2,
    };
    let suite = Suite::standard().problems(&PROBLEMS)?.optimizers(&["sgd", BUILT_IN, "adam"])?;
    let suite = suite
        .with_rule(HEAVY, |trial| Heavy { rho: trial.kept(0.9) })
        .with_rule(SIGNED, |_| Signed)
        .with_rule(BROKEN, |_| Broken);
    Ok(suite.compare(&settings, context.progress, &Memory::default())?.comparison)
}

/// Claims that every table and chart that shows the optimizers also shows the external ones.
fn joins(tables: &[Table], figures: &[Figure]) -> Claim {
    let without = |name: &str| {
        let tables = tables.iter().filter(|table| !in_table(table, name)).count();
        tables + figures.iter().filter(|figure| !in_figure(figure, name)).count()
    };
    let sentence = "A rule written outside the library appears in every table and chart of the comparison \
                    (number of views without it)";
    Claim::exact("added-in-a-cell", STUDY.notebook, sentence, SOURCE).ours().measured(
        [HEAVY, SIGNED].iter().map(|name| without(name)).sum::<usize>() as f64,
        Bound::Equals { value: 0.0, tolerance: 0.0 },
    )
}

/// Returns whether a table shows an optimizer. The table of winners does not count, because it shows only
/// those that win.
fn in_table(table: &Table, name: &str) -> bool {
    let said =
        |values: &Values| matches!(values, Values::Text(words) if words.iter().any(|word| word == name));
    table.name == "winners" || table.columns().iter().any(|column| said(&column.values))
}

fn in_figure(figure: &Figure, name: &str) -> bool {
    let said = |layer: &Layer| match layer {
        Layer::Line { label, .. } => label == name,
        Layer::Bars { labels, .. } => labels.iter().any(|label| label == name),
        Layer::Grid { columns, .. } => columns.iter().any(|column| column == name),
        _ => false,
    };
    figure.panels.iter().all(|panel| panel.layers.iter().any(said))
}

/// Pairs the runs of two optimizers.
fn beside<'a>(
    comparison: &'a Comparison,
    one: &'a str,
    other: &'a str,
) -> impl Iterator<Item = (&'a Run, &'a Run)> {
    let of = |name: &'a str| comparison.runs.iter().filter(move |run| run.optimizer == name);
    of(one).zip(of(other))
}

fn equals(comparison: &Comparison) -> Claim {
    let same = |a: &Run, b: &Run| {
        let bits = |run: &Run| run.curve.loss.iter().map(|loss| loss.to_bits()).collect::<Vec<_>>();
        (&a.problem, a.phase, a.trial, a.seed, a.lr.to_bits(), a.outcome)
            == (&b.problem, b.phase, b.trial, b.seed, b.lr.to_bits(), b.outcome)
            && a.curve.iterations == b.curve.iterations
            && bits(a) == bits(b)
    };
    let differing = beside(comparison, BUILT_IN, HEAVY).filter(|(a, b)| !same(a, b)).count();
    let sentence = "Momentum written outside the library has the same runs as the built-in momentum, to the \
                    last bit of every loss (number of runs that differ)";
    Claim::exact("own-equals-built-in", STUDY.notebook, sentence, SOURCE)
        .ours()
        .measured(differing as f64, Bound::Equals { value: 0.0, tolerance: 0.0 })
}

fn errs(comparison: &Comparison) -> Claim {
    let runs: Vec<&Run> = comparison.runs.iter().filter(|run| run.optimizer == BROKEN).collect();
    let told = runs.iter().filter(|run| {
        run.outcome == Outcome::Diverged && !run.reason.is_empty() && !run.final_loss().is_finite()
    });
    let sentence = "A rule with a mistake does not stop the comparison: each of its runs is recorded as \
                    diverged, with the reason (share of its runs)";
    Claim::exact("own-mistakes-are-rows", STUDY.notebook, sentence, SOURCE)
        .ours()
        .measured(told.count() as f64 / runs.len() as f64, Bound::Equals { value: 1.0, tolerance: 0.0 })
}

/// Counts how the runs of each optimizer ended.
fn ends(comparison: &Comparison) -> Table {
    let names: Vec<&String> = comparison.optimizers.iter().map(|optimizer| &optimizer.name).collect();
    let runs =
        |name: &str| comparison.runs.iter().filter(move |run| run.optimizer == *name).collect::<Vec<_>>();
    let count = |of: &dyn Fn(&Run) -> bool| {
        names.iter().map(|name| runs(name).iter().filter(|run| of(run)).count() as i64).collect::<Vec<_>>()
    };
    let example = |name: &&String| {
        runs(name)
            .iter()
            .find(|run| run.outcome == Outcome::Diverged)
            .map_or("–".into(), |run| run.reason.clone())
    };
    Table::new(
        "ends",
        "How the runs of each optimizer ended, including those for tuning, and why one of them diverged",
    )
    .text("optimizer", names.iter().map(|name| (*name).clone()))
    .integer("runs", count(&|_| true))
    .integer("diverged", count(&|run| run.outcome == Outcome::Diverged))
    .integer("failed", count(&|run| run.outcome == Outcome::Failed))
    .text("a_reason", names.iter().map(example))
}
