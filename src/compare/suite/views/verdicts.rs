//! The best optimizer on each problem, and the optimizers that cannot be told apart from it.

use super::confidence::LEVEL;
use super::score::{Scores, difference};
use crate::compare::paired::{Judgement, SignedRank, holm, judge, signed_rank};
use crate::compare::statistics::median;
use crate::compare::suite::Comparison;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::table::Table;
use std::cmp::Reverse;

/// The verdict on an optimizer that may be behind the best by chance.
const TIED: &str = "cannot tell apart";

/// The looks of the marks in the figure: a disc, a square, a plus.
const BEST: usize = 0;
const NEAR: usize = 1;
const ABSENT: usize = 5;

/// An optimizer compared with the best one on a problem.
struct Against {
    optimizer: usize,
    /// The median over seeds of its score minus that of the best on the same seed.
    behind: f64,
    p: f64,
    corrected: f64,
    word: &'static str,
}

/// Compares every optimizer that was run on a problem with the one that has the best median, over the seeds
/// of the problem, corrected for the number of comparisons. The best comes first.
fn against_best(scores: &Scores, problem: usize) -> Vec<Against> {
    let order = scores.order(problem);
    let Some(&best) = order.first() else { return Vec::new() };
    let differences = |optimizer: usize| -> Vec<f64> {
        scores
            .seeds(problem, optimizer)
            .iter()
            .zip(scores.seeds(problem, best))
            .map(|(mine, best)| difference(*mine, *best))
            .collect()
    };
    let others: Vec<(usize, Vec<f64>)> = order[1..].iter().map(|&o| (o, differences(o))).collect();
    let tests: Vec<SignedRank> = others.iter().map(|(_, d)| signed_rank(d)).collect();
    let corrected = holm(&tests.iter().map(|test| test.p).collect::<Vec<_>>());
    let all_diverge = scores.median(problem, best) == Some(f64::INFINITY);
    let first = Against {
        optimizer: best,
        behind: 0.0,
        p: f64::NAN,
        corrected: f64::NAN,
        word: if all_diverge { "none solves" } else { "best" },
    };
    let rest = others.iter().zip(&tests).zip(corrected).map(|(((optimizer, d), test), corrected)| {
        let word = match judge(test, corrected, LEVEL) {
            Judgement::Worse => "worse",
            // The optimizer with the best median may lose on most seeds. The other is then not worse.
            Judgement::Better | Judgement::CannotTell => TIED,
        };
        Against { optimizer: *optimizer, behind: median(d), p: test.p, corrected, word }
    });
    std::iter::once(first).chain(rest).collect()
}

pub(super) fn table(comparison: &Comparison, scores: &Scores) -> Table {
    let rows: Vec<(usize, Against)> = (0..comparison.problems.len())
        .flat_map(|p| against_best(scores, p).into_iter().map(move |a| (p, a)))
        .collect();
    let floats = |of: &dyn Fn(&(usize, Against)) -> f64| rows.iter().map(of).collect::<Vec<_>>();
    let caption = format!(
        "Each optimizer compared with the best on the problem, on the same seeds: its median score, how \
         many decades it is behind, Wilcoxon's exact signed-rank test, and the verdict at the level \
         {LEVEL}, after Holm's correction for all comparisons on the problem. With fewer than six seeds, no \
         optimizers can be told apart"
    );
    Table::new("verdicts", caption)
        .text("problem", rows.iter().map(|(p, _)| comparison.problems[*p].name.clone()))
        .text("optimizer", rows.iter().map(|(_, a)| comparison.optimizers[a.optimizer].name.clone()))
        .text("verdict", rows.iter().map(|(_, a)| a.word))
        .float_within(
            "score",
            floats(&|(p, a)| scores.median(*p, a.optimizer).unwrap_or(f64::NAN)),
            0.05,
            0.05,
        )
        .float_within("behind", floats(&|(_, a)| a.behind), 0.1, 0.1)
        .float_within("p", floats(&|(_, a)| a.p), 0.5, 0.05)
        .float_within("p_corrected", floats(&|(_, a)| a.corrected), 0.5, 0.1)
}

/// Returns the best optimizer on each problem, a row for each problem.
pub(super) fn winners(comparison: &Comparison, scores: &Scores) -> Table {
    let verdicts: Vec<Vec<Against>> =
        (0..comparison.problems.len()).map(|p| against_best(scores, p)).collect();
    let name = |a: &Against| comparison.optimizers[a.optimizer].name.clone();
    let with = |verdicts: &Vec<Against>| {
        let near: Vec<String> = verdicts.iter().filter(|a| a.word == TIED).map(name).collect();
        if near.is_empty() { "–".to_string() } else { near.join(", ") }
    };
    let worse = |verdicts: &Vec<Against>| verdicts.iter().filter(|a| a.word == "worse").count() as i64;
    let best = |verdicts: &Vec<Against>| {
        verdicts.first().filter(|a| a.word == "best").map_or("none".to_string(), name)
    };
    let caption = "The best optimizer on each problem after tuning, by median score; the optimizers that \
                   cannot be told apart from it; and the number of those that are worse";
    Table::new("winners", caption)
        .text("problem", comparison.problems.iter().map(|p| p.name.clone()))
        .text("group", comparison.problems.iter().map(|p| p.group.clone()))
        .text("best", verdicts.iter().map(best))
        .text("cannot_be_told_from_it", verdicts.iter().map(with))
        .integer("worse", verdicts.iter().map(worse))
}

/// Draws the winners: a row for each problem, a column for each optimizer, first those that use curvature,
/// and among equals first those that are marked most often.
pub(super) fn figure(comparison: &Comparison, scores: &Scores) -> Figure {
    let verdicts: Vec<Vec<Against>> =
        (0..comparison.problems.len()).map(|p| against_best(scores, p)).collect();
    let word = |problem: usize, optimizer: usize| {
        verdicts[problem].iter().find(|a| a.optimizer == optimizer).map(|a| a.word)
    };
    let problems = 0..comparison.problems.len();
    let unbeaten = |o: usize| problems.clone().filter(|&p| matches!(word(p, o), Some("best" | TIED))).count();
    let mut columns: Vec<usize> = (0..comparison.optimizers.len()).collect();
    columns.sort_by_key(|&o| Reverse((comparison.optimizers[o].order, unbeaten(o))));
    let marks = |label: &str, of: Option<&str>, color: usize| {
        let cells = problems.clone().flat_map(|p| columns.iter().enumerate().map(move |(c, &o)| (p, c, o)));
        let (x, y) = cells
            .filter(|&(p, _, o)| word(p, o) == of)
            .map(|(p, c, _)| (c as f64 + 0.5, p as f64 + 0.5))
            .unzip();
        Layer::Points { label: label.into(), x, y, color }
    };
    let grid = Layer::Grid {
        rows: comparison.problems.iter().map(|problem| problem.name.clone()).collect(),
        columns: columns.iter().map(|&o| comparison.optimizers[o].name.clone()).collect(),
    };
    let caption = format!(
        "The optimizer with the best median score on each problem after tuning, and those that {} paired \
         seeds cannot tell from it. An empty cell is a worse optimizer. The first columns are the optimizers \
         that use curvature.",
        comparison.seeds
    );
    let panel = Panel::new("", Axis::linear(""), Axis::linear(""))
        .with(grid)
        .with(marks("the best", Some("best"), BEST))
        .with(marks("cannot be told from it", Some(TIED), NEAR))
        .with(marks("not run there", None, ABSENT));
    Figure::new("winners", "Which wins where", caption).columns(1).panel(panel)
}
