//! Comparing a committed CSV file with a fresh table, by the rule of each column.

use super::difference::{Drift, What};
use super::numbers::{near, relative};
use crate::error::Result;
use crate::report::tables::csv::{self, Cells};
use crate::table::{Column, Rule, Table, Values};
use std::path::Path;

/// The number of differing rows of a column that are listed.
const LISTED: usize = 5;

/// The outcome of a comparison of two tables.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Outcome {
    /// The differences that the rules do not allow.
    pub differing: Vec<What>,
    /// The changes within the rules, by column.
    pub moved: Vec<Drift>,
}

/// Compares a committed file with a fresh table.
pub(super) fn table(path: &Path, fresh: &Table) -> Result<Outcome> {
    Ok(cells(&csv::read_cells(path)?, fresh))
}

/// Compares a table that was read with a fresh one.
pub(crate) fn tables(committed: &Table, fresh: &Table) -> Outcome {
    let header = committed.names().into_iter().map(String::from).collect();
    let row = |row: usize| committed.columns().iter().map(|column| column.values.cell(row)).collect();
    cells(&Cells { header, rows: (0..committed.rows()).map(row).collect() }, fresh)
}

fn cells(committed: &Cells, fresh: &Table) -> Outcome {
    let mut outcome = Outcome::default();
    let mut structure = |what: &str, committed: String, regenerated: String| {
        if committed != regenerated {
            outcome.differing.push(What::Structure { what: what.into(), committed, regenerated });
        }
    };
    structure("columns", committed.header.join(", "), fresh.names().join(", "));
    structure("rows", committed.rows.len().to_string(), fresh.rows().to_string());
    for column in fresh.columns() {
        if let Some(old) = Old::column(committed, &column.name) {
            let pair = Pair { committed, old, column, fresh };
            outcome.differing.extend(pair.differing());
            outcome.moved.extend(pair.drift());
        }
    }
    outcome
}

/// The cells of a committed column.
struct Old<'a>(Vec<&'a str>);

impl<'a> Old<'a> {
    fn column(committed: &'a Cells, name: &str) -> Option<Self> {
        let place = committed.header.iter().position(|header| header == name)?;
        Some(Old(committed.rows.iter().map(|row| row[place].as_str()).collect()))
    }

    /// Returns the number in a row; NaN for an empty cell, `None` for text.
    fn number(&self, row: usize) -> Option<f64> {
        if self.0[row].is_empty() { Some(f64::NAN) } else { csv::float(self.0[row]) }
    }
}

/// A committed column and the regenerated one.
struct Pair<'a> {
    committed: &'a Cells,
    old: Old<'a>,
    column: &'a Column,
    fresh: &'a Table,
}

