//! Units of time for charts.

/// Returns the unit in which a number of nanoseconds reads well, and its length in nanoseconds.
pub(in crate::report::criterion) fn unit(nanoseconds: f64) -> (&'static str, f64) {
    match nanoseconds {
        ns if ns >= 1e9 => ("s", 1e9),
        ns if ns >= 1e6 => ("ms", 1e6),
        ns if ns >= 1e3 => ("µs", 1e3),
        _ => ("ns", 1.0),
    }
}
