//! Claims as a table and back. Every number is written in a form that reads back as the same number.

use crate::claim::{Bound, Claim, Kind, Origin, Verdict};
use crate::error::{DataProblem, Error, Result};
use crate::report::numbers::{digits, plain};
use crate::report::tables::csv::{self, Cells};
use crate::table::{Rule, Table, Values};
use std::path::Path;

/// The columns of `claims.csv`.
const COLUMNS: [&str; 13] = [
    "id", "notebook", "kind", "sentence", "measured", "bound", "low", "high", "verdict", "source", "origin",
    "reading", "note",
];

/// Returns the claims as a table named `claims`, with the columns id, notebook, kind, sentence, measured,
/// bound, low, high, verdict, source, origin (who makes the claim), reading (how an idea of the source was
/// made strict), note.
///
/// ```
/// use gradus::claim::{Bound, Claim};
/// let claim = Claim::exact("a", "01", "a is at most 2", "lecture").measured(1.5, Bound::AtMost(2.0));
/// let table = gradus::report::claims::table(&[claim]);
/// assert_eq!(table.get("bound").unwrap().values.cell(0), "≤ 2");
/// ```
pub fn table(claims: &[Claim]) -> Table {
    let words =
        |name: &str, table: Table, word: &dyn Fn(&Claim) -> String| table.text(name, claims.iter().map(word));
    let numbers = |name: &str, table: Table, number: &dyn Fn(&Claim) -> f64| {
        table.column(name, Values::Float(claims.iter().map(number).collect()), Rule::Timing)
    };
    let mut table = Table::new("claims", "Claims with their measurements and verdicts");
    table = words("id", table, &|c| c.id.clone());
    table = words("notebook", table, &|c| c.notebook.clone());
    table = words("kind", table, &|c| c.kind.to_string());
    table = words("sentence", table, &|c| c.sentence.clone());
    table = numbers("measured", table, &|c| c.measured);
    table = words("bound", table, &|c| bound(&c.bound));
    table = numbers("low", table, &|c| c.interval.0);
    table = numbers("high", table, &|c| c.interval.1);
    table = words("verdict", table, &|c| c.verdict().to_string());
    table = words("source", table, &|c| c.source.clone());
    table = words("origin", table, &|c| c.origin.as_ref().map(Origin::to_string).unwrap_or_default());
    table = words("reading", table, &|c| match &c.origin {
        Some(Origin::Reading(how)) => how.clone(),
        _ => String::new(),
    });
    words("note", table, &|c| c.note.clone())
}

/// Reads a file `claims.csv`: each claim with the verdict in the file.
///
/// # Errors
///
/// [`Error::Io`] if the file cannot be read, [`Error::Data`] with the line if a column is missing or a cell
/// is not a number, kind, bound, verdict or origin as its column requires.
pub fn read(path: &Path) -> Result<Vec<(Claim, Verdict)>> {
    let cells = csv::read_cells(path)?;
    let wrong = |line, reason| Error::Data {
        path: path.into(),
        format: "a list of claims",
        problem: DataProblem::Line { line, reason },
    };
    if cells.header != COLUMNS {
        return Err(wrong(1, format!("its columns are not {}", COLUMNS.join(", "))));
    }
    claims(&cells).map_err(|(row, reason)| wrong(row + 2, reason))
}

fn claims(cells: &Cells) -> Result<Vec<(Claim, Verdict)>, (usize, String)> {
    let claim = |row: &[String]| -> Result<(Claim, Verdict), String> {
        let number = |i: usize| {
            csv::float(&row[i]).ok_or_else(|| format!("'{}' is no number for {}", row[i], COLUMNS[i]))
        };
        let kind =
            [Kind::Exact, Kind::Statistical, Kind::Timing].into_iter().find(|k| k.to_string() == row[2]);
        let verdict = [Verdict::Holds, Verdict::Refuted, Verdict::Undecided]
            .into_iter()
            .find(|v| v.to_string() == row[8]);
        let claim = Claim {
            id: row[0].clone(),
            notebook: row[1].clone(),
            kind: kind.ok_or_else(|| format!("'{}' is no kind of claim", row[2]))?,
            sentence: row[3].clone(),
            measured: number(4)?,
            bound: parse_bound(&row[5]).ok_or_else(|| format!("'{}' is no bound", row[5]))?,
            interval: (number(6)?, number(7)?),
            source: row[9].clone(),
            origin: origin(&row[10], &row[11])?,
            note: row[12].clone(),
        };
        Ok((claim, verdict.ok_or_else(|| format!("'{}' is no verdict", row[8]))?))
    };
    cells.rows.iter().enumerate().map(|(i, row)| claim(row).map_err(|reason| (i, reason))).collect()
}

/// Reads who makes a claim; none for a claim that leaves it open.
fn origin(word: &str, how: &str) -> Result<Option<Origin>, String> {
    let known = [Origin::Said, Origin::Reading(how.into()), Origin::Ours];
    match known.into_iter().find(|origin| origin.to_string() == word) {
        None if !word.is_empty() => Err(format!("'{word}' does not say who makes the claim")),
        found => Ok(found),
    }
}

/// Returns a bound with all its digits: "≤ 0.05", "= 2.302585092994046 ± 1e-6".
pub fn bound(bound: &Bound) -> String {
    match bound {
        Bound::Equals { value, tolerance } => format!("= {} ± {}", full(*value), full(*tolerance)),
        Bound::AtMost(bound) => format!("≤ {}", full(*bound)),
        Bound::AtLeast(bound) => format!("≥ {}", full(*bound)),
    }
}

