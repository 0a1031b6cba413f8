//! Comparing the committed results of a study with fresh ones, and the files with the manifest.

use super::claims::compare_claims;
use super::compare;
use super::difference::{Difference, Drift, What};
use crate::error::Result;
use crate::files;
use crate::findings::Findings;
use crate::report::claims;
use crate::report::manifest::{self, Manifest};
use crate::report::results::Results;

/// The outcome of comparing a study's committed results with fresh ones.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Comparison {
    /// The differences; none if the results are confirmed.
    pub differences: Vec<Difference>,
    /// The changes within the rules, each with its file.
    pub moved: Vec<(String, Drift)>,
}

/// Compares a study's committed results with fresh ones: files with their hashes, tables by the rule of each
/// column, claims by their kind.
///
/// # Errors
///
/// [`crate::error::Error::Io`] or [`crate::error::Error::Data`] if the committed files cannot be read.
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

/// Returns the files in the folder of results that changed after they were written, including pages and
/// wall-clock times. No study runs.
///
/// # Errors
///
/// [`crate::error::Error::Io`] or [`crate::error::Error::Data`] if the manifest cannot be read.
pub fn verify_files(results: &Results) -> Result<Vec<Difference>> {
    changed_files(results, &results.manifest()?, "")
}

/// Returns the files whose names begin with a prefix and that differ from the manifest.
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

/// Returns the name of a file for readers, with the name of the folder of results.
fn named(results: &Results, name: &str) -> String {
    let root = results
        .root
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_else(|| "results".into());
    format!("{root}/{name}")
}
