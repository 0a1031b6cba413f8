//! The limits of a run that has no clock, since a page has none.

use gradus::optimizer::Iterate;
use gradus::stop::{Measurements, Stop, Termination};
use std::time::Duration;

/// Returns the reason to stop at an iterate, if there is one. `diverged` says whether its caller counts the
/// run as diverged. Limits on steps, on changes and on relative gradients never apply: they are not measured.
pub fn reached(stop: &Stop, iterate: &Iterate<f64>, grad_norm: f64, diverged: bool) -> Option<Termination> {
    if diverged {
        return Some(Termination::NotFinite { iteration: iterate.k, value: iterate.value });
    }
    let unknown = f64::NAN;
    stop.check(&Measurements {
        iteration: iterate.k,
        value: iterate.value,
        grad_norm,
        start_grad_norm: unknown,
        step: unknown,
        change: unknown,
        evaluations: 0,
        elapsed: Duration::ZERO,
    })
}
