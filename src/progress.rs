//! Progress reports of long computations.

/// Receives progress reports of a long computation. Methods may be called from several threads.
///
/// ```
/// use gradus::compare::replicates;
/// use gradus::progress::Progress;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// /// Counts finished steps.
/// struct Counter(AtomicU64);
///
/// impl Progress for Counter {
///     fn start(&self, _part: &str, _total: u64) {}
///     fn advance(&self, steps: u64) {
///         self.0.fetch_add(steps, Ordering::Relaxed);
///     }
/// }
///
/// let counter = Counter(AtomicU64::new(0));
/// replicates(4, &counter, "squares", |i| i * i);
/// assert_eq!(counter.0.into_inner(), 4);
/// ```
pub trait Progress: Sync {
    /// Reports that a part of `total` steps begins.
    fn start(&self, part: &str, total: u64);
    /// Reports that `steps` more steps of the current part are finished.
    fn advance(&self, steps: u64);
}

/// Ignores all progress reports.
///
/// ```
/// use gradus::compare::replicates;
/// use gradus::progress::Silent;
/// assert_eq!(replicates(4, &Silent, "squares", |i| i * i), [0, 1, 4, 9]);
/// ```
pub struct Silent;

impl Progress for Silent {
    fn start(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
}
