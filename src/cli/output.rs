//! The format of an answer: a table for people, CSV and JSON for machines.

use crate::error::{Error, Result};
use crate::linalg::bytes_in_words;
use crate::report::tables;
use crate::stop::Termination;
use crate::table::{Table, Values};
use serde_json::{Map, Value, json};
use std::fmt::Display;
use std::io::Write;

/// The format in which a table is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Aligned columns, for people.
    #[default]
    Table,
    /// A header and a line for each row.
    Csv,
    /// A list of objects.
    Json,
}

impl Format {
    /// The names that `--format` accepts.
    const NAMES: [&str; 3] = ["table", "csv", "json"];

    /// Returns the format of that name.
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "table" => Ok(Format::Table),
            "csv" => Ok(Format::Csv),
            "json" => Ok(Format::Json),
            _ => Err(Error::unknown("format", name, &Format::NAMES)),
        }
    }

    /// Prints `table` in this format.
    pub fn print(self, table: &Table, out: &mut dyn Write) -> anyhow::Result<()> {
        let text = match self {
            Format::Table => tables::pages::text_of(table, usize::MAX).into_bytes(),
            Format::Csv => tables::csv_bytes(table)?,
            Format::Json => format!("{:#}\n", rows(table)).into_bytes(),
        };
        Ok(out.write_all(&text)?)
    }
}

/// Returns the rows of a table as JSON objects. A number that is not finite becomes `null`.
fn rows(table: &Table) -> Value {
    let row = |row: usize| {
        let cells = table.columns().iter().map(|column| {
            let cell = match &column.values {
                Values::Float(v) => json!(v[row]),
                Values::Integer(v) => json!(v[row]),
                Values::Text(v) => json!(v[row]),
            };
            (column.name.clone(), cell)
        });
        Value::Object(cells.collect::<Map<_, _>>())
    };
    (0..table.rows()).map(row).collect()
}

/// Prints one JSON object.
pub fn print_json(object: &Value, out: &mut dyn Write) -> anyhow::Result<()> {
    Ok(writeln!(out, "{object:#}")?)
}

/// Returns why a run ended, for JSON.
pub fn termination(termination: &Termination) -> Value {
    let (measured, bound) = termination.evidence();
    json!({ "reason": termination.word(), "measured": measured, "bound": bound, "sentence": termination.to_string() })
}

/// Refuses a run that ended before its first iteration because the optimizer does not fit into memory: bad
/// input, not an outcome.
pub fn refuse_out_of_memory(termination: &Termination, iterations: usize) -> Result<()> {
    let Termination::OutOfMemory { bytes, bound } = *termination else { return Ok(()) };
    if iterations > 0 {
        return Ok(());
    }
    let (needed, there) = (bytes_in_words(bytes as u128), bytes_in_words(bound as u128));
    let what = format!("the optimizer needs {needed} of memory for this problem, and {there} are available");
    Err(Error::Unsupported { what, remedy: "use lbfgs with a small memory or cg, which keep a few vectors" })
}

/// Formats a count with its noun: "1 step", "3 steps".
pub fn counted(count: usize, word: &str) -> String {
    format!("{} {word}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// Formats a whole number with commas between thousands.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// Formats a duration: "0.9 ms", "3.4 s", "2 min 5 s".
pub fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 1.0 => format!("{:.1} ms", s * 1e3),
        s if s < 60.0 => format!("{s:.1} s"),
        s => format!("{:.0} min {:.0} s", (s / 60.0).floor(), s % 60.0),
    }
}

/// Joins words with commas; returns `none` if there are no words.
pub fn list<T: Display>(items: impl IntoIterator<Item = T>, none: &str) -> String {
    let words: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    if words.is_empty() { none.into() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(format: Format, table: &Table) -> String {
        let mut out = Vec::new();
        format.print(table, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn one_table_has_three_forms() {
        let table =
            Table::new("t", "").text("name", ["a,b", "c"]).float("x", [0.5, f64::NAN]).integer("n", [1, -2]);
        assert_eq!(
            printed(Format::Csv, &table).lines().collect::<Vec<_>>(),
            ["name,x,n", "\"a,b\",0.5,1", "c,NaN,-2"]
        );
        let json: Value = serde_json::from_str(&printed(Format::Json, &table)).unwrap();
        assert_eq!(json, json!([{ "name": "a,b", "x": 0.5, "n": 1 }, { "name": "c", "x": null, "n": -2 }]));
        assert!(
            printed(Format::Table, &table).starts_with("name    x   n\n"),
            "{}",
            printed(Format::Table, &table)
        );
    }

    #[test]
    fn numbers_for_people() {
        assert_eq!(
            (counted(1, "step"), counted(1_234_567, "step")),
            ("1 step".into(), "1,234,567 steps".into())
        );
        assert_eq!([0.0009, 3.44, 125.0].map(duration), ["0.9 ms", "3.4 s", "2 min 5 s"]);
        assert_eq!(list([1, 2], "none"), "1, 2");
        assert_eq!(list([0; 0], "none"), "none");
    }
}
