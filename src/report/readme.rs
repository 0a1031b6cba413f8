//! The tables in the project's README that commands write, each between two lines that name the command.

use crate::compare::suite::ProblemArea;
use crate::error::{Error, Result};
use crate::report::numbers::digits;
use crate::table::Table;
use std::fmt::Write;

/// A place in the README: the two lines between which a command writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    begin: &'static str,
    end: &'static str,
}

/// The comparison with other libraries.
pub const PEERS: Place =
    Place { begin: "<!-- Written by `make peers`. -->", end: "<!-- The end of what `make peers` wrote. -->" };

/// The ranks of the standard comparison.
pub const RANKS: Place = Place {
    begin: "<!-- Written by `gradus run comparison`. -->",
    end: "<!-- The end of what `gradus run comparison` wrote. -->",
};

impl Place {
    /// Returns the README with a new block in this place and all other text unchanged.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] if the two lines are missing or in the wrong order.
    pub fn filled(self, readme: &str, block: &str) -> Result<String> {
        let Place { begin, end } = self;
        let missing = || Error::Unsupported {
            what: format!("the README has no lines '{begin}' and '{end}'"),
            remedy: "put them where the table is to stand",
        };
        let (before, rest) = readme.split_once(begin).ok_or_else(missing)?;
        let (_, after) = rest.split_once(end).ok_or_else(missing)?;
        Ok(format!("{before}{begin}\n\n{block}\n{end}{after}"))
    }
}

/// Returns the tables `ranks` and `ranks_by_area` of the study `comparison` as the README shows them: the
/// mean rank over all problems and over those of each area, with intervals, the number of problems on which
/// the optimizer was the best, and the number on which it reached the target.
///
/// # Errors
///
/// [`Error::UnknownName`] if a column is missing.
pub fn ranks(table: &Table, by_area: &Table) -> Result<String> {
    let (names, overall, areas) = (texts(table, "optimizer")?, cells(table)?, cells(by_area)?);
    let [best, solved, problems] = ["best_on", "solved", "problems"].map(|name| table.floats(name));
    let (best, solved, problems) = (best?, solved?, problems?);
    let (area_of, optimizer_of) = (texts(by_area, "area")?, texts(by_area, "optimizer")?);
    let shown: Vec<&str> = ProblemArea::ALL
        .iter()
        .map(|area| area.words())
        .filter(|area| area_of.iter().any(|a| a == area))
        .collect();
    let within = |area: &str, name: &str| {
        let row = (0..by_area.rows()).find(|&row| area_of[row] == area && optimizer_of[row] == name);
        row.map_or("–", |row| areas[row].as_str())
    };
    let mut text = format!(
        "| optimizer | mean rank, with its interval | {} | best on | reached the target on |\n\
         |:--|:--|{}--:|:--|\n",
        shown.join(" | "),
        ":--|".repeat(shown.len())
    );
    for (row, name) in names.iter().enumerate() {
        let by_area: Vec<&str> = shown.iter().map(|area| within(area, name)).collect();
        let _ = writeln!(
            text,
            "| {name} | {} | {} | {} | {} of {} |",
            overall[row],
            by_area.join(" | "),
            best[row],
            solved[row],
            problems[row]
        );
    }
    Ok(text)
}

fn texts(table: &Table, column: &str) -> Result<Vec<String>> {
    let values = &table.get(column)?.values;
    Ok((0..table.rows()).map(|row| values.cell(row)).collect())
}

/// Returns the mean rank of each row with its interval, "7.02 [5.06, 8.96]"; a dash where there is none.
fn cells(table: &Table) -> Result<Vec<String>> {
    let [rank, low, high] = ["mean_rank", "low", "high"].map(|name| table.floats(name));
    let (rank, low, high) = (rank?, low?, high?);
    let cell = |row: usize| {
        let [rank, low, high] = [rank[row], low[row], high[row]].map(|value| digits(value, 3));
        format!("{rank} [{low}, {high}]")
    };
    Ok((0..table.rows()).map(|row| if rank[row].is_nan() { "–".into() } else { cell(row) }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_filled_and_nothing_else_is_touched() {
        let readme = format!("before\n{}\nold\n{}\nafter\n", RANKS.begin, RANKS.end);
        let new = RANKS.filled(&readme, "new\n").unwrap();
        assert_eq!(new, format!("before\n{}\n\nnew\n\n{}\nafter\n", RANKS.begin, RANKS.end));
        assert_eq!(RANKS.filled(&new, "new\n").unwrap(), new);
        assert!(matches!(PEERS.filled(&readme, "new"), Err(Error::Unsupported { .. })));
    }

    #[test]
    fn ranks_stand_with_their_intervals() {
        let table = Table::new("ranks", "")
            .text("optimizer", ["lbfgs"])
            .float("mean_rank", [6.25])
            .float("low", [4.454545])
            .float("high", [8.2727])
            .integer("best_on", [3])
            .integer("solved", [20])
            .integer("problems", [21]);
        let by_area = Table::new("ranks_by_area", "")
            .text("area", ["nets", "functions", "functions"])
            .text("optimizer", ["lbfgs", "sr1", "lbfgs"])
            .float("mean_rank", [f64::NAN, 2.0, 1.5])
            .float("low", [f64::NAN, 1.0, 1.25])
            .float("high", [f64::NAN, 3.0, 4.126]);
        let text = ranks(&table, &by_area).unwrap();
        assert!(
            text.starts_with("| optimizer | mean rank, with its interval | functions | nets | best on |")
        );
        let row = "\n| lbfgs | 6.25 [4.45, 8.27] | 1.5 [1.25, 4.13] | – | 3 | 20 of 21 |\n";
        assert!(text.ends_with(row), "{text}");
    }
}
