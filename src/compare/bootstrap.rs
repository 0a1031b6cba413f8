//! How much an outcome owes to the choice of what was counted: it is taken again over resamples.

use crate::compare::statistics::quantile;
use crate::rng;
use rand::RngExt;

/// Resamples of an interval.
const RESAMPLES: usize = 4000;

/// The interval in which a statistic of `count` problems lies in 95 % of 4000 resamples: as many problems,
/// drawn with `seed` and with replacement (the percentile bootstrap). `statistic` gets the numbers of the
/// problems that were drawn.
///
/// Source: Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7 (1979).
///
/// ```
/// use gradus::compare::bootstrap::over_problems;
/// let solved = [1.0, 0.0, 1.0, 1.0];
/// let share = |drawn: &[usize]| drawn.iter().map(|&problem| solved[problem]).sum::<f64>() / drawn.len() as f64;
/// let (low, high) = over_problems(4, 0, share);
/// assert!(0.0 < low && low < 0.75 && high == 1.0);
/// ```
pub fn over_problems(count: usize, seed: u64, statistic: impl Fn(&[usize]) -> f64) -> (f64, f64) {
    let values: Vec<f64> = resamples(count, seed).iter().map(|drawn| statistic(drawn)).collect();
    (quantile(&values, 0.025), quantile(&values, 0.975))
}

/// The resamples, so that several statistics are taken of the same ones.
pub(super) fn resamples(count: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut draws = rng::stream(seed, "bootstrap over problems", 0);
    (0..RESAMPLES).map(|_| (0..count).map(|_| draws.random_range(0..count)).collect()).collect()
}
