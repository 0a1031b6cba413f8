//! What differs between the committed results and fresh ones.

mod compare;

use crate::claim::{Bound, Claim, Kind, Verdict};
use crate::error::Result;
use crate::files;
use crate::findings::Findings;
use crate::report::claims;
use crate::report::manifest::{self, Manifest};
use crate::report::results::Results;
use std::fmt;

/// One thing that differs; displayed as one line.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The file, from the folder above the results: "results/momentum/rates.csv".
    pub file: String,
    /// What differs there.
    pub what: What,
}

/// What differs in a file.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The file is not as it was written.
    ChangedByHand,
    /// The file is in the manifest, but not there.
    Missing,
    /// The file is there, but not in the manifest.
    Unknown,
    /// The study has no results yet.
    NeverRun,
    /// The structure differs: columns, rows, tables, figures, claims.
    Structure {
        /// What was counted or named.
        what: String,
        /// As committed.
        committed: String,
        /// As regenerated.
        regenerated: String,
    },
    /// A value differs.
    Value {
        /// Row, from 1, or a claim's id.
        row: String,
        /// Column.
        column: String,
        /// As committed.
        committed: String,
        /// As regenerated.
        regenerated: String,
        /// By how much it moved ("+3.8 %"), where that says something.
        moved: String,
        /// How much they may differ.
        allowed: String,
    },
    /// More rows of a column differ than are listed.
    More {
        /// Column.
        column: String,
        /// How many more.
        rows: usize,
    },
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
            What::More { column, rows } => write!(f, "{file}, column {column}: {rows} more rows differ"),
        }
    }
}

/// Numbers of a column that moved as much as their rule allows; displayed as a part of a sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    /// Column.
    pub column: String,
    /// How many values moved.
    pub values: usize,
    /// Of how many.
    pub of: usize,
    /// The value that moved most, relative to itself, as committed.
    pub from: f64,
    /// The same as regenerated.
    pub to: f64,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Drift { column, values, of, from, to } = self;
        let moved = compare::relative(*from, *to);
        let moved = if moved.is_empty() { String::new() } else { format!(" ({moved})") };
        write!(
            f,
            "column {column}: {values} of {of} values moved within what is allowed, the most from {from} to \
             {to}{moved}"
        )
    }
}

/// What a comparison of a study's committed results with fresh ones gives.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Comparison {
    /// What differs; empty if the results are confirmed.
    pub differences: Vec<Difference>,
    /// What moved within its rule, with its file.
    pub moved: Vec<(String, Drift)>,
}

/// Everything in which a study's committed results differ from fresh ones: files changed since they were
/// written, tables by each column's rule, claims by their kind; and what moved within its rule.
///
/// # Errors
///
/// [`crate::error::Error::Io`], [`crate::error::Error::Data`] if the committed files cannot be read.
pub fn verify(results: &Results, study: &str, fresh: &Findings) -> Result<Comparison> {
    let manifest = results.manifest()?;
    if !manifest.studies.contains_key(study) || !results.folder(study).is_dir() {
        let differences = vec![Difference { file: named(results, study), what: What::NeverRun }];
        return Ok(Comparison { differences, moved: Vec::new() });
    }
    let mut moved = Vec::new();
    let mut differences = changed_files(results, &manifest, &format!("{study}/"))?;
    let list = |names: Vec<String>| if names.is_empty() { "none".into() } else { names.join(", ") };
    let committed = &manifest.studies[study];
    let names = [
        (
            "tables",
            committed.tables.iter().map(|t| t.name.clone()).collect(),
            fresh.tables.iter().map(|t| t.name.clone()).collect(),
        ),
        (
            "figures",
            committed.figures.iter().map(|t| t.name.clone()).collect(),
            fresh.figures.iter().map(|t| t.name.clone()).collect::<Vec<String>>(),
        ),
    ];
    for (what, old, new) in names {
        let (old, new): (Vec<String>, Vec<String>) = (old, new);
        if old != new {
            let what = What::Structure { what: what.into(), committed: list(old), regenerated: list(new) };
            differences.push(Difference { file: named(results, study), what });
        }
    }
    for table in &fresh.tables {
        let path = results.folder(study).join(format!("{}.csv", table.name));
        if path.is_file() {
            let file = named(results, &format!("{study}/{}.csv", table.name));
            let found = compare::table(&path, table)?;
            differences
                .extend(found.differing.into_iter().map(|what| Difference { file: file.clone(), what }));
            moved.extend(found.moved.into_iter().map(|drift| (file.clone(), drift)));
        }
    }
    let path = results.folder(study).join("claims.csv");
    if path.is_file() {
        let file = named(results, &format!("{study}/claims.csv"));
        let found = compare_claims(&claims::read(&path)?, &fresh.claims);
        differences.extend(found.into_iter().map(|what| Difference { file: file.clone(), what }));
    }
    Ok(Comparison { differences, moved })
}

