//! Tables as CSV files, for programs without the feature `report`.

use super::Comparison;
use crate::error::Result;
use crate::files;
use crate::table::{Table, Values};
use std::path::Path;

impl Comparison {
    /// Writes all [`tables`](Comparison::tables) into a folder as CSV files. A reader finds each file
    /// complete or not at all. With the feature `report`, `report::comparison::write` writes figures and a
    /// page too.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write_csv(&self, folder: &Path) -> Result<()> {
        files::create_folder(folder)?;
        let write =
            |table: &Table| files::write_atomically(&folder.join(format!("{}.csv", table.name)), text(table));
        self.tables().iter().try_for_each(write)
    }
}

fn text(table: &Table) -> String {
    let row = |cells: &mut dyn Iterator<Item = String>| cells.collect::<Vec<_>>().join(",") + "\n";
    let mut text = row(&mut table.names().into_iter().map(quoted));
    for at in 0..table.rows() {
        text += &row(&mut table.columns().iter().map(|column| cell(&column.values, at)));
    }
    text
}

/// Returns the text of a cell; empty for NaN.
fn cell(values: &Values, row: usize) -> String {
    match values {
        Values::Float(numbers) if numbers[row].is_nan() => String::new(),
        _ => quoted(&values.cell(row)),
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let table = Table::new("t", "").text("a,b", ["plain", "with \"quotes\""]).float("x", [f64::NAN, 0.5]);
        assert_eq!(text(&table), "\"a,b\",x\nplain,\n\"with \"\"quotes\"\"\",0.5\n");
    }
}
