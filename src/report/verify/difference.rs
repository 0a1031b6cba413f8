//! Differences, and changes within what is allowed, as text for readers.

use super::numbers::relative;
use std::fmt;

/// A difference between committed and fresh results; displayed as one line.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The file, relative to the folder above the results: "results/momentum/rates.csv".
    pub file: String,
    /// The kind of difference.
    pub what: What,
}

/// A kind of difference.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The file changed after it was written.
    ChangedByHand,
    /// The manifest lists the file, but it does not exist.
    Missing,
    /// The file exists, but the manifest does not list it.
    Unknown,
    /// The study has no results yet.
    NeverRun,
    /// The structure differs: columns, rows, tables, figures, claims.
    Structure {
        /// The part of the structure: "columns", "rows", …
        what: String,
        /// As committed.
        committed: String,
        /// As regenerated.
        regenerated: String,
    },
    /// A value differs.
    Value {
        /// The row, counted from 1, or the id of a claim.
        row: String,
        /// Column.
        column: String,
        /// As committed.
        committed: String,
        /// As regenerated.
        regenerated: String,
        /// The relative change ("+3.8 %"); empty if it is not finite.
        moved: String,
        /// The difference that is allowed.
        allowed: String,
    },
    /// More rows of a column differ than the report lists.
    More {
        /// Column.
        column: String,
        /// The number of further rows.
        rows: usize,
        /// Whether only numbers differ in all of them.
        numbers: bool,
    },
}

impl What {
    /// Returns whether another processor may be the reason: numbers differ, or the digits in a text, but no
    /// verdict, word or structure.
    pub fn may_be_arithmetic(&self) -> bool {
        match self {
            What::Value { column, committed, regenerated, .. } => {
                !DEFINING.contains(&column.as_str())
                    && without_numbers(committed) == without_numbers(regenerated)
            }
            What::More { numbers, .. } => *numbers,
            _ => false,
        }
    }
}

/// The columns of claims that must be the same on every processor.
const DEFINING: [&str; 4] = ["verdict", "sentence", "kind", "bound"];

/// Returns a text without its numbers; all numbers, NaN and ∞ among them, are equal then.
fn without_numbers(text: &str) -> String {
    let is_number = text.parse::<f64>().is_ok() || text.is_empty();
    if is_number {
        return String::new();
    }
    let part_of_number = |c: char| c.is_ascii_digit() || ".,+-−⁻⁰¹²³⁴⁵⁶⁷⁸⁹·".contains(c);
    text.replace("e-", "").replace("e+", "").chars().filter(|&c| !part_of_number(c)).collect()
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let file = &self.file;
        match &self.what {
            What::ChangedByHand => {
                write!(f, "{file} was changed by hand: its SHA-256 is not the one in manifest.json")
            }
            What::Missing => write!(f, "{file} is in manifest.json, but not there"),
            What::Unknown => write!(f, "{file} is there, but not in manifest.json"),
            What::NeverRun => write!(f, "{file} has no results yet: run `gradus run` first"),
            What::Structure { what, committed, regenerated } => {
                write!(f, "{file}: {what}: committed {committed}, regenerated {regenerated}")
            }
            What::Value { row, column, committed, regenerated, moved, allowed } => {
                let moved = if moved.is_empty() { String::new() } else { format!(" ({moved})") };
                write!(
                    f,
                    "{file}, row {row}, column {column}: committed {committed}, regenerated \
                     {regenerated}{moved}, allowed {allowed}"
                )
            }
            What::More { column, rows, .. } => write!(f, "{file}, column {column}: {rows} more rows differ"),
        }
    }
}

/// Numbers of a column that moved within their rule; displayed as a part of a sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    /// Column.
    pub column: String,
    /// The number of values that moved.
    pub values: usize,
    /// The number of all values.
    pub of: usize,
    /// The committed value with the largest relative change.
    pub from: f64,
    /// The regenerated value in the same row.
    pub to: f64,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Drift { column, values, of, from, to } = self;
        let moved = relative(*from, *to);
        let moved = if moved.is_empty() { String::new() } else { format!(" ({moved})") };
        write!(
            f,
            "column {column}: {values} of {of} values moved within what is allowed, the most from {from} to \
             {to}{moved}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_may_differ_on_another_processor_but_words_and_verdicts_may_not() {
        let value = |column: &str, committed: &str, regenerated: &str| What::Value {
            row: "1".into(),
            column: column.into(),
            committed: committed.into(),
            regenerated: regenerated.into(),
            moved: String::new(),
            allowed: String::new(),
        };
        assert!(value("loss", "0.25", "NaN").may_be_arithmetic());
        assert!(value("certificate", "‖∇f‖ = 1.2e-9 at 3", "‖∇f‖ = 4e-10 at 3").may_be_arithmetic());
        assert!(!value("end", "converged", "diverged").may_be_arithmetic());
        assert!(!value("verdict", "holds", "refuted").may_be_arithmetic());
        assert!(!What::NeverRun.may_be_arithmetic());
    }
}
