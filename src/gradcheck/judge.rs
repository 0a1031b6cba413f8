//! Decides what each entry of a check is: right, excused or wrong.

use super::diagnosis::{Diagnosis, Smooth};
use super::report::{Entry, Finding};
use super::settings::GradCheck;

/// After so many entries that are certainly wrong, further failing ones are not looked into: the check has
/// failed.
const CERTAIN: usize = 50;

impl GradCheck {
    /// Sets each entry's finding. `along` is the function along an entry's coordinate, `scale` the size of
    /// what it computes.
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