/// The files in the folder of results that are not as they were written, pages and wall-clock times included.
/// Needs no run, so that it takes no time.
///
/// # Errors
///
/// [`crate::error::Error::Io`], [`crate::error::Error::Data`] if the manifest cannot be read.
pub fn verify_files(results: &Results) -> Result<Vec<Difference>> {
    changed_files(results, &results.manifest()?, "")
}

/// Files whose names begin with a prefix and that differ from the manifest.
fn changed_files(results: &Results, manifest: &Manifest, prefix: &str) -> Result<Vec<Difference>> {
    let mut differences = Vec::new();
    let mut differs = |name: &str, what| differences.push(Difference { file: named(results, name), what });
    for (name, hash) in manifest.files.iter().filter(|(name, _)| name.starts_with(prefix)) {
        let path = results.root.join(name);
        if !path.is_file() {
            differs(name, What::Missing);
        } else if manifest::sha256(&path)? != *hash {
            differs(name, What::ChangedByHand);
        }
    }
    if results.root.is_dir() {
        for path in files::below(&results.root)? {
            let name = manifest::relative(&results.root, &path);
            if name.starts_with(prefix) && name != manifest::FILE && !manifest.files.contains_key(&name) {
                differs(&name, What::Unknown);
            }
        }
    }
    Ok(differences)
}

/// A file as people name it: with the name of the folder of results.
fn named(results: &Results, name: &str) -> String {
    let root = results
        .root
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_else(|| "results".into());
    format!("{root}/{name}")
}

/// Claims by their kind: exact ones to rounding or their own tolerance, statistical ones within 5 % or their
/// interval, of timings only the verdict, and that only if both are decided.
fn compare_claims(committed: &[(Claim, Verdict)], fresh: &[Claim]) -> Vec<What> {
    let ids = |list: Vec<&str>| if list.is_empty() { "none".to_string() } else { list.join(", ") };
    let (old, new): (Vec<&str>, Vec<&str>) = (
        committed.iter().map(|(c, _)| c.id.as_str()).collect(),
        fresh.iter().map(|c| c.id.as_str()).collect(),
    );
    let mut differences = Vec::new();
    if old != new {
        differences.push(What::Structure {
            what: "claims".into(),
            committed: ids(old),
            regenerated: ids(new),
        });
    }
    for claim in fresh {
        if let Some((old, verdict)) = committed.iter().find(|(old, _)| old.id == claim.id) {
            compare_claim(old, *verdict, claim, &mut differences);
        }
    }
    differences
}

fn compare_claim(old: &Claim, old_verdict: Verdict, new: &Claim, differences: &mut Vec<What>) {
    let mut differs = |column: &str, committed: String, regenerated: String, allowed: String| {
        let moved =
            if column == "measured" { compare::relative(old.measured, new.measured) } else { String::new() };
        differences.push(What::Value {
            row: old.id.clone(),
            column: column.into(),
            committed,
            regenerated,
            moved,
            allowed,
        });
    };
    let words = [
        ("sentence", old.sentence.clone(), new.sentence.clone()),
        ("kind", old.kind.to_string(), new.kind.to_string()),
        ("bound", claims::bound(&old.bound), claims::bound(&new.bound)),
    ];
    for (column, committed, regenerated) in words {
        if committed != regenerated {
            differs(column, committed, regenerated, "the same".into());
        }
    }
    let open = new.kind == Kind::Timing
        && (old_verdict == Verdict::Undecided || new.verdict() == Verdict::Undecided);
    if old_verdict != new.verdict() && !open {
        differs("verdict", old_verdict.to_string(), new.verdict().to_string(), "the same".into());
    }
    if let Some(room) = room(old)
        && !compare::near(old.measured, new.measured, room)
    {
        differs("measured", old.measured.to_string(), new.measured.to_string(), format!("± {room:.1e}"));
    }
}

/// How much a claim's measured value may move; `None` for any amount.
fn room(claim: &Claim) -> Option<f64> {
    let value = claim.measured.abs();
    match (claim.kind, claim.bound) {
        (Kind::Timing, _) => None,
        (Kind::Exact, Bound::Equals { tolerance, .. }) => Some((1e-6 * value + 1e-9).max(tolerance)),
        (Kind::Exact, _) => Some(1e-6 * value + 1e-9),
        (Kind::Statistical, _) => Some((0.05 * value).max(claim.interval.1 - claim.interval.0)),
    }
}

#[cfg(test)]
mod tests;
