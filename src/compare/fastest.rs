//! The wall-clock time of a short action.

use std::hint::black_box;
use std::time::Instant;

/// Returns the shortest time of an action in seconds. The action is repeated at least five times and for at
/// least a fifth of a second. The shortest time is the best estimate, since every disturbance only makes a
/// repetition longer.
///
/// ```
/// use gradus::compare::fastest;
/// let sum = |n: u64| (0..n).map(std::hint::black_box).sum::<u64>();
/// assert!(fastest(|| sum(100_000)) > fastest(|| sum(100)));
/// ```
pub fn fastest<T>(mut action: impl FnMut() -> T) -> f64 {
    fastest_after(|| (), |()| action())
}

/// Returns the shortest time of an action that consumes what `prepare` returns, such as a factorization that
/// overwrites its matrix. The time of `prepare` does not count.
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread::sleep;
    use std::time::Duration;

    #[test]
    fn a_slow_action_is_repeated_five_times_and_its_preparation_is_not_timed() {
        let (mut prepared, mut count) = (0, 0);
        let prepare = || {
            prepared += 1;
            sleep(Duration::from_millis(60));
        };
        let seconds = fastest_after(prepare, |()| {
            count += 1;
            sleep(Duration::from_millis(if count == 3 { 5 } else { 30 }));
        });
        assert_eq!((prepared, count), (5, 5));
        assert!((0.005..0.03).contains(&seconds), "{seconds}");
    }

    #[test]
    fn a_short_action_is_repeated_for_a_fifth_of_a_second() {
        let (began, mut count) = (Instant::now(), 0);
        let seconds = fastest(|| {
            count += 1;
            sleep(Duration::from_millis(1));
        });
        assert!(began.elapsed().as_secs_f64() > 0.2 && count > 5, "{count}");
        assert!((0.001..0.2).contains(&seconds), "{seconds}");
    }
}
