//! The download of all files of a data set.

use super::download::{DownloadError, Source, download};
use super::published::{Published, PublishedSet, published};
use super::verification::Verify;
use crate::error::{Error, shown};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::path::{Path, PathBuf};

/// The outcome of a download.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fetched {
    /// The files, in the order of the data set.
    pub files: Vec<PathBuf>,
    /// How many of them were there before and have been verified.
    pub already_there: usize,
}

/// Downloads the files of a data set into the subfolder of `to` with the name of the data set.
///
/// They come from the data set's official servers, or `from` a URL or path: a folder with files of the
/// official names, or one such file, which is then the only one downloaded. Files that are in place and
/// verified are not downloaded again. `to` is usually [`Places::writable`](crate::data::Places::writable).
pub fn fetch(
    name: &str,
    from: Option<&str>,
    to: &Path,
    verify: Verify,
    progress: &ProgressBar,
) -> Result<Fetched, DownloadError> {
    let set = published(name)?;
    check_place(from)?;
    let (files, origins) = selection(&set, from);
    let folder = to.join(set.name);
    let mut fetched = Fetched::default();
    for file in files {
        let (path, was_there) = from_first_of(&origins, file, &folder, verify, progress)?;
        fetched.files.push(path);
        fetched.already_there += usize::from(was_there);
    }
    Ok(fetched)
}

/// Refuses a place that cannot be one, before anything is tried.
fn check_place(from: Option<&str>) -> Result<(), Error> {
    let Some(from) = from else { return Ok(()) };
    let refused = |what, remedy| Err(Error::Unsupported { what, remedy });
    if from.trim().is_empty() {
        return refused(
            "the place to fetch from is empty".into(),
            "name a URL or a path, or leave --from out",
        );
    }
    match from.split_once("://") {
        Some((scheme, _)) if !["http", "https", "file"].contains(&&scheme.to_ascii_lowercase()[..]) => {
            refused(
                format!("files cannot be fetched by {scheme}"),
                "give an address that begins with http://, https:// or file://, or a path",
            )
        }
        Some((scheme, place)) if place.trim_matches('/').is_empty() => refused(
            format!("{scheme}:// names no server and no folder"),
            "give the whole address, such as https://example.org/mnist/",
        ),
        Some((scheme, _))
            if !scheme.eq_ignore_ascii_case("file") && from.parse::<ureq::http::Uri>().is_err() =>
        {
            refused(
                format!("'{}' is not an address of a server", shown(from, 120)),
                "give one such as https://example.org/mnist/",
            )
        }
        _ => Ok(()),
    }
}

/// Returns a progress bar on stderr with the remaining time. It shows nothing if stderr is no terminal.
pub fn progress_bar() -> ProgressBar {
    let style = "{msg} {bar:30} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left";
    let style = ProgressStyle::with_template(style).expect("the template is valid");
    ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_style(style)
}

/// Returns the files to download, and the places to try for each of them.
fn selection<'a>(
    set: &'a PublishedSet,
    from: Option<&'a str>,
) -> (Vec<&'a Published<'static>>, Vec<&'a str>) {
    let Some(from) = from else {
        return (set.files.iter().collect(), set.bases.to_vec());
    };
    let path = Path::new(from);
    let is_named =
        |file: &&Published| file.names().iter().any(|name| path.file_name() == Some(name.as_ref()));
    match set.files.iter().find(is_named) {
        Some(file) if !path.is_dir() => (vec![file], vec![from]),
        _ => (set.files.iter().collect(), vec![from]),
    }
}

/// Downloads one file from the first origin that has it. If none has it, returns the error of the first
/// origin.
fn from_first_of(
    origins: &[&str],
    file: &Published,
    folder: &Path,
    verify: Verify,
    progress: &ProgressBar,
) -> Result<(PathBuf, bool), DownloadError> {
    let mut failure = None;
    for origin in origins {
        match download(&Source::of(origin, file), file, folder, verify, progress) {
            // Another server cannot help if the disk is full or the folder is not writable.
            Err(DownloadError::Local(error @ Error::Io { .. }))
                if !matches!(error, Error::Io { action: "read", .. }) =>
            {
                return Err(error.into());
            }
            Err(error) => drop(failure.get_or_insert(error)),
            done => return done,
        }
    }
    Err(failure.expect("a data set has an origin"))
}
