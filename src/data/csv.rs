//! Comma-separated whole numbers without a header: the features of an example, then its class.
//!
//! A gzipped file is recognized by its first bytes, whatever its name.
//!
//! The lines are split here, not by the crate `csv`, which skips empty lines, has no limit for the length of
//! a line, and would bring seven more crates to the core.

use super::input::Input;
use crate::error::{DataProblem, Error, Result};
use ndarray::Array2;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// What each line must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// The number of features *D*.
    pub features: usize,
    /// The largest value of a feature.
    pub largest: u8,
    /// The number of classes; labels go from 0 to one less.
    pub classes: usize,
    /// The most lines that are accepted.
    pub rows: usize,
}

const FORMAT: &str = "CSV";

/// Reads a file; see [`read`].
pub fn read_file(path: &Path, form: Form) -> Result<(Array2<u8>, Vec<u8>)> {
    rows(Input::open(path, FORMAT)?, path, form)
}

/// Reads features (*N* × *D*) and labels from any source of bytes; `path` is only for the messages.
///
/// ```
/// use gradus::data::csv::{self, Form};
/// let form = Form { features: 2, largest: 16, classes: 10, rows: 100 };
/// let (features, labels) = csv::read("0,16,3\n5,4,9\n".as_bytes(), "two.csv".as_ref(), form)?;
/// assert_eq!((features, labels), (ndarray::array![[0, 16], [5, 4]], vec![3, 9]));
/// let refused = csv::read("0,16,3\n5,red,9\n".as_bytes(), "red.csv".as_ref(), form).unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     "red.csv is not usable as CSV: line 2: field 2, \"red\", is not a whole number from 0 to 16"
/// );
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub fn read(source: impl Read, path: &Path, form: Form) -> Result<(Array2<u8>, Vec<u8>)> {
    rows(Input::new(source, path, FORMAT)?, path, form)
}

fn rows<R: Read>(input: Input<R>, path: &Path, form: Form) -> Result<(Array2<u8>, Vec<u8>)> {
    let problem = |problem| Error::Data { path: path.into(), format: FORMAT, problem };
    let (mut features, mut labels) = (Vec::new(), Vec::new());
    let mut lines = BufReader::new(input);
    let mut line = Vec::new();
    let mut blank = 0;
    while next_line(&mut lines, &mut line, form, labels.len() + blank + 1)? {
        // Spreadsheets write this mark of UTF-8 before the first line.
        if labels.is_empty() && blank == 0 && line.starts_with(b"\xef\xbb\xbf") {
            line.drain(..3);
        }
        // Blank lines are accepted at the end only; one before another example is reported below.
        if line.iter().all(u8::is_ascii_whitespace) {
            blank += 1;
            continue;
        }
        if blank > 0 {
            let reason = "it is blank, and more examples follow".into();
            return Err(problem(DataProblem::Line { line: labels.len() + 1, reason }));
        }
        if labels.len() == form.rows {
            let reason = format!("at most {} lines are accepted", form.rows);
            return Err(problem(DataProblem::Line { line: form.rows + 1, reason }));
        }
        let label = parse(&line, form, labels.len(), &mut features).map_err(problem)?;
        labels.push(label);
    }
    if labels.is_empty() {
        return Err(problem(DataProblem::Empty));
    }
    features.shrink_to_fit();
    let features =
        Array2::from_shape_vec((labels.len(), form.features), features).expect("each line gave its features");
    Ok((features, labels))
}

/// Puts the next line into `line` without its end; false at the end of the file. A line of more than 8 bytes
/// a field is not read further.
fn next_line<R: Read>(
    lines: &mut BufReader<Input<R>>,
    line: &mut Vec<u8>,
    form: Form,
    number: usize,
) -> Result<bool> {
    let longest = 8 * (form.features as u64 + 1);
    line.clear();
    let read = lines.by_ref().take(longest + 2).read_until(b'\n', line);
    read.map_err(|e| lines.get_ref().failure(e))?;
    if line.is_empty() {
        return Ok(false);
    }
    for end in [b'\n', b'\r'] {
        if line.last() == Some(&end) {
            line.pop();
        }
    }
    if line.len() as u64 > longest {
        let reason = format!("it is longer than {longest} bytes");
        return Err(lines.get_ref().problem(DataProblem::Line { line: number, reason }));
    }
    Ok(true)
}