impl Pair<'_> {
    /// Returns the number of rows that both columns have.
    fn rows(&self) -> usize {
        self.old.0.len().min(self.column.values.len())
    }

    fn differing(&self) -> Vec<What> {
        let differing: Vec<usize> = (0..self.rows()).filter(|&row| self.differs(row)).collect();
        let value = |&row: &usize| What::Value {
            row: labelled(self.fresh, row),
            column: self.column.name.clone(),
            committed: self.old.0[row].to_string(),
            regenerated: self.column.values.cell(row),
            moved: self.numbers(row).map_or_else(String::new, |(old, new)| relative(old, new)),
            allowed: self.allowed(row),
        };
        // What another processor cannot explain is listed first, since only some rows are.
        let (arithmetic, others): (Vec<What>, Vec<What>) =
            differing.iter().map(value).partition(What::may_be_arithmetic);
        let mut found = [others, arithmetic].concat();
        if found.len() > LISTED {
            let more = found.split_off(LISTED);
            let numbers = more.iter().all(What::may_be_arithmetic);
            found.push(What::More { column: self.column.name.clone(), rows: more.len(), numbers });
        }
        found
    }

    /// Returns the changes within the rule. Wall-clock times always change and are not reported.
    fn drift(&self) -> Option<Drift> {
        if self.column.rule == Rule::Timing {
            return None;
        }
        let moved =
            |row: usize| self.numbers(row).filter(|(old, new)| !near(*old, *new, 0.0) && !self.differs(row));
        let moved: Vec<(f64, f64)> = (0..self.rows()).filter_map(moved).collect();
        let change = |(old, new): &(f64, f64)| ((new - old) / old).abs();
        let (from, to) = moved.iter().copied().max_by(|a, b| change(a).total_cmp(&change(b)))?;
        Some(Drift { column: self.column.name.clone(), values: moved.len(), of: self.rows(), from, to })
    }

    /// Returns both values of a row, if they are numbers.
    fn numbers(&self, row: usize) -> Option<(f64, f64)> {
        Some((self.old.number(row)?, number(self.column, row)?))
    }

    fn differs(&self, row: usize) -> bool {
        let (old, rule) = (self.old.0[row], self.column.rule);
        match &self.column.values {
            Values::Text(v) => return rule != Rule::Timing && old != v[row],
            Values::Integer(v) => {
                if let (Rule::Exact, Ok(old)) = (rule, old.parse::<i64>()) {
                    return old != v[row];
                }
            }
            Values::Float(_) => {}
        }
        let Some((old, new)) = self.numbers(row) else { return rule != Rule::Timing };
        match rule {
            Rule::Timing | Rule::Interval => false,
            Rule::Exact => !near(old, new, 1e-9 * old.abs()),
            Rule::Within { rtol, atol } => !near(old, new, rtol * old.abs() + atol),
            Rule::TimingRatio(factor) => {
                !(near(old, new, 0.0) || (new <= old * factor && old <= new * factor))
            }
            Rule::Statistical => !near(old, new, 1e-9 * old.abs()) && !self.overlapping(row),
        }
    }

    /// Returns whether the intervals around a statistic overlap.
    fn overlapping(&self, row: usize) -> bool {
        match self.intervals(row) {
            Some([old, new]) => old.0 <= new.1 && new.0 <= old.1,
            None => false,
        }
    }

    /// Returns the committed and the fresh interval around a statistic.
    fn intervals(&self, row: usize) -> Option<[(f64, f64); 2]> {
        let end = |end: &str| -> Option<(f64, f64)> {
            let name = format!("{}_{end}", self.column.name);
            Some((
                Old::column(self.committed, &name)?.number(row)?,
                number(self.fresh.get(&name).ok()?, row)?,
            ))
        };
        let (low, high) = (end("low")?, end("high")?);
        Some([(low.0, high.0), (low.1, high.1)])
    }

    /// Returns the rule in words.
    fn allowed(&self, row: usize) -> String {
        match self.column.rule {
            Rule::Exact => "the same".into(),
            Rule::Within { rtol, atol } => format!("{rtol:e} relative + {atol:e}"),
            Rule::TimingRatio(factor) => format!("{factor} times as much or as little"),
            Rule::Timing | Rule::Interval => "anything".into(),
            Rule::Statistical => match self.intervals(row) {
                Some([old, new]) => {
                    format!("overlapping intervals, not [{}, {}] and [{}, {}]", old.0, old.1, new.0, new.1)
                }
                None => "overlapping intervals, which are not there".into(),
            },
        }
    }
}

/// Returns the number of a row, with its first cell if that is text.
fn labelled(table: &Table, row: usize) -> String {
    match table.columns().first().map(|c| &c.values) {
        Some(Values::Text(words)) => format!("{} ({})", row + 1, words[row]),
        _ => (row + 1).to_string(),
    }
}

