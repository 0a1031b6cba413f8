//! Which optimizer to use in which situation: tables that are derived from the measurements.

use super::final_metrics::mean_accuracy;
use super::full_batch::EvaluationsToTarget;
use super::training_task::TrainingTask;
use super::tuned::{self, ADAM, MOMENTUM, Tuned, momentums_lead};
use super::untuned::{self, Untuned, defaults};
use crate::table::Table;

/// Returns the table of advice, and two tables with its basis for each problem. `untuned` contains the
/// results after few epochs and after many.
pub(super) fn tables(
    tasks: &[TrainingTask],
    untuned: [&[Untuned]; 2],
    tuned: &[Tuned],
    full_batch: &[EvaluationsToTarget],
) -> (Table, [Table; 2]) {
    (advice(untuned, tuned, full_batch), by_problem(tasks, untuned, tuned))
}

/// Returns the choice with the smallest mean gap to the best choice of each problem, and that gap.
fn least_gap(choices: usize, problems: usize, accuracy: impl Fn(usize, usize) -> f64) -> (usize, f64) {
    let best = |problem: usize| (0..choices).map(|c| accuracy(problem, c)).fold(0.0, f64::max);
    let gap =
        |choice: usize| (0..problems).map(|p| best(p) - accuracy(p, choice)).sum::<f64>() / problems as f64;
    (0..choices)
        .map(|choice| (choice, gap(choice)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .expect("there are choices")
}

fn advice(untuned: [&[Untuned]; 2], tuned: &[Tuned], full_batch: &[EvaluationsToTarget]) -> Table {
    let defaults = defaults();
    let [few, many] = untuned.map(|all| {
        let (default, gap) = least_gap(defaults.len(), all.len(), |p, i| mean_accuracy(&all[p].ends[i]));
        let adam = all.iter().map(|u| u.behind(untuned::ADAM).value).sum::<f64>() / all.len() as f64;
        (defaults[default].words(), gap, adam)
    });
    let names = tuned::rules();
    let mean = |p: usize, i: usize| mean_accuracy(&tuned[p].rules[i].ends);
    let (rule, gap) = least_gap(names.len(), tuned.len(), mean);
    let best = |p: usize| (0..names.len()).map(|i| mean(p, i)).fold(0.0, f64::max);
    let adam = (0..tuned.len()).map(|p| best(p) - mean(p, ADAM)).sum::<f64>() / tuned.len() as f64;
    let fewest = full_batch.iter().filter(|r| r.lbfgs <= r.best_rule().2).count();
    let logs =
        full_batch.iter().map(|r| (r.best_rule().2 / r.lbfgs).ln()).sum::<f64>() / full_batch.len() as f64;
    let winner = if 2 * fewest >= full_batch.len() { "L-BFGS" } else { "a tuned first-order rule" };
    let situations = [
        "minibatches, no tuning, few epochs",
        "minibatches, no tuning, many epochs",
        "minibatches, 36 trials to tune",
        "full batch, no noise",
    ];
    Table::new(
        "advice",
        "Which optimizer to use in which situation: the choice with the smallest mean distance to the best \
         of each problem, and the mean distance of Adam (both in points of test accuracy); on the full \
         batch, the factor by which L-BFGS takes fewer gradients than the best tuned first-order rule \
         (geometric mean)",
    )
    .text("situation", situations)
    .text("choose", [few.0, many.0, format!("{}, tuned", names[rule].0), winner.to_string()])
    .float_within("points_behind", [few.1, many.1, gap, f64::NAN].map(|g| 100.0 * g), 0.0, 0.5)
    .float_within("adam_behind", [few.2, many.2, adam, f64::NAN].map(|g| 100.0 * g), 0.0, 0.5)
    .float_within("times_fewer_gradients", [f64::NAN, f64::NAN, f64::NAN, logs.exp()], 0.1, 0.0)
}

fn by_problem(tasks: &[TrainingTask], untuned: [&[Untuned]; 2], tuned: &[Tuned]) -> [Table; 2] {
    let names = || tasks.iter().map(|t| t.name.clone());
    let defaults = defaults();
    let [few, many] =
        untuned.map(|all| all.iter().map(|u| u.behind(untuned::ADAM).value).collect::<Vec<_>>());
    let leads: Vec<_> = tuned.iter().map(momentums_lead).collect();
    let better = leads.iter().map(|lead| match lead.interval {
        (low, _) if low > 0.0 => "momentum",
        (_, high) if high < 0.0 => "Adam",
        _ => "cannot tell apart",
    });
    let good = |rule: usize| tuned.iter().map(|t| t.rules[rule].good_mean()).collect::<Vec<_>>();
    let untuned = Table::new(
        "defaults",
        "For each problem: the best default, and the distance of Adam's default to it after few epochs and \
         after many",
    )
    .text("problem", names())
    .text("best_default", untuned[0].iter().map(|u| defaults[u.best()].words()))
    .float_within("adam_behind", few, 0.0, 0.01)
    .float_within("given_time", many, 0.0, 0.01);
    let tuned = Table::new(
        "leads",
        "For each problem, with both rules tuned: the lead of momentum over Adam, and the number of good \
         learning rates among the 36",
    )
    .text("problem", names())
    .text("better", better)
    .float_within("lead", leads.iter().map(|e| e.value).collect::<Vec<_>>(), 0.0, 0.01)
    .float_within("lead_low", leads.iter().map(|e| e.interval.0).collect::<Vec<_>>(), 0.0, 0.015)
    .float_within("lead_high", leads.iter().map(|e| e.interval.1).collect::<Vec<_>>(), 0.0, 0.015)
    .float_within("momentum_rates", good(MOMENTUM), 0.0, 2.0)
    .float_within("adam_rates", good(ADAM), 0.0, 2.0);
    [untuned, tuned]
}
