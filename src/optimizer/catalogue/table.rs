//! The catalogue as a table, for the command line, notebooks and documents.

use super::entry::Entry;
use super::list::Catalogue;
use crate::optimizer::Properties;
use crate::optimizer::first_order::{Convention, RuleInfo};
use crate::table::Table;

impl Catalogue {
    /// Returns the catalogue as a table, with a row for each optimizer: name, order, the flags of the
    /// lecture's comparison table and the number of buffers of update rules, settings with their defaults,
    /// default learning rate, what the optimizer needs of an objective, what it does, other names, and
    /// source.
    ///
    /// ```
    /// use gradus::optimizer::catalogue::Catalogue;
    /// let table = Catalogue::built_in().table();
    /// assert!(table.rows() > 12 && table.names().contains(&"defaults"));
    /// ```
    pub fn table(&self) -> Table {
        let text = |of: fn(&Entry) -> String| self.iter().map(of);
        let flag = |of: fn(&Properties) -> bool| {
            self.iter().map(move |entry| {
                let rule = entry.make_rule(Convention::default());
                if rule.is_some_and(|rule| of(&rule.properties())) { "yes" } else { "no" }
            })
        };
        Table::new("optimizers", "")
            .text("name", text(|entry| entry.name().into()))
            .text("order", text(|entry| entry.order().to_string()))
            .text("first_moment", flag(|p| p.first_moment))
            .text("second_moment", flag(|p| p.second_moment))
            .text("leaky", flag(|p| p.leaky))
            .text("bias_correction", flag(|p| p.bias_correction))
            .text("buffers", text(buffers))
            .text("defaults", text(|entry| entry.configure().words()))
            .text("lr", text(|entry| entry.learning_rate().map_or(String::new(), |lr| lr.to_string())))
            .text("needs", text(|entry| entry.needs().to_string()))
            .text("what", text(|entry| entry.summary().into()))
            .text("aliases", text(|entry| entry.aliases().join(", ")))
            .text("source", text(|entry| entry.source().into()))
    }
}

/// The number of buffers that an update rule keeps.
fn buffers(entry: &Entry) -> String {
    let rule = entry.make_rule(Convention::default());
    rule.map_or(String::new(), |rule| rule.buffers().count().to_string())
}
