//! On each problem: who is best, and who cannot be told from the best.

use super::confidence::LEVEL;
use super::score::{Scores, difference};
use crate::compare::paired::{Judgement, SignedRank, holm, judge, signed_rank};
use crate::compare::statistics::median;
use crate::compare::suite::Comparison;
use crate::table::Table;

/// The verdict on those that chance may have put behind the best.
const TIED: &str = "cannot tell apart";

/// How an optimizer stands against the best on a problem.
struct Against {
    optimizer: usize,
    /// Median over seeds of its score minus that of the best on the same seed.
    behind: f64,
    p: f64,
    corrected: f64,
    word: &'static str,
}

/// Every optimizer that applies against the one with the best median, over the seeds of the problem,
/// corrected for as many comparisons as there are. The best comes first.
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
            // The best median may well lose on most seeds; it is then no worse than the other.
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
        "Each optimizer against the best on the problem, on the same seeds: its median score, how many \
         decades it is behind, Wilcoxon's exact \
         signed-rank test, and the verdict at {LEVEL} after Holm's correction for all comparisons of the \
         problem. With fewer than six \
         seeds nothing can be told apart"
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

/// Who wins where: a row a problem.
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
    let caption = "Which optimizer wins where, tuned: the best median score, those that cannot be told from \
                   it, and how many are worse";
    Table::new("winners", caption)
        .text("problem", comparison.problems.iter().map(|p| p.name.clone()))
        .text("group", comparison.problems.iter().map(|p| p.group.clone()))
        .text("best", verdicts.iter().map(best))
        .text("cannot_be_told_from_it", verdicts.iter().map(with))
        .integer("worse", verdicts.iter().map(worse))
}
