//! Wall-clock of something short.

use std::hint::black_box;
use std::time::Instant;

/// The shortest time of an action in seconds, of at least five and of a fifth of a second: what disturbs it
/// only makes it longer.
///
/// ```
/// use gradus::compare::fastest;
/// let sum = |n: u64| (0..n).map(std::hint::black_box).sum::<u64>();
/// assert!(fastest(|| sum(100_000)) > fastest(|| sum(100)));
/// ```
pub fn fastest<T>(mut action: impl FnMut() -> T) -> f64 {
    fastest_after(|| (), |()| action())
}

/// The same of an action that consumes what `prepare` makes, off the clock: a factorization that overwrites
/// its matrix.
pub fn fastest_after<P, T>(mut prepare: impl FnMut() -> P, mut action: impl FnMut(P) -> T) -> f64 {
    let (began, mut best) = (Instant::now(), f64::INFINITY);
    for repeat in 0.. {
        if repeat >= 5 && began.elapsed().as_secs_f64() > 0.2 {
            break;
        }
        let prepared = prepare();
        let started = Instant::now();
        black_box(action(prepared));
        best = best.min(started.elapsed().as_secs_f64());
    }
    best
}
