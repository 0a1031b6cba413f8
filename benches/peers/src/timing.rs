//! The clock.

use std::time::Instant;

/// Seconds that a call takes, and what it gives.
pub fn timed<T>(call: impl FnOnce() -> T) -> (f64, T) {
    let started = Instant::now();
    let outcome = call();
    (started.elapsed().as_secs_f64(), outcome)
}

/// Mean seconds of a call, over as many as fit into a twentieth of a second.
pub fn repeated(mut call: impl FnMut()) -> f64 {
    let started = Instant::now();
    let mut times = 0u32;
    loop {
        call();
        times += 1;
        let spent = started.elapsed().as_secs_f64();
        if spent >= 0.05 {
            return spent / f64::from(times);
        }
    }
}
