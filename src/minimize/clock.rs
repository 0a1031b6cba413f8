//! The clock of the loop.

use std::time::{Duration, Instant};

/// The time since the start. Where an iteration of a small problem takes less than [`SHORT`], which a reading
/// of the clock takes a good part of, only every [`STRIDE`]-th asks for it.
pub(super) struct Clock {
    pub(super) started: Instant,
    read: Duration,
    /// Iterations from one reading to the next, and how many of them are left.
    stride: u32,
    left: u32,
    always: bool,
}

const SHORT: Duration = Duration::from_micros(1);
const STRIDE: u32 = 16;

impl Clock {
    /// Starts; reads in every iteration if `always`.
    pub(super) fn start(always: bool) -> Self {
        Clock { started: Instant::now(), read: Duration::ZERO, stride: 1, left: 0, always }
    }

    /// The time, or where iterations are short that of the last reading.
    #[inline]
    pub(super) fn elapsed(&mut self) -> Duration {
        if self.left > 0 {
            self.left -= 1;
            return self.read;
        }
        let now = self.started.elapsed();
        let short = !self.always && now - self.read < SHORT * self.stride;
        (self.read, self.stride) = (now, if short { STRIDE } else { 1 });
        self.left = self.stride - 1;
        now
    }
}
