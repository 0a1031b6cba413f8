//! The tables in the project's README that commands write, each between two lines that name the command.

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

/// Returns the table `ranks` of the study `comparison` as the README shows it: the mean rank with its
/// interval, the number of problems on which the optimizer was the best, and the number on which it reached
/// the target.
///
/// # Errors
///
/// [`Error::UnknownName`] if a column is missing.
pub fn ranks(table: &Table) -> Result<String> {
    let optimizers = &table.get("optimizer")?.values;
    let [rank, low, high, best, solved, problems] =
        ["mean_rank", "low", "high", "best_on", "solved", "problems"].map(|name| table.floats(name));
    let (rank, low, high, best, solved, problems) = (rank?, low?, high?, best?, solved?, problems?);
    let mut text = String::from(
        "| optimizer | mean rank, with its interval | best on | reached the target on |\n|:--|:--|--:|:--|\n",
    );
    for row in 0..table.rows() {
        let name = optimizers.cell(row);
        let rank = [rank[row], low[row], high[row]].map(|value| digits(value, 3));
        let _ = writeln!(
            text,
            "| {name} | {} [{}, {}] | {} | {} of {} |",
            rank[0], rank[1], rank[2], best[row], solved[row], problems[row]
        );
    }
    Ok(text)
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
        assert!(
            ranks(&table).unwrap().ends_with("\n| lbfgs | 6.25 [4.45, 8.27] | 3 | 20 of 21 |\n"),
            "{}",
            ranks(&table).unwrap()
        );
    }
}
