//! `gradus fetch archive NAME`: the files of an archive.

use crate::cli::command::archive::downloads;
use crate::cli::command::session::{Outcome, Session};
use crate::cli::fetch::{Published, Source, Verify, download, progress_bar};
use crate::cli::project::Project;
use crate::error::{Error, shown};
use crate::files;
use crate::report::archive::{self, FILES, MANIFEST, Manifest};
use indicatif::ProgressBar;
use std::path::Path;

/// The most bytes of a manifest.
const MOST: u64 = 1 << 20;

/// Downloads an archive into the folder of downloads. It gets its name when all files are there and have
/// their SHA-256; an interrupted download goes on where it was.
pub(super) fn fetch(
    name: &str,
    from: Option<&str>,
    to: Option<&Path>,
    session: &mut Session,
) -> anyhow::Result<Outcome> {
    archive::check_name(name)?;
    let Some(from) = from.map(str::trim).filter(|from| !from.is_empty()) else {
        return Err(nowhere(name).into());
    };
    let to = downloads(to)?;
    let (aside, place) = (to.join(format!(".{name}.part")), to.join(name));
    let bar = progress_bar();
    let fetched = files_of(&folder_of(from, name), &aside, &bar);
    bar.finish_and_clear();
    let manifest = fetched?;
    if manifest.name != name {
        files::remove_folder(&aside)?;
        let (own, from) = (shown(&manifest.name, 80), shown(from, 120));
        let what = format!("the archive at {from} is named {own}, not {name}");
        return Err(Error::Unsupported { what, remedy: "name it so" }.into());
    }
    // A sound manifest may still stand beside tables that are not.
    archive::read(&aside).inspect_err(|_| drop(files::remove_folder(&aside)))?;
    files::put_folder_in_place(&aside, &place)?;
    writeln!(session.out, "{}", Project::shown(&place))?;
    Ok(Outcome::Done)
}

/// Returns the address or path of the archive's folder: `from` itself, or the folder NAME in it.
fn folder_of(from: &str, name: &str) -> String {
    let from = from.trim_end_matches('/');
    match from.rsplit('/').next() == Some(name) {
        true => from.to_owned(),
        false => format!("{from}/{name}"),
    }
}

/// Downloads all files, the manifest first, which knows the others.
fn files_of(from: &str, aside: &Path, bar: &ProgressBar) -> anyhow::Result<Manifest> {
    let whole = Published { name: MANIFEST, length: MOST / 2, sha256: "", unpacked: None };
    // An old manifest would be taken for the first part of the new one.
    files::remove(&aside.join(format!("{MANIFEST}.part")))?;
    let (path, _) = download(&Source::of(from, &whole), &whole, aside, Verify::Nothing, bar)?;
    let manifest = Manifest::of_text(&files::read_text(&path)?, &path)?;
    for file in FILES {
        let Some(note) = manifest.files.get(file) else { continue };
        let published = Published { name: file, length: note.bytes, sha256: &note.sha256, unpacked: None };
        download(&Source::of(from, &published), &published, aside, Verify::Published, bar)?;
    }
    Ok(manifest)
}

fn nowhere(name: &str) -> Error {
    Error::Unsupported {
        what: format!("no address is known from which the archive {name} could be fetched"),
        remedy: "name one with --from, such as https://example.org/gradus/archive/",
    }
}

/// The error that the word archive stands alone.
pub(super) fn without_name() -> Error {
    Error::Unsupported {
        what: "an archive is fetched by its name".into(),
        remedy: "write it after the word: gradus fetch archive NAME --from ADDRESS",
    }
}

/// The error that a second name follows that of a data set.
pub(super) fn another_word(word: &str) -> Error {
    Error::Unsupported {
        what: format!("'{}' follows the name of a data set", shown(word, 80)),
        remedy: "fetch one data set at a time, or an archive: gradus fetch archive NAME --from ADDRESS",
    }
}
