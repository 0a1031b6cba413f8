//! A committed CSV file against a fresh table, by each column's rule.

use super::What;
use crate::error::Result;
use crate::report::tables::csv::{self, Cells};
use crate::table::{Column, Rule, Table, Values};
use std::path::Path;

/// Rows listed of a column that differs in many.
const LISTED: usize = 5;

/// What differs.
pub(super) fn table(path: &Path, fresh: &Table) -> Result<Vec<What>> {
    Ok(cells(&csv::read_cells(path)?, fresh))
}

fn cells(committed: &Cells, fresh: &Table) -> Vec<What> {
    let mut differences = Vec::new();
    let mut structure = |what: &str, committed: String, regenerated: String| {
        if committed != regenerated {
            differences.push(What::Structure { what: what.into(), committed, regenerated });
        }
    };
    structure("columns", committed.header.join(", "), fresh.names().join(", "));
    structure("rows", committed.rows.len().to_string(), fresh.rows().to_string());
    for column in fresh.columns() {
        if let Some(place) = committed.header.iter().position(|name| *name == column.name) {
            let old: Vec<&str> = committed.rows.iter().map(|row| row[place].as_str()).collect();
            differences.extend(compare(&old, column, fresh));
        }
    }
    differences
}

/// The rows that both have, compared.
fn compare(old: &[&str], column: &Column, fresh: &Table) -> Vec<What> {
    let differing: Vec<usize> = (0..old.len().min(column.values.len())).filter(|&row| differs(old[row], column, row)).collect();
    let mut found: Vec<What> = differing
        .iter()
        .take(LISTED)
        .map(|&row| What::Value {
            row: labelled(fresh, row),
            column: column.name.clone(),
            committed: old[row].to_string(),
            regenerated: column.values.cell(row),
            allowed: allowed(column.rule),
        })
        .collect();
    if differing.len() > LISTED {
        found.push(What::More { column: column.name.clone(), rows: differing.len() - LISTED });
    }
    found
}

/// The row's number with its first cell if that is a word.
fn labelled(table: &Table, row: usize) -> String {
    match table.columns().first().map(|c| &c.values) {
        Some(Values::Text(words)) => format!("{} ({})", row + 1, words[row]),
        _ => (row + 1).to_string(),
    }
}

fn differs(old: &str, column: &Column, row: usize) -> bool {
    let new = match &column.values {
        Values::Text(v) => return column.rule != Rule::Timing && old != v[row],
        Values::Integer(v) => {
            if let (Rule::Exact, Ok(old)) = (column.rule, old.parse::<i64>()) {
                return old != v[row];
            }
            v[row] as f64
        }
        Values::Float(v) => v[row],
    };
    let Some(old) = (if old.is_empty() { Some(f64::NAN) } else { csv::float(old) }) else { return column.rule != Rule::Timing };
    match column.rule {
        Rule::Timing => false,
        Rule::Exact => !near(old, new, 1e-9 * old.abs()),
        Rule::Within { rtol, atol } => !near(old, new, rtol * old.abs() + atol),
    }
}

/// Whether two numbers are the same to within `room`; what is no number equals its like.
pub(super) fn near(old: f64, new: f64, room: f64) -> bool {
    (old.is_nan() && new.is_nan()) || old == new || (old - new).abs() <= room
}

fn allowed(rule: Rule) -> String {
    match rule {
        Rule::Exact => "the same".into(),
        Rule::Within { rtol, atol } => format!("{rtol:e} relative + {atol:e}"),
        Rule::Timing => "anything".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn infinities_and_missing_values_equal_only_their_like() {
        assert!(near(f64::NAN, f64::NAN, 0.0) && near(f64::INFINITY, f64::INFINITY, 0.0));
        assert!(!near(f64::NAN, 1.0, 9.0) && !near(1.0, f64::NAN, 9.0) && !near(f64::INFINITY, 1.0, 9.0));
        assert!(!near(f64::INFINITY, f64::NEG_INFINITY, 9.0));
    }

    #[test]
    fn many_differing_rows_are_summed_up() {
        let fresh = Table::new("t", "").float("x", vec![1.0; 100]);
        let old = Cells { header: vec!["x".into()], rows: vec![vec!["2.0".into()]; 100] };
        let found = cells(&old, &fresh);
        assert_eq!(found.len(), LISTED + 1);
        assert_eq!(found.last(), Some(&What::More { column: "x".into(), rows: 95 }));
    }

    #[test]
    fn words_that_look_like_numbers_are_compared_as_words() {
        let fresh = Table::new("t", "").text("id", ["01"]).integer("n", [7]);
        let old = |id: &str, n: &str| Cells { header: vec!["id".into(), "n".into()], rows: vec![vec![id.into(), n.into()]] };
        assert!(cells(&old("01", "7"), &fresh).is_empty());
        assert_eq!(cells(&old("1", "7"), &fresh).len(), 1);
        assert_eq!(cells(&old("01", "7.5"), &fresh).len(), 1);
        assert_eq!(cells(&old("01", "seven"), &fresh).len(), 1);
    }
}
