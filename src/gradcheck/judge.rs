//! Assigns a finding to each entry of a check.

use super::diagnosis::{Diagnosis, Smooth};
use super::report::{Entry, Finding};
use super::settings::GradCheck;

/// The number of certainly wrong entries after which further disagreeing entries count as wrong without a
/// diagnosis.
const CERTAIN: usize = 50;

impl GradCheck {
    /// Sets the finding of each entry. `along` evaluates the function at a distance along the coordinate of
    /// an entry; `scale` is the magnitude of its values.
    pub(super) fn judge(
        &self,
        entries: &mut [Entry],
        smooth: Smooth,
        scale: f64,
        mut along: impl FnMut(&Entry, f64) -> f64,
    ) {
        let mut certain = 0;
        for entry in entries.iter_mut() {
            if !(entry.analytic.is_finite() && entry.numeric.is_finite()) {
                entry.finding = Finding::NotFinite;
            } else if !self.tolerance.agree(entry.analytic, entry.numeric) {
                entry.finding = if certain < CERTAIN {
                    let mut line = |t: f64| along(entry, t);
                    Diagnosis { line: &mut line, smooth, scale, h: self.h, tolerance: self.tolerance }
                        .of(entry.analytic, entry.numeric)
                } else {
                    Finding::Wrong
                };
                certain += usize::from(entry.finding == Finding::Wrong);
            }
        }
    }
}
