//! The place of the folder, and its manifest.

use crate::error::{Error, Result};
use crate::report::manifest::{self, Manifest};
use std::path::{Path, PathBuf};

/// A folder of results.
///
/// ```
/// use gradus::report::results::Results;
/// let results = Results::at("results");
/// assert_eq!(results.folder("momentum"), std::path::Path::new("results/momentum"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    /// The path of the folder.
    pub root: PathBuf,
}

impl Results {
    /// Names a folder of results, which does not have to exist yet.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Results { root: root.into() }
    }

    /// Finds the folder `results` with a manifest in the current folder or above it. A notebook finds it from
    /// its own folder.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] with a remedy if there is none.
    pub fn find() -> Result<Self> {
        let here = std::env::current_dir().map_err(|source| Error::io("read", ".", source))?;
        Self::find_from(&here)
    }

    pub(super) fn find_from(here: &Path) -> Result<Self> {
        let candidates = here.ancestors().map(|folder| folder.join("results"));
        candidates.into_iter().find(|root| root.join(manifest::FILE).is_file()).map(Results::at).ok_or_else(
            || Error::Unsupported {
                what: format!("there is no folder results with a manifest in {} or above it", here.display()),
                remedy: "run `make regenerate` first, or go to a folder inside the project",
            },
        )
    }

    /// Returns the folder of a study.
    pub fn folder(&self, study: &str) -> PathBuf {
        self.root.join(study)
    }

    /// Reads the manifest; an empty one if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Data`] if it cannot be read.
    pub fn manifest(&self) -> Result<Manifest> {
        Manifest::read(&self.root)
    }

    /// Returns whether a study's results were computed under this key and have not changed since, so that the
    /// study does not have to run.
    pub fn is_current(&self, study: &str, key: &str) -> bool {
        self.manifest().is_ok_and(|manifest| manifest.is_current(&self.root, study, key))
    }
}
