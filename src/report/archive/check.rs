//! Runs that were made again, compared with those of the archive by the rules of `gradus verify`.

use crate::compare::suite::{Rerun, views};
use crate::report::verify::{Difference, compare_tables};

/// What a check has found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// The differences that the rules do not allow.
    pub differing: Vec<String>,
    /// The numbers that differ because the archive comes from another arithmetic.
    pub elsewhere: Vec<String>,
    /// The changes within the rules, by column.
    pub moved: Vec<String>,
}

/// Compares runs that were made again with those of the archive. On the same arithmetic every number of a run
/// must come again; on another one, runs are judged as in the results of a study, and numbers that differ are
/// listed.
pub fn check(name: &str, rerun: &Rerun) -> Checked {
    let Rerun { archived, again, arithmetic, .. } = rerun;
    let same = arithmetic.is_none();
    let [old, new] = [archived, again].map(|runs| if same { runs.runs_table() } else { views::runs(runs) });
    let found = compare_tables(&old, &new);
    let file = format!("{name}/runs.parquet");
    let (elsewhere, differing): (Vec<_>, Vec<_>) =
        found.differing.into_iter().partition(|what| !same && what.may_be_arithmetic());
    let line = |what| Difference { file: file.clone(), what }.to_string();
    Checked {
        differing: differing.into_iter().map(line).collect(),
        elsewhere: elsewhere.into_iter().map(line).collect(),
        moved: found.moved.iter().map(|drift| format!("{file}, {drift}")).collect(),
    }
}
