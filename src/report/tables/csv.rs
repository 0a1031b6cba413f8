//! CSV files back into tables, with the line in every complaint.

use crate::error::{DataProblem, Error, Result};
use crate::table::{Table, Values};
use std::path::Path;

/// The cells of a CSV file as they stand there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cells {
    /// Names of the columns.
    pub header: Vec<String>,
    /// Rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
}

/// Reads a CSV file as a table named after the file. A column is of whole numbers, of floats (any with a
/// decimal point, an exponent, `NaN` or `inf`; an empty cell is NaN), or else of words; numbers with leading
/// zeros are words.
///
/// # Errors
///
/// [`Error::Io`] if it cannot be read, [`Error::Data`] with the line if it is no CSV file.
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

/// Cells of CSV text: commas, double quotes, quotes doubled inside quotes, LF or CRLF.
fn parse(bytes: &[u8]) -> Result<Cells, DataProblem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = 1 + bytes[..error.valid_up_to()].iter().filter(|b| **b == b'\n').count();
        wrong(line, "it is not UTF-8 text")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut records = Records { rest: text, line: 1 };
    let Some((_, header)) = records.next_record()? else { return Ok(Cells::default()) };
    let mut rows = Vec::new();
    while let Some((line, row)) = records.next_record()? {
        if row.len() != header.len() {
            return Err(wrong(line, format!("it has {} cells, the header {}", row.len(), header.len())));
        }
        rows.push(row);
    }
    Ok(Cells { header, rows })
}

fn wrong(line: usize, reason: impl Into<String>) -> DataProblem {
    DataProblem::Line { line, reason: reason.into() }
}

struct Records<'a> {
    rest: &'a str,
    line: usize,
}

impl Records<'_> {
    /// The next record with the line where it begins; empty lines are passed over.
    fn next_record(&mut self) -> Result<Option<(usize, Vec<String>)>, DataProblem> {
        while let Some(rest) = self.rest.strip_prefix("\r\n").or(self.rest.strip_prefix('\n')) {
            self.rest = rest;
            self.line += 1;
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        let begin = self.line;
        let mut record = Vec::new();
        loop {
            record.push(if self.rest.starts_with('"') { self.quoted()? } else { self.bare()? });
            if let Some(rest) = self.rest.strip_prefix(',') {
                self.rest = rest;
                continue;
            }
            if let Some(rest) = self.rest.strip_prefix("\r\n").or(self.rest.strip_prefix('\n')) {
                self.rest = rest;
                self.line += 1;
            } else if !self.rest.is_empty() {
                return Err(wrong(self.line, "there is text after a closing quote"));
            }
            return Ok(Some((begin, record)));
        }
    }

    fn bare(&mut self) -> Result<String, DataProblem> {
        let end = self.rest.find([',', '\n', '"']).unwrap_or(self.rest.len());
        if self.rest[end..].starts_with('"') {
            return Err(wrong(self.line, "there is a quote inside a cell that does not begin with one"));
        }
        let end = if self.rest[end..].starts_with('\n') && self.rest[..end].ends_with('\r') {
            end - 1
        } else {
            end
        };
        let (cell, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(cell.to_string())
    }

    fn quoted(&mut self) -> Result<String, DataProblem> {
        let begin = self.line;
        let mut cell = String::new();
        self.rest = &self.rest[1..];
        loop {
            let Some(end) = self.rest.find('"') else { return Err(wrong(begin, "a quote is not closed")) };
            cell.push_str(&self.rest[..end]);
            self.line += self.rest[..end].matches('\n').count();
            self.rest = &self.rest[end + 1..];
            match self.rest.strip_prefix('"') {
                Some(rest) => {
                    cell.push('"');
                    self.rest = rest;
                }
                None => return Ok(cell),
            }
        }
    }
}

/// The narrowest type that holds all cells.
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

/// A float as polars or Rust writes it.
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