fn number(column: &Column, row: usize) -> Option<f64> {
    match &column.values {
        Values::Text(_) => None,
        Values::Integer(v) => Some(v[row] as f64),
        Values::Float(v) => Some(v[row]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_differing_rows_are_summed_up() {
        let fresh = Table::new("t", "").float("x", vec![1.0; 100]);
        let old = Cells { header: vec!["x".into()], rows: vec![vec!["2.0".into()]; 100] };
        let found = cells(&old, &fresh);
        let found = found.differing;
        assert_eq!(found.len(), LISTED + 1);
        assert_eq!(found.last(), Some(&What::More { column: "x".into(), rows: 95, numbers: true }));
    }

    #[test]
    fn a_changed_word_among_many_rows_is_listed_first_and_never_taken_for_arithmetic() {
        let with = |words: &[usize]| {
            let rows = (0..20).map(|row| match words.contains(&row) {
                true => vec![format!("diverged at {row}")],
                false => vec![format!("converged at {row}.5")],
            });
            let old = Cells { header: vec!["end".into()], rows: rows.collect() };
            let fresh = Table::new("t", "").text("end", (0..20).map(|row| format!("converged at {row}")));
            cells(&old, &fresh).differing
        };
        let one = with(&[17]);
        assert!(one.len() == LISTED + 1 && !one[0].may_be_arithmetic(), "{one:?}");
        assert!(one[1..].iter().all(What::may_be_arithmetic), "{one:?}");
        assert!(with(&[]).iter().all(What::may_be_arithmetic));
        let many = with(&[3, 9, 10, 11, 12, 13, 19]);
        assert!(many.iter().all(|what| !what.may_be_arithmetic()), "{many:?}");
    }

    #[test]
    fn words_that_look_like_numbers_are_compared_as_words() {
        let fresh = Table::new("t", "").text("id", ["01"]).integer("n", [7]);
        let old = |id: &str, n: &str| Cells {
            header: vec!["id".into(), "n".into()],
            rows: vec![vec![id.into(), n.into()]],
        };
        assert_eq!(cells(&old("01", "7"), &fresh), Outcome::default());
        assert_eq!(cells(&old("1", "7"), &fresh).differing.len(), 1);
        assert_eq!(cells(&old("01", "7.5"), &fresh).differing.len(), 1);
        assert_eq!(cells(&old("01", "seven"), &fresh).differing.len(), 1);
    }

    fn quartiles(value: f64, low: f64, high: f64) -> Table {
        Table::new("t", "").statistic("loss", [value], [low], [high])
    }

    fn committed(value: &str, low: &str, high: &str) -> Cells {
        let header = ["loss", "loss_low", "loss_high"].map(String::from).to_vec();
        Cells { header, rows: vec![[value, low, high].map(String::from).to_vec()] }
    }

    #[test]
    fn a_statistic_differs_where_its_intervals_do_not_overlap() {
        let old = committed("1.0", "0.5", "1.5");
        assert!(cells(&old, &quartiles(1.9, 1.4, 2.4)).differing.is_empty());
        let apart = cells(&old, &quartiles(2.0, 1.6, 2.4)).differing;
        let [What::Value { moved, allowed, .. }] = apart.as_slice() else { panic!("{apart:?}") };
        assert_eq!(
            (moved.as_str(), allowed.as_str()),
            ("+100 %", "overlapping intervals, not [0.5, 1.5] and [1.6, 2.4]")
        );
        assert_eq!(
            cells(&committed("1.0", "", ""), &quartiles(2.0, 1.6, 2.4)).differing.len(),
            1,
            "no interval excuses nothing"
        );
        assert_eq!(cells(&old, &quartiles(f64::NAN, f64::NAN, f64::NAN)).differing.len(), 1);
        assert!(cells(&committed("", "", ""), &quartiles(f64::NAN, f64::NAN, f64::NAN)).differing.is_empty());
    }

    #[test]
    fn a_ratio_of_times_may_move_by_its_factor() {
        let old = Cells { header: vec!["ratio".into()], rows: vec![vec!["4.0".into()]] };
        let differing = |ratio: f64| {
            cells(&old, &Table::new("t", "").timing_ratio("ratio", [ratio], 2.0)).differing.len()
        };
        assert_eq!([7.9, 2.1, 8.1, 1.9, f64::NAN, -4.0].map(differing), [0, 0, 1, 1, 1, 1]);
    }

    #[test]
    fn what_moves_within_its_rule_is_told() {
        let old = Cells {
            header: vec!["x".into()],
            rows: ["1.0", "2.0", "3.0"].map(|cell| vec![cell.into()]).to_vec(),
        };
        let fresh = Table::new("t", "").float_within("x", [1.0, 2.002, 3.001], 0.01, 0.0);
        let outcome = cells(&old, &fresh);
        assert!(outcome.differing.is_empty());
        assert_eq!(outcome.moved, [Drift { column: "x".into(), values: 2, of: 3, from: 2.0, to: 2.002 }]);
        assert_eq!(cells(&old, &Table::new("t", "").timing("x", [9.0, 9.0, 9.0])).moved, []);
    }
}
