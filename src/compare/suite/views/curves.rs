//! The curves of several seeds, summarized by median and quartiles.

use crate::compare::statistics::{median, quantile};
use crate::compare::suite::{CostAxis, ProblemFacts, Run};

/// Gaps below this value are rounding.
const SMALLEST: f64 = 1e-16;

/// The median and quartiles over seeds of the relative gap, over a cost.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Band {
    /// The cost: iterations, evaluations or seconds.
    pub at: Vec<f64>,
    /// The lower quartile.
    pub low: Vec<f64>,
    /// The median.
    pub middle: Vec<f64>,
    /// The upper quartile.
    pub high: Vec<f64>,
}

/// Returns the band of several runs on one problem, at no more than `points` of their checkpoints. Between
/// checkpoints, the logarithm of the gap of a run is interpolated. After its end, a run keeps its last gap,
/// or has an infinite gap if it diverged.
pub fn band(runs: &[&Run], facts: &ProblemFacts, axis: CostAxis, points: usize) -> Band {
    let gap = |loss: &f64| facts.gap(*loss).max(SMALLEST);
    band_of(
        runs,
        axis,
        points,
        |run| run.curve.loss.iter().map(gap).collect(),
        |run| if run.final_loss().is_finite() { 1.0 } else { f64::INFINITY },
    )
}

/// Returns the band of the test accuracy over a cost; empty for problems without test examples.
pub fn accuracy(runs: &[&Run], axis: CostAxis, points: usize) -> Band {
    if runs.iter().any(|run| run.curve.test_accuracy.iter().all(|a| a.is_nan())) {
        return Band::default();
    }
    band_of(runs, axis, points, |run| run.curve.test_accuracy.clone(), |_| 1.0)
}

/// Returns the band of one column of each run. After the end of a run, its last value is multiplied by
/// `after`.
fn band_of(
    runs: &[&Run],
    axis: CostAxis,
    points: usize,
    column: impl Fn(&Run) -> Vec<f64>,
    after: impl Fn(&Run) -> f64,
) -> Band {
    let curves: Vec<(Vec<f64>, Vec<f64>, f64)> =
        runs.iter().map(|run| (along(run, runs, axis), column(run), after(run))).collect();
    let mut at: Vec<f64> =
        curves.iter().flat_map(|(at, _, _)| at.iter().copied()).filter(|at| at.is_finite()).collect();
    at.sort_by(f64::total_cmp);
    at.dedup();
    let at: Vec<f64> = thinned(at.len(), points).into_iter().map(|place| at[place]).collect();
    let values: Vec<Vec<f64>> = at
        .iter()
        .map(|&at| {
            curves.iter().map(|(along, column, after)| interpolated(along, column, at, *after)).collect()
        })
        .collect();
    let over = |q: f64| values.iter().map(|values| quantile(values, q)).collect();
    Band { low: over(0.25), middle: over(0.5), high: over(0.75), at }
}

/// Returns the costs of a run at its checkpoints. Seconds are the medians of all runs at a checkpoint, since
/// a run that had to wait for the processor once would otherwise be late at all later checkpoints.
fn along(run: &Run, runs: &[&Run], axis: CostAxis) -> Vec<f64> {
    let seconds = |place: usize| {
        median(&runs.iter().filter_map(|run| run.curve.seconds.get(place).copied()).collect::<Vec<_>>())
    };
    match axis {
        CostAxis::Seconds => {
            let mut latest = 0.0f64;
            let rising = |place| {
                latest = latest.max(seconds(place));
                latest
            };
            (0..run.curve.len()).map(rising).collect()
        }
        axis => run.curve.along(axis),
    }
}

/// Returns the value of a curve at a cost, with linear interpolation of the logarithm between two points.
fn interpolated(along: &[f64], column: &[f64], at: f64, after: f64) -> f64 {
    let next = along.partition_point(|&a| a < at);
    match (next.checked_sub(1), next < along.len()) {
        (None, true) => column[0],
        (Some(last), false) => column[last] * after,
        (Some(last), true) if along[next] > at => {
            let share = (at - along[last]) / (along[next] - along[last]);
            if column[last] > 0.0 && column[next] > 0.0 {
                column[last] * (column[next] / column[last]).powf(share)
            } else {
                column[last]
            }
        }
        (Some(_), true) => column[next],
        (None, false) => f64::NAN,
    }
}

/// Returns at most `points` indices that are spread evenly over `0..count`, with the first and the last.
pub fn thinned(count: usize, points: usize) -> Vec<usize> {
    if count <= points || points < 2 {
        return (0..count).collect();
    }
    (0..points).map(|i| (i * (count - 1) + (points - 1) / 2) / (points - 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_the_ends_and_the_order() {
        for (count, points) in [(1000, 80), (81, 80), (5, 2), (3, 9), (0, 5), (1, 5)] {
            let places = thinned(count, points);
            assert!(
                places.len() <= points.max(2) && places.windows(2).all(|pair| pair[0] < pair[1]),
                "{count} {points}: {places:?}"
            );
            assert_eq!(places.first().copied().unwrap_or(0), 0);
            assert_eq!(places.last().map_or(0, |last| last + 1), count);
        }
    }

    #[test]
    fn a_curve_is_straight_in_its_logarithm() {
        let (along, column) = ([0.0, 2.0, 4.0], [1.0, 1e-2, 1e-2]);
        let at = |at| interpolated(&along, &column, at, 1.0);
        assert!((at(1.0) - 0.1).abs() < 1e-12 && at(0.0) == 1.0 && at(4.0) == 1e-2 && at(9.0) == 1e-2);
        assert_eq!(interpolated(&along, &column, 9.0, f64::INFINITY), f64::INFINITY);
    }
}
