//! The folders of archives.

use crate::cli::command::session::Session;
use crate::data::Places;
use crate::error::{Error, Result};
use crate::report::archive::{ARCHIVE, Archives};
use std::path::{Path, PathBuf};

/// Returns the archives that can be named.
pub fn archives(session: &Session) -> Archives {
    Archives::known(session.project().ok().map(|project| project.root))
}

/// Returns the names of the archives that can be named outside of any project.
pub fn known_archives() -> Vec<String> {
    Archives::known(None).all().into_iter().map(|(name, _)| name).collect()
}

/// Returns the folder in which a new archive is made: that of the project, or else of the current folder.
pub(super) fn for_new(session: &Session) -> PathBuf {
    session.project().map_or_else(|_| PathBuf::from("."), |project| project.root).join(ARCHIVE)
}

/// Returns the folder to which archives are downloaded.
pub fn downloads(to: Option<&Path>) -> Result<PathBuf> {
    let places = Places::from_env();
    match to.or(places.writable()) {
        Some(folder) => Ok(folder.join(ARCHIVE)),
        None => Err(Error::Unsupported {
            what: "there is no folder for data ($GRADUS_DATA and $HOME are unset)".into(),
            remedy: "name one with --to",
        }),
    }
}
