//! The folders of archives.

use crate::cli::command::session::Session;
use crate::data::Places;
use crate::error::{Error, Result};
use crate::report::archive::Archives;
use std::path::{Path, PathBuf};

/// The name of a folder of archives.
const ARCHIVE: &str = "archive";

/// Returns the archives that can be named.
pub fn archives(session: &Session) -> Archives {
    in_roots(session.project().ok().map(|project| project.root))
}

/// Returns the names of the archives that can be named outside of any project.
pub fn known_archives() -> Vec<String> {
    in_roots(None).all().into_iter().map(|(name, _)| name).collect()
}

fn in_roots(project: Option<PathBuf>) -> Archives {
    let sources = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let Places { chosen, user, .. } = Places::from_env();
    let roots = [Some(PathBuf::from(".")), project, Some(sources)].into_iter().flatten();
    Archives::in_folders(roots.chain(chosen).chain(user).map(|root| root.join(ARCHIVE)))
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
