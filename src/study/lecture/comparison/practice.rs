//! The lecture's advice for training: Adam with its defaults, or momentum with more tuning.

use super::areas::areas;
use super::rates::{self, RATES};
use super::sources::IN_PRACTICE;
use super::sources::NOTEBOOK;
use crate::claim::{Bound, Claim};
use crate::compare::paired::{Judgement, SignedRank, holm, judge, signed_rank};
use crate::compare::statistics::{Estimate, mean, median, share};
use crate::compare::suite::{Comparison, ProblemFacts};
use crate::figure::{Axis, Figure, Layer, Panel, optimizer};
use crate::findings::Findings;
use crate::table::Table;

pub(super) fn run(all: &Comparison, contest: &Comparison, findings: &mut Findings) {
    defaults(all, contest, findings);
    momentum(contest, findings);
}

/// Returns the training problems, whose objectives are sums over data.
pub(super) fn training(comparison: &Comparison) -> impl Iterator<Item = &ProblemFacts> {
    comparison.problems.iter().filter(|facts| ["linear", "net"].contains(&facts.group.as_str()))
}

/// Returns the median over the seeds of the relative gap at the end.
fn final_gap(comparison: &Comparison, problem: &ProblemFacts, optimizer: &str) -> f64 {
    median(
        &comparison
            .best(&problem.name, optimizer)
            .iter()
            .map(|run| problem.gap(run.final_loss()))
            .collect::<Vec<_>>(),
    )
}

/// Adam at the recommended rates on one problem, and the best tuned optimizer there.
struct AdamRow<'a> {
    problem: &'a ProblemFacts,
    best: &'a str,
    best_gap: f64,
    /// The gaps at the recommended rates.
    gaps: [f64; 3],
}

impl AdamRow<'_> {
    fn solved(&self, gap: f64) -> bool {
        gap <= self.problem.gap(self.problem.target)
    }

    fn solved_by_defaults(&self) -> bool {
        self.gaps.iter().any(|&gap| self.solved(gap))
    }
}

/// The smallest gap of the figure; smaller ones are drawn there.
const SMALLEST: f64 = 1e-16;

/// Draws Adam's gaps at the recommended rates, and the gap that counts as solved, for each problem.
fn figure(rows: &[AdamRow], seeds: usize) -> Figure {
    let over = |pick: fn(f64, f64) -> f64| -> Vec<f64> {
        rows.iter().map(|row| row.gaps.into_iter().fold(row.gaps[0], pick).max(SMALLEST)).collect()
    };
    let dots = Layer::Dots {
        labels: rows.iter().map(|row| row.problem.name.clone()).collect(),
        values: over(f64::min),
        low: over(f64::min),
        high: over(f64::max),
        targets: rows.iter().map(|row| row.problem.gap(row.problem.target)).collect(),
        color: optimizer("adam"),
    };
    let caption = format!(
        "Adam at the three recommended learning rates, untuned: of its three gaps at the end of the budget, \
         each the median over {seeds} seeds, the point is the smallest, and the whisker is the range of the \
         three. An upright stroke is the gap that counts as solved. The table has the numbers, and the best \
         tuned optimizer of each problem."
    );
    let axis = Axis::log("relative gap (f − f*) / (f(x₀) − f*)").lower_is_better();
    Figure::new("defaults", "Adam's defaults on every problem", caption)
        .columns(1)
        .panel(Panel::new("", axis, Axis::linear("")).with(dots))
}

