//! Reads CSV files as tables. Every error names the line.

use crate::error::{DataProblem, Error, Result};
use crate::table::{Table, Values};
use ::csv::{ReaderBuilder, StringRecord};
use std::path::Path;

/// The cells of a CSV file, as text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cells {
    /// The names of the columns.
    pub header: Vec<String>,
    /// The rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
}

/// Reads a CSV file as a table that is named after the file.
///
/// A column holds whole numbers if all its cells are such; floats if all cells are numbers, `NaN`, `inf`,
/// `-inf` or empty (NaN); and text otherwise. A number with leading zeros is text.
///
/// # Errors
///
/// [`Error::Io`] if the file cannot be read, [`Error::Data`] with the line if it is not a CSV file.
pub fn read_csv(path: &Path) -> Result<Table> {
    let Cells { header, rows } = read_cells(path)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut table = Table::new(name, "");
    for (i, column) in header.into_iter().enumerate() {
        let cells: Vec<&str> = rows.iter().map(|row| row[i].as_str()).collect();
        table = match typed(&cells) {
            Values::Float(v) => table.float(column, v),
            Values::Integer(v) => table.integer(column, v),
            Values::Text(v) => table.text(column, v),
        };
    }
    Ok(table)
}

/// Reads the cells of a CSV file.
///
/// # Errors
///
/// As [`read_csv`].
pub fn read_cells(path: &Path) -> Result<Cells> {
    let bytes = std::fs::read(path).map_err(|source| Error::io("read", path, source))?;
    parse(&bytes).map_err(|problem| Error::Data { path: path.into(), format: "a CSV file", problem })
}

/// Splits CSV text into cells: commas, double quotes, quotes doubled inside quotes, LF or CRLF.
fn parse(bytes: &[u8]) -> Result<Cells, DataProblem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = 1 + bytes[..error.valid_up_to()].iter().filter(|b| **b == b'\n').count();
        wrong(line, "it is not UTF-8 text")
    })?;
    // The reader of csv takes off a mark of UTF-8 by itself; taking it off here too would remove a second
    // one.
    check_quotes(text.strip_prefix('\u{feff}').unwrap_or(text))?;
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut cells = Cells::default();
    for (number, record) in reader.records().enumerate() {
        let record = record.map_err(|error| wrong(1, error.to_string()))?;
        let row: Vec<String> = record.iter().map(String::from).collect();
        if number == 0 {
            cells.header = row;
        } else if row.len() == cells.header.len() {
            cells.rows.push(row);
        } else {
            let reason = format!("it has {} cells, the header {}", row.len(), cells.header.len());
            return Err(wrong(line_of(text, &record), reason));
        }
    }
    Ok(cells)
}

fn wrong(line: usize, reason: impl Into<String>) -> DataProblem {
    DataProblem::Line { line, reason: reason.into() }
}

/// Refuses quotes that csv would read somehow, though the text is damaged: one inside a cell that does not
/// begin with a quote, one that is followed by text, and one that is not closed.
fn check_quotes(text: &str) -> Result<(), DataProblem> {
    let mut open = None;
    for (at, _) in text.match_indices('"') {
        let (before, after) = (text[..at].chars().next_back(), text[at + 1..].chars().next());
        open = match open {
            None if !matches!(before, None | Some(',' | '\n' | '"')) => {
                let reason = "there is a quote inside a cell that does not begin with one";
                return Err(wrong(line_at(text, at), reason));
            }
            Some(_) if !matches!(after, None | Some(',' | '\r' | '\n' | '"')) => {
                return Err(wrong(line_at(text, at), "there is text after a closing quote"));
            }
            None => Some(at),
            Some(_) => None,
        };
    }
    open.map_or(Ok(()), |at| Err(wrong(line_at(text, at), "a quote is not closed")))
}

/// Returns the number of the line in which a record begins. csv counts it from the end of the record before,
/// and so takes empty lines for a part of the record.
fn line_of(text: &str, record: &StringRecord) -> usize {
    let start = record.position().map_or(0, |position| position.byte() as usize);
    let record = text[start..].trim_start_matches(['\r', '\n']);
    line_at(text, text.len() - record.len())
}

fn line_at(text: &str, byte: usize) -> usize {
    1 + text[..byte].matches('\n').count()
}

