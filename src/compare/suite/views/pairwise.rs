//! Every pair of optimizers over all problems.

use super::confidence::LEVEL;
use super::score::{Scores, difference};
use crate::compare::paired::{SignedRank, holm, judge, signed_rank};
use crate::compare::suite::Comparison;
use crate::table::Table;

/// Two optimizers on the problems on which both were run.
struct Pair {
    first: usize,
    second: usize,
    better_on: usize,
    worse_on: usize,
    test: SignedRank,
}

fn pair(scores: &Scores, problems: usize, first: usize, second: usize) -> Pair {
    let both = |p| Some(difference(scores.median(p, first)?, scores.median(p, second)?));
    let differences: Vec<f64> = (0..problems).filter_map(both).collect();
    let count = |sign: f64| differences.iter().filter(|d| **d * sign > 0.0).count();
    Pair { first, second, better_on: count(-1.0), worse_on: count(1.0), test: signed_rank(&differences) }
}

pub(super) fn table(comparison: &Comparison, scores: &Scores) -> Table {
    let count = comparison.optimizers.len();
    let pairs: Vec<Pair> = (0..count)
        .flat_map(|first| (first + 1..count).map(move |second| (first, second)))
        .map(|(first, second)| pair(scores, comparison.problems.len(), first, second))
        .collect();
    let corrected = holm(&pairs.iter().map(|pair| pair.test.p).collect::<Vec<_>>());
    let name = |index: usize| comparison.optimizers[index].name.clone();
    let caption = format!(
        "Each pair of optimizers on the problems on which both were run: the numbers of problems on which \
         the first has the better and the worse median score, Wilcoxon's exact signed-rank test of the \
         differences, and the verdict on the first at the level {LEVEL}, after Holm's correction for all \
         pairs"
    );
    Table::new("pairwise", caption)
        .text("optimizer", pairs.iter().map(|pair| name(pair.first)))
        .text("other", pairs.iter().map(|pair| name(pair.second)))
        .integer("better_on", pairs.iter().map(|pair| pair.better_on as i64))
        .integer("worse_on", pairs.iter().map(|pair| pair.worse_on as i64))
        .float_within("p", pairs.iter().map(|pair| pair.test.p).collect::<Vec<_>>(), 0.5, 0.05)
        .float_within("p_corrected", corrected.clone(), 0.5, 0.1)
        .text(
            "verdict",
            pairs.iter().zip(&corrected).map(|(pair, p)| judge(&pair.test, *p, LEVEL).to_string()),
        )
}
