//! The clock of the loop.

use std::time::{Duration, Instant};

/// How a clock measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Precision {
    /// No time is measured; the elapsed time is always zero.
    Off,
    /// The time of observers counts. Where an iteration takes less than [`SHORT`], reading the clock would
    /// take a good part of it, and only every [`STRIDE`]-th iteration does.
    Coarse,
    /// The clock is read twice in every iteration, and stands still while the observer works.
    Exact,
}

/// The time that a run has taken so far.
#[derive(Debug)]
pub(super) struct Clock {
    precision: Precision,
    /// The time up to the last stop.
    before: Duration,
    /// When the clock was last started; `None` while it stands still.
    since: Option<Instant>,
    /// The last reading of a coarse clock, the iterations from one reading to the next (0 before the first
    /// reading, which measures none), and those left.
    reading: Duration,
    stride: u32,
    left: u32,
}

const SHORT: Duration = Duration::from_micros(1);
const STRIDE: u32 = 16;

impl Clock {
    /// Returns a clock that stands still at `before`.
    pub(super) fn new(precision: Precision, before: Duration) -> Self {
        Clock { precision, before, since: None, reading: before, stride: 0, left: 0 }
    }

    pub(super) fn start(&mut self) {
        if self.precision != Precision::Off {
            self.since = Some(Instant::now());
        }
    }

    pub(super) fn stop(&mut self) {
        if let Some(since) = self.since.take() {
            self.before += since.elapsed();
        }
    }

    /// Returns the time that has passed while the clock was running.
    pub(super) fn elapsed(&self) -> Duration {
        self.before + self.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Returns the time for an observer, and stops an exact clock.
    #[inline]
    pub(super) fn before_observer(&mut self) -> Duration {
        match self.precision {
            Precision::Off => Duration::ZERO,
            Precision::Coarse => self.coarse(),
            Precision::Exact => {
                self.stop();
                self.before
            }
        }
    }

    /// Starts an exact clock again.
    #[inline]
    pub(super) fn after_observer(&mut self) {
        if self.precision == Precision::Exact {
            self.start();
        }
    }

    #[inline]
    fn coarse(&mut self) -> Duration {
        if self.left > 0 {
            self.left -= 1;
            return self.reading;
        }
        let now = self.elapsed();
        let short = now - self.reading < SHORT * self.stride;
        (self.reading, self.stride) = (now, if short { STRIDE } else { 1 });
        self.left = self.stride - 1;
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn a_coarse_clock_goes_on_whether_iterations_are_short_or_long() {
        let mut clock = Clock::new(Precision::Coarse, Duration::ZERO);
        clock.start();
        let mut last = Duration::ZERO;
        for _ in 0..5 {
            // Short iterations, of which only some read the clock, and then a long one.
            (0..1000).for_each(|_| _ = clock.before_observer());
            thread::sleep(Duration::from_millis(2));
            let seen = (0..=STRIDE).map(|_| clock.before_observer()).max().unwrap_or_default();
            assert!(seen >= last + Duration::from_millis(2), "{seen:?} after {last:?}");
            last = seen;
        }
        assert!(last <= clock.elapsed());
    }
}