/// Returns the cells as the narrowest type that holds all of them.
fn typed(cells: &[&str]) -> Values {
    let whole: Option<Vec<i64>> =
        cells.iter().map(|cell| cell.parse().ok().filter(|i: &i64| i.to_string() == *cell)).collect();
    if let Some(whole) = whole.filter(|w| !w.is_empty()) {
        return Values::Integer(whole);
    }
    let floats: Option<Vec<f64>> =
        cells.iter().map(|cell| if cell.is_empty() { Some(f64::NAN) } else { float(cell) }).collect();
    match floats {
        Some(floats) if cells.iter().any(|cell| !cell.is_empty()) => Values::Float(floats),
        _ => Values::Text(cells.iter().map(|cell| cell.to_string()).collect()),
    }
}

/// Reads a float in the form in which polars or Rust writes it.
pub(crate) fn float(cell: &str) -> Option<f64> {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let number = digits.starts_with(|c: char| c.is_ascii_digit()) && !cell.ends_with('.');
    let padded = digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit();
    if matches!(cell, "NaN" | "inf" | "-inf") || (number && !padded) { cell.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> (usize, String) {
        match parse(bytes) {
            Err(DataProblem::Line { line, reason }) => (line, reason),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_mark_of_utf8_is_taken_off_and_lines_are_counted_behind_it() {
        assert_eq!(parse("\u{feff}a,b\n".as_bytes()).unwrap().header, ["a", "b"]);
        assert_eq!(parse("\u{feff}\u{feff}a\n".as_bytes()).unwrap().header, ["\u{feff}a"]);
        assert_eq!(refused("\u{feff}a,b\n\n1\n".as_bytes()).0, 3);
        assert_eq!(refused("\u{feff}\"a\" b\n".as_bytes()).0, 1);
    }

    #[test]
    fn types_are_inferred() {
        assert_eq!(typed(&["1", "-2"]), Values::Integer(vec![1, -2]));
        assert_eq!(typed(&["1", "2.5"]), Values::Float(vec![1.0, 2.5]));
        assert!(matches!(typed(&["1", "NaN", "", "-inf", "1e-9"]), Values::Float(_)));
        for words in [
            &["01", "02"][..],
            &["1", "a"],
            &["1."],
            &["infinity"],
            &["nan"],
            &["+1"],
            &["1_000"],
            &["00.5"],
            &["", ""],
            &["-"],
            &["e5"],
        ] {
            assert!(matches!(typed(words), Values::Text(_)), "{words:?}");
        }
        assert!(matches!(typed(&["99999999999999999999"]), Values::Float(_)));
        assert_eq!(typed(&[]), Values::Text(vec![]));
    }

    #[test]
    fn a_complaint_names_the_line() {
        assert_eq!(refused(b"a,b\n1,2\n3\n").0, 3);
        assert_eq!(refused(b"a,b\n\"x\ny\",2\n3,4,5\n"), (4, "it has 3 cells, the header 2".into()));
        assert_eq!(refused(b"a\n\"open\n\n\n").0, 2);
        assert_eq!(refused(b"a\n\"x\"y\n").0, 2);
        assert_eq!(refused(b"a\nx\"y\n").0, 2);
        assert_eq!(refused(b"a\nb\n\xff\xfe\n").0, 3);
    }

    #[test]
    fn line_ends_of_both_kinds_and_no_last_one() {
        let expected = Cells {
            header: vec!["a".into(), "b".into()],
            rows: vec![vec!["1".into(), "".into()], vec!["x,\"y".into(), "2".into()]],
        };
        assert_eq!(parse(b"a,b\n1,\n\"x,\"\"y\",2").unwrap(), expected);
        assert_eq!(parse(b"\xef\xbb\xbfa,b\r\n1,\r\n\r\n\"x,\"\"y\",2\r\n").unwrap(), expected);
        assert_eq!(parse(b"").unwrap(), Cells::default());
    }

    #[test]
    fn garbled_bytes_never_panic() {
        let good = b"name,x\n\"a,\"\"b\",1.5\nc,NaN\n";
        for i in 0..good.len() {
            for byte in [0, b'"', b',', b'\n', 0xff, b'9'] {
                let mut bad = good.to_vec();
                bad[i] = byte;
                let _ = parse(&bad);
                let _ = parse(&good[..i]);
            }
        }
    }
}
