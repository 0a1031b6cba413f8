//! `results/manifest.json`: where each number comes from, and a SHA-256 of each file, so that a number
//! changed by hand is found and a run that would give the same again is not repeated.

mod json;
pub mod machine;

pub use machine::Machine;

use crate::error::{DataProblem, Error, Result};
use crate::files;
use crate::findings::Findings;
use crate::study::Study;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// Hash of the code of the floors that compute, and of the locked dependencies' versions.
///
/// Part of a study's key: `format!("{CODE_HASH}-{settings}")`.
pub const CODE_HASH: &str = concat!(env!("GRADUS_CODE_HASH"), "-", env!("GRADUS_LOCK_HASH"));

/// The manifest's file name.
pub const FILE: &str = "manifest.json";

/// What is known about the results of all studies.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Manifest {
    /// Studies by name.
    pub studies: BTreeMap<String, Entry>,
    /// When and where the wall-clock benchmarks ran.
    pub wall_clock: Option<Provenance>,
    /// When and where ours was measured beside its peers.
    pub peers: Option<Provenance>,
    /// SHA-256 of each file, by its path inside the folder of results.
    pub files: BTreeMap<String, String>,
}

/// What is known about the results of one study.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The notebook that shows it.
    pub notebook: String,
    /// Title.
    pub title: String,
    /// The question that it answers.
    pub question: String,
    /// Its tables.
    pub tables: Vec<Caption>,
    /// Its figures.
    pub figures: Vec<Caption>,
    /// Where its numbers come from.
    pub provenance: Provenance,
}

/// A table or figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Caption {
    /// File name without ending.
    pub name: String,
    /// Title; empty for tables.
    pub title: String,
    /// What there is to see.
    pub caption: String,
}

/// Where numbers come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Provenance {
    /// The seed.
    pub seed: u64,
    /// A hash of the code, the settings and the data: equal keys give equal numbers.
    pub key: String,
    /// When the run ended, in UTC: "2026-11-24T03:36:00Z".
    pub finished: String,
    /// How long it took.
    pub seconds: f64,
    /// The commit on which it ran, if that is known, with "+" if the sources had uncommitted changes.
    pub commit: String,
    /// The machine on which it ran.
    pub machine: Machine,
}

impl Provenance {
    /// Whether the code that computed this is the present one: the code of this program.
    pub fn is_of_this_code(&self) -> bool {
        self.key.strip_prefix(CODE_HASH).is_some_and(|settings| settings.starts_with('-'))
    }

    /// A run that ends now, on this machine, in the repository of the current folder.
    pub fn now(seed: u64, key: impl Into<String>, seconds: f64) -> Self {
        let seconds = (seconds * 1000.0).round() / 1000.0;
        Provenance {
            seed,
            key: key.into(),
            finished: machine::now(),
            seconds,
            commit: machine::commit(),
            machine: Machine::here(),
        }
    }
}

impl Provenance {
    /// Whether the sources had uncommitted changes.
    pub fn dirty(&self) -> bool {
        self.commit.ends_with('+')
    }
}

impl Entry {
    /// What a study hands over, with where it comes from.
    pub(crate) fn new(study: &Study, findings: &Findings, provenance: &Provenance) -> Self {
        let table = |t: &crate::table::Table| Caption {
            name: t.name.clone(),
            title: String::new(),
            caption: t.caption.clone(),
        };
        let figure = |f: &crate::figure::Figure| Caption {
            name: f.name.clone(),
            title: f.title.clone(),
            caption: f.caption.clone(),
        };
        Entry {
            notebook: study.notebook.into(),
            title: study.title.into(),
            question: study.question.into(),
            tables: findings.tables.iter().map(table).collect(),
            figures: findings.figures.iter().map(figure).collect(),
            provenance: provenance.clone(),
        }
    }
}

impl Manifest {
    /// Reads the manifest of a folder of results; an empty one if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if it cannot be read, [`Error::Data`] if it is no manifest.
    pub fn read(root: &Path) -> Result<Self> {
        let path = root.join(FILE);
        let text = match fs::read_to_string(&path) {
            Err(source) if source.kind() == ErrorKind::NotFound => return Ok(Manifest::default()),
            read => read.map_err(|source| Error::io("read", &path, source))?,
        };
        json::read(&text).map_err(|(line, reason)| Error::Data {
            path,
            format: "a manifest of results",
            problem: DataProblem::Line { line, reason },
        })
    }

