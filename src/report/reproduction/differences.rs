//! The differences of a study's tables, kept beside its results so that an interrupted reproduction goes on.

use crate::error::Result;
use crate::report::tables;
use crate::report::verify::{Comparison, What};
use crate::table::{Table, Values};
use std::fmt;
use std::path::Path;

/// The kind of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A committed file is not as it was written.
    File,
    /// Tables, columns, rows, figures or claims differ.
    Structure,
    /// A value differs by more than its rule allows on the same arithmetic.
    Value,
    /// Values of a column moved within their rule.
    WithinRule,
}

impl Kind {
    const ALL: [Kind; 4] = [Kind::File, Kind::Structure, Kind::Value, Kind::WithinRule];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Kind::File => "committed file changed",
            Kind::Structure => "structure differs",
            Kind::Value => "beyond the rule of its column",
            Kind::WithinRule => "within the rule of its column",
        })
    }
}

/// The differences between the committed tables of a study and those made here, each as a kind and a
/// sentence.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Differences(pub Vec<(Kind, String)>);

impl Differences {
    /// Takes the differences of a comparison, without those of claims, which are paired one by one.
    pub fn of(comparison: &Comparison) -> Self {
        let kind = |what: &What| match what {
            What::ChangedByHand | What::Missing | What::Unknown => Kind::File,
            What::NeverRun | What::Structure { .. } => Kind::Structure,
            What::Value { .. } | What::More { .. } => Kind::Value,
        };
        let of_tables = comparison.differences.iter().filter(|found| !found.file.ends_with("/claims.csv"));
        let differing = of_tables.map(|found| (kind(&found.what), found.to_string()));
        let moved =
            comparison.moved.iter().map(|(file, drift)| (Kind::WithinRule, format!("{file}, {drift}")));
        Differences(differing.chain(moved).collect())
    }

    /// Returns the sentences of one kind.
    pub fn of_kind(&self, kind: Kind) -> Vec<&str> {
        self.0.iter().filter(|(known, _)| *known == kind).map(|(_, text)| text.as_str()).collect()
    }

    /// Writes the differences as a CSV file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let table = Table::new("differences", "")
            .text("kind", self.0.iter().map(|(kind, _)| kind.to_string()))
            .text("difference", self.0.iter().map(|(_, text)| text.clone()));
        tables::write_csv(&table, path)
    }

    /// Reads a file that [`write`](Differences::write) wrote; `None` if there is none that can be read.
    pub fn read(path: &Path) -> Option<Self> {
        let table = tables::read_csv(path).ok()?;
        let words = |name: &str| match &table.get(name).ok()?.values {
            Values::Text(words) => Some(words.clone()),
            _ if table.rows() == 0 => Some(Vec::new()),
            _ => None,
        };
        let kind = |word: &str| Kind::ALL.into_iter().find(|kind| kind.to_string() == word);
        let pairs = words("kind")?.into_iter().zip(words("difference")?);
        pairs.map(|(word, text)| Some((kind(&word)?, text))).collect::<Option<_>>().map(Differences)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d.csv");
        for differences in [
            Differences::default(),
            Differences(vec![(Kind::Value, "a \"b\", c".into()), (Kind::WithinRule, "d".into())]),
        ] {
            differences.write(&path).unwrap();
            assert_eq!(Differences::read(&path), Some(differences));
        }
        assert_eq!(Differences::read(&folder.path().join("none.csv")), None);
    }
}
