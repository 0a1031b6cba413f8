//! Times of turns, for benches that compare few long ones.

#![allow(dead_code, reason = "not every bench uses all of it")]

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
    middle((0..turns).map(|_| turn()).collect())
}

/// Returns the median of some times.
pub fn middle(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
