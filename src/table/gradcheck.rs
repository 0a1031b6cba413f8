//! Gradient checks as tables.

use super::columns::Table;
use crate::gradcheck::{Entry, Report, Sweep};

impl Report {
    /// Returns the `rows` entries with the largest errors, largest first, as a table with the columns entry,
    /// analytic, numeric, absolute_error, relative_error and finding.
    ///
    /// ```
    /// use gradus::prelude::*;
    /// let report = check_gradient(&mut problems::Beale, &array![1.0, 2.0])?;
    /// assert_eq!(report.table("check", 10).rows(), 2);
    /// # Ok::<(), gradus::error::Error>(())
    /// ```
    pub fn table(&self, name: &str, rows: usize) -> Table {
        let worst = self.worst(rows);
        let column = |of: fn(&Entry) -> f64| worst.iter().map(|entry| of(entry)).collect::<Vec<_>>();
        Table::new(name, self.verdict())
            .text("entry", worst.iter().map(|entry| self.name(entry)))
            .float("analytic", column(|entry| entry.analytic))
            .float_within("numeric", column(|entry| entry.numeric), 1e-3, 1e-5)
            // Mostly rounding errors, of which only the order of magnitude can be compared.
            .float_within("absolute_error", column(Entry::absolute_error), 1e3, 1e-9)
            .float_within("relative_error", column(Entry::relative_error), 1e3, 1e-9)
            .text("finding", worst.iter().map(|entry| entry.finding.word()))
    }
}

impl Sweep {
    /// Returns the errors as a table with the columns h, forward, central and richardson.
    pub fn table(&self, name: &str) -> Table {
        let caption =
            format!("Relative error of the numeric gradient over its step h ({} entries)", self.entries);
        Table::new(name, caption)
            .float("h", self.h.clone())
            .float_within("forward", self.forward.clone(), 1e3, 1e-9)
            .float_within("central", self.central.clone(), 1e3, 1e-9)
            .float_within("richardson", self.richardson.clone(), 1e3, 1e-9)
    }
}
