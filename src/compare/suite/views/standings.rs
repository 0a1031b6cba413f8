//! The ranks of the optimizers over all problems, with intervals.

use super::confidence::BOOTSTRAP_SEED;
use super::score::Scores;
use crate::compare::ranks::{MeanRank, friedman, mean_ranks};
use crate::compare::suite::Comparison;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::table::Table;

/// The rank of an optimizer over all problems.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The name of the optimizer.
    pub optimizer: String,
    /// The index in [`Comparison::optimizers`].
    pub index: usize,
    /// The mean rank over the problems, with its interval.
    pub rank: MeanRank,
    /// The number of problems on which its median score is the best, alone or shared.
    pub best_on: usize,
    /// The number of problems that it solves for at least half of the seeds.
    pub solved: usize,
    /// The number of problems on which it was run.
    pub problems: usize,
}

/// Returns the optimizers in the order of their mean ranks, the best first.
pub fn standings(comparison: &Comparison) -> Vec<Standing> {
    ordered(comparison, &Scores::new(comparison))
}

/// Returns the optimizers in the order of their mean ranks, the best first. An optimizer that cannot be run
/// on a problem ranks last there, with those that diverge.
pub(super) fn ordered(comparison: &Comparison, scores: &Scores) -> Vec<Standing> {
    let (problems, optimizers) = (comparison.problems.len(), comparison.optimizers.len());
    let medians = medians(comparison, scores, &(0..problems).collect::<Vec<_>>());
    let ranks = mean_ranks(&medians, BOOTSTRAP_SEED);
    let least = |p: usize| medians[p].iter().copied().fold(f64::INFINITY, f64::min);
    let standing = |o: usize| Standing {
        optimizer: comparison.optimizers[o].name.clone(),
        index: o,
        rank: ranks[o],
        best_on: (0..problems)
            .filter(|&p| medians[p][o] == least(p) && medians[p][o] < f64::INFINITY)
            .count(),
        solved: (0..problems).filter(|&p| medians[p][o] <= 0.0).count(),
        problems: (0..problems).filter(|&p| scores.median(p, o).is_some()).count(),
    };
    let mut standings: Vec<Standing> =
        (0..if problems == 0 { 0 } else { optimizers }).map(standing).collect();
    standings.sort_by(|a, b| a.rank.mean.total_cmp(&b.rank.mean));
    standings
}

/// Returns the median scores `[problem][optimizer]` on some problems; infinite where an optimizer was not
/// run.
pub(super) fn medians(comparison: &Comparison, scores: &Scores, problems: &[usize]) -> Vec<Vec<f64>> {
    let of = |o: usize, p: usize| scores.median(p, o).unwrap_or(f64::INFINITY);
    let row = |&p: &usize| (0..comparison.optimizers.len()).map(|o| of(o, p)).collect();
    problems.iter().map(row).collect()
}

/// The optimizers that every choice includes, since everyone knows them.
const ALWAYS: [&str; 2] = ["momentum", "adam"];

/// Returns the indices of the `count` best optimizers, of momentum and Adam, and of all optimizers of the
/// user, in the order of the comparison.
pub(super) fn leaders(comparison: &Comparison, order: &[usize], count: usize) -> Vec<usize> {
    let chosen = |place: &usize, index: &usize| {
        let optimizer = &comparison.optimizers[*index];
        *place < count || optimizer.own || ALWAYS.contains(&optimizer.name.as_str())
    };
    let mut leaders: Vec<usize> = order
        .iter()
        .enumerate()
        .filter(|(place, index)| chosen(place, index))
        .map(|(_, &index)| index)
        .collect();
    leaders.sort_unstable();
    leaders
}

pub(super) fn table(comparison: &Comparison, scores: &Scores) -> Table {
    let standings = ordered(comparison, scores);
    let floats = |of: fn(&Standing) -> f64| standings.iter().map(of).collect::<Vec<_>>();
    let counts = |of: fn(&Standing) -> usize| standings.iter().map(move |s| of(s) as i64).collect::<Vec<_>>();
    let caption = format!(
        "Mean rank over {} problems, with its 95 % bootstrap interval over problems. Rank 1 is the best, by \
         the median over seeds of the cost to the target, or of the remaining gap where the target was not \
         reached. Then the numbers of problems on which the optimizer is the best, which it solves, and on \
         which it was run{}",
        comparison.problems.len(),
        chance(comparison, scores)
    );
    Table::new("ranks", caption)
        .text("optimizer", standings.iter().map(|s| s.optimizer.clone()))
        .float_within("mean_rank", floats(|s| s.rank.mean), 0.05, 0.25)
        .float_within("low", floats(|s| s.rank.interval.0), 0.1, 0.5)
        .float_within("high", floats(|s| s.rank.interval.1), 0.1, 0.5)
        .integer("best_on", counts(|s| s.best_on))
        .integer("solved", counts(|s| s.solved))
        .integer("problems", counts(|s| s.problems))
}

/// Returns a sentence about Friedman's statistic.
fn chance(comparison: &Comparison, scores: &Scores) -> String {
    let (problems, optimizers) = (comparison.problems.len(), comparison.optimizers.len());
    if problems < 2 || optimizers < 3 {
        return String::new();
    }
    let medians = medians(comparison, scores, &(0..problems).collect::<Vec<_>>());
    format!(
        ". Friedman's χ² of the ranks is {:.1}; by chance alone it would be about {}",
        friedman(&medians),
        optimizers - 1
    )
}

/// The number of optimizers in the figure, besides momentum, Adam and those of the user.
const SHOWN: usize = 15;

pub(super) fn figure(comparison: &Comparison, scores: &Scores) -> Figure {
    let mut standings = ordered(comparison, scores);
    let order: Vec<usize> = standings.iter().map(|standing| standing.index).collect();
    let shown = leaders(comparison, &order, SHOWN);
    standings.retain(|standing| shown.contains(&standing.index));
    let last = comparison.optimizers.len().max(2) as f64;
    let bars = Layer::Bars {
        labels: standings.iter().map(|s| s.optimizer.clone()).collect(),
        values: standings.iter().map(|s| s.rank.mean).collect(),
        low: standings.iter().map(|s| s.rank.interval.0).collect(),
        high: standings.iter().map(|s| s.rank.interval.1).collect(),
        color: 0,
    };
    let axis = Axis::linear(format!("mean rank over {} problems", comparison.problems.len()))
        .lower_is_better()
        .range(0.0, last);
    let all = order.len();
    let which = match standings.len() == all {
        true => String::new(),
        false => format!(" The best {SHOWN} of {all} optimizers, with momentum and Adam; the table has all."),
    };
    let caption = format!(
        "Whiskers are 95 % bootstrap intervals over problems. If two intervals overlap widely, other problems \
         could reverse the order.{which}"
    );
    Figure::new("ranks", "Mean ranks", caption)
        .columns(1)
        .panel(Panel::new("", axis, Axis::linear("")).with(bars))
}