/// Adds the features of one line to `features` and gives its label.
fn parse(line: &[u8], form: Form, index: usize, features: &mut Vec<u8>) -> Result<u8, DataProblem> {
    let refused = |reason| DataProblem::Line { line: index + 1, reason };
    let fields = line.split(|&b| b == b',').count();
    if fields != form.features + 1 {
        let s = if fields == 1 { "" } else { "s" };
        return Err(refused(format!("it has {fields} field{s}, not {}", form.features + 1)));
    }
    for (column, field) in line.split(|&b| b == b',').enumerate() {
        let most = if column < form.features { i64::from(form.largest) } else { i64::MAX };
        let Some(value) = whole_number(field).filter(|v| *v <= most && (*v >= 0 || column == form.features))
        else {
            let range = if column < form.features { format!(" from 0 to {most}") } else { String::new() };
            let shown = String::from_utf8_lossy(&field[..field.len().min(20)]).into_owned();
            return Err(refused(format!("field {}, {shown:?}, is not a whole number{range}", column + 1)));
        };
        if column < form.features {
            features.push(value as u8);
        } else if (0..form.classes as i64).contains(&value) && value <= 255 {
            return Ok(value as u8);
        } else {
            return Err(DataProblem::Label { index, label: value, max: form.classes.saturating_sub(1) });
        }
    }
    unreachable!("the last field gave the label")
}

/// A whole number in decimal, with spaces around it allowed.
fn whole_number(field: &[u8]) -> Option<i64> {
    std::str::from_utf8(field).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: Form = Form { features: 2, largest: 16, classes: 3, rows: 3 };

    fn problem(text: &str) -> String {
        match read(text.as_bytes(), "x".as_ref(), FORM).unwrap_err() {
            Error::Data { problem, .. } => problem.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn blank_lines_at_the_end_are_no_examples() {
        for end in ["", "\n", "\n\n", "\r\n\r\n", "\n  \n\t"] {
            let (_, labels) = read(format!("1,2,0\n3,4,1{end}").as_bytes(), "x".as_ref(), FORM).unwrap();
            assert_eq!(labels, [0, 1], "{end:?}");
        }
    }

    #[test]
    fn line_ends_of_both_kinds_and_a_missing_last_one_are_read() {
        let (features, labels) = read("1,2,0\r\n 3, 4 ,1\n5,6,2".as_bytes(), "x".as_ref(), FORM).unwrap();
        assert_eq!(features, ndarray::array![[1, 2], [3, 4], [5, 6]]);
        assert_eq!(labels, [0, 1, 2]);
        let marked = read("\u{feff}1,2,0\r\n3,4,1\r\n".as_bytes(), "x".as_ref(), FORM).unwrap();
        assert_eq!(marked, read("1,2,0\n3,4,1".as_bytes(), "x".as_ref(), FORM).unwrap());
        for end in ["", "\n", "\r\n"] {
            // A line that is as long as a line may be.
            let long = format!("{:>20},2,0{end}", 1);
            assert_eq!(read(long.as_bytes(), "x".as_ref(), FORM).unwrap().1, [0], "{end:?}");
        }
    }

    #[test]
    fn each_fault_has_its_sentence() {
        assert_eq!(problem(""), "it contains no examples");
        assert_eq!(problem("1,2,0\n1,2\n"), "line 2: it has 2 fields, not 3");
        assert_eq!(problem("1,2,0\n\n1,2,0\n"), "line 2: it is blank, and more examples follow");
        assert_eq!(problem("\n\r\n"), "it contains no examples");
        assert_eq!(problem("1\n"), "line 1: it has 1 field, not 3");
        assert_eq!(problem("1,17,0\n"), "line 1: field 2, \"17\", is not a whole number from 0 to 16");
        assert_eq!(problem("1,-1,0\n"), "line 1: field 2, \"-1\", is not a whole number from 0 to 16");
        assert_eq!(problem("1,2,x\n"), "line 1: field 3, \"x\", is not a whole number");
        assert_eq!(problem("1,2,3\n"), "the label of example 0 is 3, but labels go from 0 to 2");
        assert_eq!(problem("1,2,-1\n"), "the label of example 0 is -1, but labels go from 0 to 2");
        assert_eq!(problem(&"1,2,0\n".repeat(4)), "line 4: at most 3 lines are accepted");
        assert_eq!(problem(&"1".repeat(30)), "line 1: it is longer than 24 bytes");
        assert_eq!(problem("1;2;0\n"), "line 1: it has 1 field, not 3");
        assert_eq!(problem("\"1\",2,0\n"), r#"line 1: field 1, "\"1\"", is not a whole number from 0 to 16"#);
        assert_eq!(problem("\u{feff}"), "it contains no examples");
    }
}
