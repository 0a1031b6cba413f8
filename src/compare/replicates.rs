//! Replicates: the same experiment under many seeds.

use crate::progress::Progress;
use rayon::prelude::*;

/// Runs `experiment` for the replicates 0 to `count` − 1 in parallel, and returns the outcomes in their
/// order.
///
/// Each experiment draws its random numbers from [`rng::stream`](crate::rng::stream) with the number of its
/// replicate, so the outcome does not depend on the number of threads.
///
/// ```
/// use gradus::compare::replicates;
/// use gradus::progress::Silent;
/// assert_eq!(replicates(4, &Silent, "squares", |i| i * i), [0, 1, 4, 9]);
/// ```
pub fn replicates<T: Send>(
    count: u64,
    progress: &dyn Progress,
    part: &str,
    experiment: impl Fn(u64) -> T + Sync,
) -> Vec<T> {
    progress.start(part, count);
    let run = |replicate| {
        let outcome = experiment(replicate);
        progress.advance(1);
        outcome
    };
    (0..count).into_par_iter().map(run).collect()
}
