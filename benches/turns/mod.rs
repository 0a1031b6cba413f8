//! Times of turns, for benches that compare few long ones.

use std::time::Instant;

/// Returns the median time of `work` in milliseconds over some turns. The first one is not
/// counted.
pub fn median(turns: usize, mut work: impl FnMut()) -> f64 {
    let mut turn = || {
        let begun = Instant::now();
        work();
        begun.elapsed().as_secs_f64() * 1e3
    };
    turn();
    let mut times: Vec<f64> = (0..turns).map(|_| turn()).collect();
    times.sort_by(f64::total_cmp);
    times[turns / 2]
}