fn defaults(all: &Comparison, contest: &Comparison, findings: &mut Findings) {
    let row = |problem| -> Option<AdamRow> {
        let gaps = contest
            .optimizers
            .iter()
            .map(|facts| (facts.name.as_str(), final_gap(contest, problem, &facts.name)));
        let (best, best_gap) = gaps.filter(|(_, gap)| !gap.is_nan()).min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(AdamRow {
            problem,
            best,
            best_gap,
            gaps: RATES.map(|lr| final_gap(all, problem, &rates::name(lr))),
        })
    };
    let rows: Vec<AdamRow> = all.problems.iter().filter_map(row).collect();
    let column = |of: &dyn Fn(&AdamRow) -> f64| rows.iter().map(of).collect::<Vec<_>>();
    let caption = "Adam at the three recommended learning rates, untuned, compared with the best tuned \
                   optimizer of each problem: median relative gap at the end of the budget, and the gap \
                   that counts as solved";
    findings.tables.push(
        Table::new("defaults", caption)
            .text("problem", rows.iter().map(|row| row.problem.name.clone()))
            .text("best_tuned", rows.iter().map(|row| row.best))
            .float_within("best_gap", column(&|row| row.best_gap), 0.1, 1e-9)
            .float_within("adam_1e-3", column(&|row| row.gaps[0]), 0.1, 1e-9)
            .float_within("adam_5e-4", column(&|row| row.gaps[1]), 0.1, 1e-9)
            .float_within("adam_1e-4", column(&|row| row.gaps[2]), 0.1, 1e-9)
            .float("solved_at", column(&|row| row.problem.gap(row.problem.target))),
    );
    findings.figures.push(figure(&rows, all.seeds));
    let solvable: Vec<&AdamRow> = rows.iter().filter(|row| row.solved(row.best_gap)).collect();
    let solved =
        |rows: &[&AdamRow]| share(rows.iter().filter(|row| row.solved_by_defaults()).count(), rows.len());
    let of = |claim: Claim, Estimate { value, interval }: Estimate| {
        claim.measured_within(value, interval, Bound::AtLeast(0.5))
    };
    let of_training: Vec<&AdamRow> = solvable
        .iter()
        .copied()
        .filter(|row| training(all).any(|facts| facts.name == row.problem.name))
        .collect();
    let sentence = "Adam at lr 1e-3, 5e-4 or 1e-4, untuned, solves at least half of all problems that the \
                    best tuned optimizer solves within the budget (share of them)";
    let note = "A step of Adam is about as long as its learning rate. Within a few thousand evaluations a \
                rate of a thousandth covers a few units at most, and on the test functions the minimum is \
                further away, in directions that curvature would show.";
    let claim = Claim::statistical(
        "comparison-adam-defaults-everywhere",
        NOTEBOOK,
        sentence,
        "slide \"Adam: Very Common in Practice!\"",
    )
    .reading(
        "the slide says “a great starting point for many models”; we ask it to \
                 solve half of what the best tuned optimizer solves, on all kinds of \
                 problems",
    );
    findings.claims.push(of(claim, solved(&solvable)).note(note));
    let sentence = "Adam at lr 1e-3, 5e-4 or 1e-4, untuned, solves at least half of the training problems \
                    that the best tuned optimizer solves within the budget (share of them)";
    let note = "Small data sets give few steps: an epoch of the digits has some twenty batches, and the \
                budget ends early for such a small rate. The interval is that of a share of this small \
                number of problems (Clopper & Pearson).";
    let claim = Claim::statistical("comparison-adam-defaults-training", NOTEBOOK, sentence, IN_PRACTICE)
        .reading(
            "the slide says “a good default choice in many cases”; we ask it to solve \
                 half of what the best tuned optimizer solves",
        );
    findings.claims.push(of(claim, solved(&of_training)).note(note));
}

/// Two optimizers on one training problem, both tuned.
struct Duel<'a> {
    problem: &'a ProblemFacts,
    /// The area of momentum minus that of Adam. Below 0, momentum is better.
    difference: f64,
    interval: (f64, f64),
    /// Whether it is below 0 by the exact test on the differences of the seeds.
    test: SignedRank,
    /// Shares of the trials that end at the target or below.
    effort: [f64; 2],
}

