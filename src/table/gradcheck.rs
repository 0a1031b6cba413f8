//! Gradient checks as tables.

use super::Table;
use crate::gradcheck::{Entry, Report, Sweep};

impl Report {
    /// The `rows` worst entries as a table, worst first: entry, analytic, numeric, absolute_error,
    /// relative_error, finding.
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
            // Rounding, mostly: of no use to compare with a committed number closer than by its order.
            .float_within("absolute_error", column(Entry::absolute_error), 1e3, 1e-9)
            .float_within("relative_error", column(Entry::relative_error), 1e3, 1e-9)
            .text("finding", worst.iter().map(|entry| entry.finding.word()))
    }
}

impl Sweep {
    /// The errors as a table: h, forward, central, richardson.
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