/// Returns the shortest digits that read back as the same number, with an exponent for very large and very
/// small numbers.
fn full(value: f64) -> String {
    if value != 0.0 && value.is_finite() && !(1e-4..1e9).contains(&value.abs()) {
        format!("{value:e}")
    } else {
        format!("{value}")
    }
}

fn parse_bound(text: &str) -> Option<Bound> {
    let (sign, rest) = text.split_once(' ')?;
    match sign {
        "≤" => csv::float(rest).map(Bound::AtMost),
        "≥" => csv::float(rest).map(Bound::AtLeast),
        "=" => {
            let (value, tolerance) = rest.split_once(" ± ")?;
            Some(Bound::Equals { value: csv::float(value)?, tolerance: csv::float(tolerance)? })
        }
        _ => None,
    }
}

/// Counts the refuted claims by who makes them: "3 of what a source says, 12 of our readings, 4 of ours".
/// Empty if none is refuted.
pub(crate) fn refuted_by_origin(claims: &[&Claim]) -> String {
    let refuted = || claims.iter().filter(|c| c.verdict() == Verdict::Refuted);
    let count = |is: fn(&Origin) -> bool| refuted().filter(|c| c.origin.as_ref().is_some_and(is)).count();
    let said = count(|o| *o == Origin::Said);
    let readings = count(|o| matches!(o, Origin::Reading(_)));
    let ours = count(|o| *o == Origin::Ours);
    let open = refuted().count() - said - readings - ours;
    [
        (said, "of what a source says"),
        (readings, "of our stricter readings of a source"),
        (ours, "of our own sentences"),
        (open, "of nobody in particular"),
    ]
    .iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, of)| format!("{number} {of}"))
    .collect::<Vec<_>>()
    .join(", ")
}

/// Returns a bound with few digits, for readers.
pub(crate) fn short_bound(bound: &Bound) -> String {
    match bound {
        Bound::Equals { value, tolerance } if *tolerance == 0.0 => format!("= {}", digits(*value, 7)),
        Bound::Equals { value, tolerance } => format!("= {} ± {}", digits(*value, 7), plain(*tolerance)),
        Bound::AtMost(bound) => format!("≤ {}", plain(*bound)),
        Bound::AtLeast(bound) => format!("≥ {}", plain(*bound)),
    }
}

/// Returns the measured value with few digits, and with its interval if it has one.
pub(crate) fn measurement(claim: &Claim) -> String {
    let (low, high) = claim.interval;
    if claim.measured.is_nan() {
        "not measured".into()
    } else if low == high {
        let fine = matches!(claim.bound, Bound::Equals { .. });
        digits(claim.measured, if fine { 7 } else { 4 })
    } else {
        format!("{} [{}, {}]", plain(claim.measured), plain(low), plain(high))
    }
}

/// Returns a verdict with a sign, for readers who cannot tell the colors apart.
pub(crate) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "✓ holds",
        Verdict::Refuted => "✗ refuted",
        Verdict::Undecided => "? undecided",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tables;
    use std::fs;

    fn examples() -> Vec<Claim> {
        vec![
            Claim::exact("loss", "01", "At zero weights, \"the\" loss is ln 10", "lecture 3")
                .said()
                .measured(10f64.ln(), Bound::Equals { value: 10f64.ln(), tolerance: 1e-6 }),
            Claim::statistical("lr", "05", "x", "")
                .measured_within(0.1 + 0.2, (0.25, 1e-300), Bound::AtMost(1.0 / 3.0))
                .reading("to a third, \"or so\"")
                .note("a, b"),
            Claim::timing("fast", "05", "y", "").ours().measured_within(
                2.5,
                (2.0, 3.0),
                Bound::AtLeast(1.2e-7),
            ),
            Claim::exact("none", "01", "nothing measured", ""),
        ]
    }

    #[test]
    fn claims_read_back_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        tables::write(&table(&examples()), folder.path()).unwrap();
        let read = read(&folder.path().join("claims.csv")).unwrap();
        for ((claim, verdict), expected) in read.iter().zip(&examples()) {
            assert_eq!(*verdict, expected.verdict());
            assert_eq!(format!("{claim:?}"), format!("{expected:?}"));
        }
        assert_eq!(read.len(), 4);
    }

    #[test]
    fn refuted_claims_are_counted_by_who_makes_them() {
        let refuted = || Claim::exact("a", "01", "", "").measured(2.0, Bound::AtMost(1.0));
        let all = [refuted().said(), refuted().ours(), refuted().ours(), refuted().reading("x"), refuted()];
        let all: Vec<&Claim> = all.iter().collect();
        assert_eq!(
            refuted_by_origin(&all),
            "1 of what a source says, 1 of our stricter readings of a source, 2 of our own sentences, \
             1 of nobody in particular"
        );
        let holds = Claim::exact("a", "01", "", "").measured(0.0, Bound::AtMost(1.0)).said();
        assert_eq!(refuted_by_origin(&[&holds]), "");
    }

    #[test]
    fn a_garbled_list_names_its_line() {
        let folder = tempfile::tempdir().unwrap();
        tables::write(&table(&examples()), folder.path()).unwrap();
        let path = folder.path().join("claims.csv");
        let good = fs::read_to_string(&path).unwrap();
        for (from, to) in [
            ("statistical", "statistic"),
            ("undecided", "maybe"),
            ("≤ 0.33", "< 0.33"),
            ("2.5,", "2.5x,"),
            ("id,notebook", "id,book"),
            ("our reading", "my reading"),
        ] {
            assert!(good.contains(from), "{from}");
            fs::write(&path, good.replacen(from, to, 1)).unwrap();
            let refused = read(&path).unwrap_err().to_string();
            assert!(refused.contains("line ") && refused.contains("claims.csv"), "{refused}");
        }
    }
}
