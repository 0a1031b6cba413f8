//! The manifest itself: read from JSON, written as JSON, compared with the files it describes.

use super::entry::Entry;
use super::hashes::{relative, sha256};
use super::provenance::Provenance;
use crate::error::{DataProblem, Error, Result};
use crate::files;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// The manifest's file name.
pub const FILE: &str = "manifest.json";

/// The description of the results of all studies.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Manifest {
    /// The studies by name.
    pub studies: BTreeMap<String, Entry>,
    /// When and where the wall-clock benchmarks ran, if they did.
    pub wall_clock: Option<Provenance>,
    /// When and where gradus was compared with other libraries, if it was.
    pub peers: Option<Provenance>,
    /// The SHA-256 of each file, by its path inside the folder of results.
    pub files: BTreeMap<String, String>,
}

/// The manifest with the version of gradus that writes it.
#[derive(Serialize)]
struct Versioned<'a> {
    gradus: &'static str,
    #[serde(flatten)]
    manifest: &'a Manifest,
}

impl Manifest {
    /// Reads the manifest of a folder of results; an empty one if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if it cannot be read, [`Error::Data`] with the line if it is not a manifest.
    pub fn read(root: &Path) -> Result<Self> {
        let path = root.join(FILE);
        let text = match fs::read_to_string(&path) {
            Err(source) if source.kind() == ErrorKind::NotFound => return Ok(Manifest::default()),
            read => read.map_err(|source| Error::io("read", &path, source))?,
        };
        serde_json::from_str(&text).map_err(|error| Error::Data {
            path,
            format: "a manifest of results",
            problem: DataProblem::Line { line: error.line().max(1), reason: error.to_string() },
        })
    }

    /// Writes the manifest into a folder of results.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if it cannot be written.
    pub fn write(&self, root: &Path) -> Result<()> {
        let path = root.join(FILE);
        let versioned = Versioned { gradus: env!("CARGO_PKG_VERSION"), manifest: self };
        let json = serde_json::to_string_pretty(&versioned)
            .map_err(|error| Error::io("write", &path, error.into()))?;
        files::write_atomically(&path, json + "\n")
    }

    /// Records the hashes of the files below `folder`; of the root's own files if `folder` is empty.
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

    /// Returns whether the results of a study were computed under this key and none of its files has changed
    /// since.
    pub fn is_current(&self, root: &Path, study: &str, key: &str) -> bool {
        let prefix = format!("{study}/");
        let mut noted = self.files.iter().filter(|(name, _)| name.starts_with(&prefix)).peekable();
        self.studies.get(study).is_some_and(|entry| entry.provenance.key == key)
            && noted.peek().is_some()
            && noted.all(|(name, hash)| sha256(&root.join(name)).is_ok_and(|now| now == *hash))
    }
}

#[cfg(test)]
mod tests {
    use super::super::caption::Caption;
    use super::super::provenance::CODE_HASH;
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
    fn the_manifest_of_the_project_is_written_as_it_was_read() {
        let results = Path::new(env!("CARGO_MANIFEST_DIR")).join("results");
        let folder = tempfile::tempdir().unwrap();
        Manifest::read(&results).unwrap().write(folder.path()).unwrap();
        let read = |root: &Path| fs::read_to_string(root.join(FILE)).unwrap();
        assert_eq!(read(folder.path()), read(&results));
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
}
