//! Bootstrap intervals: how much an outcome depends on the choice of problems.

use crate::compare::statistics::quantile;
use crate::rng;
use rand::RngExt;

/// The number of resamples for an interval.
const RESAMPLES: usize = 4000;

/// Returns the interval that contains a statistic of `count` problems in 95 % of 4000 resamples (the
/// percentile bootstrap). A resample has as many problems, drawn with `seed` and with replacement.
/// `statistic` receives the indices of the problems that were drawn.
///
/// Source: Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7 (1979).
///
/// ```
/// use gradus::compare::bootstrap::over_problems;
/// let solved = [1.0, 0.0, 1.0, 1.0];
/// let share = |drawn: &[usize]| {
///     drawn.iter().map(|&problem| solved[problem]).sum::<f64>() / drawn.len() as f64
/// };
/// let (low, high) = over_problems(4, 0, share);
/// assert!(0.0 < low && low < 0.75 && high == 1.0);
/// ```
pub fn over_problems(count: usize, seed: u64, statistic: impl Fn(&[usize]) -> f64) -> (f64, f64) {
    let values: Vec<f64> = resamples(count, seed).iter().map(|drawn| statistic(drawn)).collect();
    (quantile(&values, 0.025), quantile(&values, 0.975))
}

/// Returns the resamples, so that several statistics can use the same ones.
pub(super) fn resamples(count: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut draws = rng::stream(seed, "bootstrap over problems", 0);
    (0..RESAMPLES).map(|_| (0..count).map(|_| draws.random_range(0..count)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resamples_are_drawn_with_replacement_and_of_all() {
        let resamples = resamples(3, 1);
        assert!(resamples.len() == RESAMPLES && resamples.iter().all(|drawn| drawn.len() == 3));
        for problem in 0..3 {
            let count = resamples.iter().flatten().filter(|&&drawn| drawn == problem).count();
            // A third of 12,000, with a deviation of 52.
            assert!(count.abs_diff(RESAMPLES) < 260, "{count}");
        }
        assert!(resamples.iter().any(|drawn| drawn[0] == drawn[1]));
    }

    #[test]
    fn the_interval_leaves_a_fortieth_on_each_side() {
        // The share of ones among 100 of which half are: binomial, with a deviation of .05.
        let share = |drawn: &[usize]| drawn.iter().filter(|&&problem| problem < 50).count() as f64 / 100.0;
        let (low, high) = over_problems(100, 0, share);
        assert!((low - 0.402).abs() < 0.015 && (high - 0.598).abs() < 0.015, "{low} {high}");
    }
}