    /// Writes the manifest into a folder of results.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if it cannot be written.
    pub fn write(&self, root: &Path) -> Result<()> {
        files::write_atomically(&root.join(FILE), json::write(self).as_bytes())
    }

    /// Takes note of the files below `folder` (empty for the files of the root itself) as they are now.
    pub(crate) fn note_files(&mut self, root: &Path, folder: &str) -> Result<()> {
        let prefix = format!("{folder}/");
        self.files.retain(
            |name, _| if folder.is_empty() { name.contains('/') } else { !name.starts_with(&prefix) },
        );
        for path in files::below(&root.join(folder))? {
            let name = relative(root, &path);
            if name != FILE && (!folder.is_empty() || !name.contains('/')) {
                self.files.insert(name, sha256(&path)?);
            }
        }
        Ok(())
    }

    /// Whether the results of a study were computed under this key and all its files are as they were
    /// written.
    pub fn is_current(&self, root: &Path, study: &str, key: &str) -> bool {
        let prefix = format!("{study}/");
        let mut noted = self.files.iter().filter(|(name, _)| name.starts_with(&prefix)).peekable();
        self.studies.get(study).is_some_and(|entry| entry.provenance.key == key)
            && noted.peek().is_some()
            && noted.all(|(name, hash)| sha256(&root.join(name)).is_ok_and(|now| now == *hash))
    }
}

/// A path inside the folder of results, with forward slashes.
pub(crate) fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// SHA-256 of a file, in hexadecimal.
///
/// # Errors
///
/// [`Error::Io`] if it cannot be read.
pub fn sha256(path: &Path) -> Result<String> {
    let bytes = fs::read(path).map_err(|source| Error::io("read", path, source))?;
    Ok(Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_reads_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let provenance = Provenance::now(7, format!("{CODE_HASH}-full"), 1.23456);
        let caption =
            Caption { name: "rates".into(), title: "T \"x\"".into(), caption: "λ ≤ 1\nnext".into() };
        let entry = Entry {
            notebook: "07".into(),
            title: "Momentum".into(),
            question: "Why?".into(),
            tables: vec![caption.clone()],
            figures: vec![caption],
            provenance: provenance.clone(),
        };
        let manifest = Manifest {
            studies: [("momentum".to_string(), entry)].into(),
            wall_clock: Some(provenance.clone()),
            peers: Some(provenance),
            files: [("momentum/rates.csv".to_string(), "ab".to_string())].into(),
        };
        manifest.write(folder.path()).unwrap();
        assert_eq!(Manifest::read(folder.path()).unwrap(), manifest);
        assert_eq!(manifest.studies["momentum"].provenance.seconds, 1.235);
    }

    #[test]
    fn results_of_other_code_are_told_from_those_of_this() {
        let of = |key: String| Provenance::now(0, key, 1.0).is_of_this_code();
        assert!(of(format!("{CODE_HASH}-0")) && of(format!("{CODE_HASH}-0-quick")));
        assert!(!of(format!("0{CODE_HASH}-0")) && !of(format!("{CODE_HASH}0-0")) && !of("key".into()));
    }

    #[test]
    fn no_manifest_is_an_empty_one_and_a_garbled_one_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Manifest::read(folder.path()).unwrap(), Manifest::default());
        for text in [
            "",
            "{",
            "[]",
            "{\"studies\": 3, \"files\": {}}",
            "{\"studies\": {\"a\": {}}, \"files\": {}}",
            "{\"studies\": {}, \"files\": {\"a\": 1}}",
        ] {
            fs::write(folder.path().join(FILE), text).unwrap();
            let refused = Manifest::read(folder.path()).unwrap_err();
            assert!(matches!(refused, Error::Data { .. }), "{text}: {refused}");
        }
    }

    #[test]
    fn sha256_of_abc_is_the_published_one() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("abc"), "abc").unwrap();
        assert_eq!(
            sha256(&folder.path().join("abc")).unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