fn momentum(contest: &Comparison, findings: &mut Findings) {
    let names = ["momentum", "adam"];
    let duel = |problem| -> Option<Duel> {
        let [momentum, adam] = names.map(|name| areas(contest, problem, name));
        let differences: Vec<f64> = momentum.iter().zip(&adam).map(|(m, a)| m - a).collect();
        let estimate = (!differences.is_empty()).then(|| mean(&differences))?;
        let effort = names.map(|name| {
            let trials = contest.tuning(&problem.name, name);
            trials.iter().filter(|run| run.final_loss() <= problem.target).count() as f64
                / trials.len() as f64
        });
        Some(Duel {
            problem,
            difference: estimate.value,
            interval: estimate.interval,
            test: signed_rank(&differences),
            effort,
        })
    };
    let duels: Vec<Duel> = training(contest).filter_map(duel).collect();
    let column = |of: &dyn Fn(&Duel) -> f64| duels.iter().map(of).collect::<Vec<_>>();
    let caption = "SGD with momentum against Adam on the training problems, both equally tuned: difference \
                   of the areas (below 0 momentum is better) with its 95 % interval over paired seeds, and \
                   the share of the trials of each tuning that end at the target or below";
    findings.tables.push(
        Table::new("momentum_against_adam", caption)
            .text("problem", duels.iter().map(|duel| duel.problem.name.clone()))
            .float_within("difference", column(&|d| d.difference), 0.2, 0.02)
            .float_within("low", column(&|d| d.interval.0), 0.2, 0.02)
            .float_within("high", column(&|d| d.interval.1), 0.2, 0.02)
            .float_within("trials_momentum", column(&|d| d.effort[0]), 0.0, 0.06)
            .float_within("trials_adam", column(&|d| d.effort[1]), 0.0, 0.06),
    );
    let wins = duels.iter().filter(|duel| duel.interval.1 < 0.0).count();
    let sentence = "SGD with momentum beats Adam, both equally tuned, on at least one training problem \
                    (problems on which the interval of the paired difference of areas says so)";
    findings.claims.push(
        Claim::statistical("comparison-momentum-can-win", NOTEBOOK, sentence, IN_PRACTICE)
            .reading(
                "the slide says that momentum “can outperform Adam”; we ask for one \
                 problem, with both equally tuned",
            )
            .measured_within(wins as f64, wins_within(&duels, wins), Bound::AtLeast(1.0))
            .note(
                "Where no interval is below 0, either there is no significant difference or Adam is better. \
                 The interval of this count runs from the number of problems on which Wilcoxon's exact \
                 test, after Holm's correction for all of them, finds momentum better, to the number of \
                 those on which it does not find Adam better.",
            ),
    );
    let more = mean(&duels.iter().map(|duel| duel.effort[0] - duel.effort[1]).collect::<Vec<_>>());
    let sentence = "SGD with momentum needs more tuning than Adam: a smaller share of its trials solves the \
                    training problems (mean difference of the shares)";
    findings.claims.push(
        Claim::statistical("comparison-momentum-needs-more-tuning", NOTEBOOK, sentence, IN_PRACTICE)
            .reading(
                "the slide says that momentum “may require more tuning”; we compare \
                 shares of successful trials",
            )
            .measured_within(more.value, more.interval, Bound::AtMost(0.0))
            .note(
                "Both are tuned over seven decades of learning rates, and the shares of velocity are drawn \
                 from the same distribution.",
            ),
    );
}

/// The significance level of all tests together.
pub(super) const LEVEL: f64 = 0.05;

/// Returns the smallest and the largest number of problems on which momentum may be better, such that with
/// the given confidence none of the tests is wrong.
fn wins_within(duels: &[Duel], wins: usize) -> (f64, f64) {
    let corrected = holm(&duels.iter().map(|duel| duel.test.p).collect::<Vec<_>>());
    let count = |wanted| {
        duels.iter().zip(&corrected).filter(|(duel, p)| judge(&duel.test, **p, LEVEL) == wanted).count()
    };
    let (sure, lost) = (count(Judgement::Better), count(Judgement::Worse));
    (sure.min(wins) as f64, (duels.len() - lost).max(wins) as f64)
}
