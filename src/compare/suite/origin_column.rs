//! The column that says where the runs of a row come from.

use super::Comparison;
use crate::table::{Table, Values};
use std::collections::{BTreeMap, BTreeSet};

/// Adds the column `origin` to the tables with a row for each optimizer, if some optimizers come from an
/// archive: its name with the machine, or "here".
pub(super) fn marked(comparison: &Comparison, tables: Vec<Table>) -> Vec<Table> {
    let Some(archive) = &comparison.origins.archive else { return tables };
    let words = |optimizer: &String| {
        let runs = comparison.runs.iter().filter(|run| run.optimizer == *optimizer);
        let places: BTreeSet<usize> = runs.map(|run| run.machine).collect();
        let name =
            |place: usize| comparison.origins.machines.get(place).map_or("", |machine| &machine.processor);
        let machines = places.into_iter().map(name).collect::<Vec<_>>().join(" and ");
        match archive.optimizers.contains(optimizer) {
            true => format!("{} ({machines})", archive.name),
            false => "here".to_owned(),
        }
    };
    let names = comparison.optimizers.iter().map(|optimizer| &optimizer.name);
    let origins: BTreeMap<&str, String> = names.map(|name| (name.as_str(), words(name))).collect();
    tables.into_iter().map(|table| with_origin(table, &origins)).collect()
}

/// Adds the column to a table of optimizers. A table of pairs of optimizers has none, and neither has one of
/// problems.
fn with_origin(table: Table, origins: &BTreeMap<&str, String>) -> Table {
    let Ok(Values::Text(optimizers)) = table.get("optimizer").map(|column| column.values.clone()) else {
        return table;
    };
    if table.get("other").is_ok() {
        return table;
    }
    let origin = |name: &String| origins.get(name.as_str()).cloned().unwrap_or_default();
    table.text("origin", optimizers.iter().map(origin))
}
