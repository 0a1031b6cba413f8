//! The download of one file: into a `.part`, verified, then renamed.

use super::checksum::verify as verify_checksum;
use super::published::Published;
use super::verification::Verify;
use crate::error::Error;
use crate::files;
use indicatif::ProgressBar;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// The reason why a file could not be downloaded, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// A wrong name, a file that cannot be read or written, a checksum that differs.
    #[error(transparent)]
    Local(#[from] Error),
    /// The server refused.
    #[error("cannot download {url}: the server answered {status}; name another place with --from")]
    Status {
        /// The URL of the request.
        url: String,
        /// The status code of the answer.
        status: u16,
    },
    /// The server could not be reached, or the connection broke.
    #[error("cannot download {url}: {reason}; {}", remedy(*kept))]
    Connection {
        /// The URL of the request.
        url: String,
        /// The reason, as the system states it.
        reason: String,
        /// The number of bytes in the `.part`.
        kept: u64,
    },
    /// The server sent or announced more bytes than the file has in any packing.
    #[error("cannot download {url}: it is longer than {limit} bytes, so it is another file")]
    TooLong {
        /// The URL of the request.
        url: String,
        /// The largest number of bytes that is accepted.
        limit: u64,
    },
}

/// What to do about a broken connection.
fn remedy(kept: u64) -> String {
    match kept {
        0 => "check the network, or name another place with --from".into(),
        _ => format!("{kept} bytes are kept, and the next attempt goes on from there"),
    }
}

/// Where a file comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A server.
    Url(String),
    /// A local file.
    Path(PathBuf),
}

impl Source {
    /// Returns where `file` is for an origin: the URL or path of a folder that contains it, or of the file
    /// itself.
    pub fn of(origin: &str, file: &Published) -> Self {
        let (scheme, place) = origin.split_once("://").unwrap_or(("", origin));
        let scheme = scheme.to_ascii_lowercase();
        if matches!(scheme.as_str(), "http" | "https") {
            let origin = format!("{scheme}://{place}");
            let last = origin.rsplit('/').next().unwrap_or_default();
            let itself = file.names().contains(&last);
            return Source::Url(if itself {
                origin
            } else {
                format!("{}/{}", origin.trim_end_matches('/'), file.name)
            });
        }
        let path = Path::new(if scheme == "file" { place } else { origin });
        if path.is_file() || file.names().iter().any(|name| path.ends_with(name)) && !path.is_dir() {
            return Source::Path(path.into());
        }
        let there =
            file.names().into_iter().map(|name| path.join(name)).find(|candidate| candidate.is_file());
        Source::Path(there.unwrap_or_else(|| path.join(file.name)))
    }

    /// Returns the name of the source for messages.
    fn shown(&self) -> &Path {
        match self {
            Source::Url(url) => url.as_ref(),
            Source::Path(path) => path,
        }
    }
}

/// Downloads one file into `folder`, under its own name. Returns its path, and whether it was there before.
///
/// An interrupted download leaves `NAME.part`, which the next one resumes with an HTTP range. The next
/// download starts again if the server does not support ranges, or if the `.part` turns out to belong to
/// another file.
pub fn download(
    source: &Source,
    file: &Published,
    folder: &Path,
    verify: Verify,
    progress: &ProgressBar,
) -> Result<(PathBuf, bool), DownloadError> {
    let own = source.shown().file_name().and_then(|own| own.to_str());
    let name = file.names().into_iter().find(|name| own == Some(name)).unwrap_or(file.name);
    let (target, part) = (folder.join(name), folder.join(format!("{name}.part")));
    if verify == Verify::Published && target.is_file() && verify_checksum(&target, file, &target).is_ok() {
        return Ok((target, true));
    }
    fs::create_dir_all(folder).map_err(|e| Error::io("create the folder", folder, e))?;
    progress.set_message(name.to_owned());
    let resumed = length_of(&part) > 0;
    let result = fill(source, &part, file, verify, progress);
    match result {
        // The `.part` of an earlier attempt may belong to another file, so the download starts again once.
        Err(DownloadError::Local(Error::Data { .. })) if resumed => {
            fill(source, &part, file, verify, progress)?
        }
        result => result?,
    }
    files::put_in_place(&part, &target)?;
    Ok((target, false))
}

/// Completes the `.part` and verifies it. A `.part` that is not the published file is removed.
fn fill(
    source: &Source,
    part: &Path,
    file: &Published,
    verify: Verify,
    progress: &ProgressBar,
) -> Result<(), DownloadError> {
    match source {
        Source::Url(url) => Download { url, part, limit: file.longest(), progress }.with_patience()?,
        Source::Path(path) => copy(path, part, progress)?,
    }
    if verify == Verify::Nothing {
        return Ok(());
    }
    verify_checksum(part, file, source.shown())
        .inspect_err(|_| drop(fs::remove_file(part)))
        .map_err(DownloadError::from)
}

/// Copies a local file.
fn copy(from: &Path, part: &Path, progress: &ProgressBar) -> Result<(), Error> {
    let source = File::open(from).map_err(|e| Error::io("read", from, e))?;
    progress.set_length(source.metadata().map_or(0, |about| about.len()));
    progress.set_position(0);
    let mut out = File::create(part).map_err(|e| Error::io("write", part, e))?;
    io::copy(&mut progress.wrap_read(source), &mut out).map_err(|e| Error::io("write", part, e))?;
    out.sync_all().map_err(|e| Error::io("write", part, e))
}

/// Returns the size of a file in bytes; 0 if there is no file.
fn length_of(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |about| about.len())
}

/// One download over HTTP.
struct Download<'a> {
    url: &'a str,
    part: &'a Path,
    /// The largest number of bytes that is accepted.
    limit: u64,
    progress: &'a ProgressBar,
}

/// The number of consecutive attempts without new bytes after which a download fails.
const FRUITLESS: u32 = 3;
/// The pause before the second attempt; it doubles each time.
const PAUSE: Duration = Duration::from_millis(250);
/// The longest time to wait for a server.
const SILENCE: Duration = Duration::from_secs(60);

impl Download<'_> {
    /// Resumes after a broken connection, as long as attempts bring new bytes.
    fn with_patience(&self) -> Result<(), DownloadError> {
        let settings = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .accept_encoding("identity")
            .timeout_connect(Some(SILENCE / 3))
            .timeout_recv_response(Some(SILENCE))
            .timeout_per_read(Some(SILENCE));
        let agent = settings.build().new_agent();
        let (mut fruitless, mut most) = (0, length_of(self.part));
        loop {
            let Err(error) = self.attempt(&agent) else { return Ok(()) };
            let there = length_of(self.part);
            fruitless = if there > most { 0 } else { fruitless + 1 };
            most = most.max(there);
            let may_pass = matches!(
                error,
                DownloadError::Connection { .. } | DownloadError::Status { status: 429 | 500.., .. }
            );
            if !may_pass || fruitless == FRUITLESS {
                return Err(error);
            }
            thread::sleep(PAUSE * 2u32.pow(fruitless));
        }
    }

    /// Requests the bytes that are missing from the `.part`, and appends them.
    fn attempt(&self, agent: &ureq::Agent) -> Result<(), DownloadError> {
        let have = length_of(self.part);
        let mut request = agent.get(self.url);
        if have > 0 {
            request = request.header("Range", format!("bytes={have}-"));
        }
        let mut response = request.call().map_err(|e| self.broken(e))?;
        let range =
            response.headers().get("content-range").and_then(|range| range.to_str().ok()).map(String::from);
        let start = match response.status().as_u16() {
            206 if range.as_deref().and_then(first_byte) == Some(have) => have,
            200 => 0,
            // Nothing is missing, or the `.part` belongs to a longer file.
            416 if range.as_deref().and_then(total) == Some(have) => return Ok(()),
            206 | 416 => {
                drop(fs::remove_file(self.part));
                return Err(self.broken("its ranges do not fit what was there"));
            }
            status => return Err(DownloadError::Status { url: self.url.into(), status }),
        };
        let announced = response.body().content_length().map(|rest| start + rest);
        self.progress.set_length(announced.unwrap_or(self.limit / 2));
        self.progress.set_position(start);
        let end = self.append(response.body_mut().as_reader(), start, announced)?;
        match announced {
            Some(announced) if end < announced => {
                Err(self.broken(format!("it broke off after {end} of {announced} bytes")))
            }
            _ => Ok(()),
        }
    }

    /// Writes `body` into the `.part` from the byte `start` on, and returns the new length.
    fn append(&self, mut body: impl Read, start: u64, announced: Option<u64>) -> Result<u64, DownloadError> {
        let unwritable = |e| Error::io("write", self.part, e);
        let mut part = OpenOptions::new().create(true).append(true).open(self.part).map_err(unwritable)?;
        part.set_len(start).map_err(unwritable)?;
        let too_long = |length: u64| length > self.limit;
        let mut end = start;
        let mut block = vec![0; 1 << 16];
        while !too_long(end.max(announced.unwrap_or(0))) {
            let read = body.read(&mut block).map_err(|e| self.broken(e))?;
            if read == 0 {
                part.sync_all().map_err(unwritable)?;
                return Ok(end);
            }
            part.write_all(&block[..read]).map_err(unwritable)?;
            end += read as u64;
            self.progress.set_position(end);
        }
        drop(fs::remove_file(self.part));
        Err(DownloadError::TooLong { url: self.url.into(), limit: self.limit })
    }

    fn broken(&self, reason: impl ToString) -> DownloadError {
        DownloadError::Connection {
            url: self.url.into(),
            reason: reason.to_string(),
            kept: length_of(self.part),
        }
    }
}

/// Returns 5 for "bytes 5-9/10".
fn first_byte(content_range: &str) -> Option<u64> {
    content_range.strip_prefix("bytes ")?.split('-').next()?.trim().parse().ok()
}

/// Returns 10 for "bytes 5-9/10" and for "bytes */10".
fn total(content_range: &str) -> Option<u64> {
    content_range.rsplit('/').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: Published = Published { name: "a.gz", length: 1, sha256: "", unpacked: None };

    #[test]
    fn an_origin_is_a_folder_or_the_file_itself() {
        let url = |origin| match Source::of(origin, &FILE) {
            Source::Url(url) => url,
            Source::Path(path) => panic!("{path:?}"),
        };
        assert_eq!(url("http://x/y"), "http://x/y/a.gz");
        assert_eq!(url("HTTP://x/y"), "http://x/y/a.gz");
        assert_eq!(url("http://x/y/"), "http://x/y/a.gz");
        assert_eq!(url("https://x/y/a.gz"), "https://x/y/a.gz");
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("a.gz");
        let of_folder = || Source::of(folder.path().to_str().unwrap(), &FILE);
        assert_eq!(of_folder(), Source::Path(inside.clone()));
        fs::write(&inside, "").unwrap();
        assert_eq!(of_folder(), Source::Path(inside.clone()));
        assert_eq!(Source::of(&format!("file://{}", inside.display()), &FILE), Source::Path(inside));
    }

    #[test]
    fn ranges_are_read() {
        assert_eq!((first_byte("bytes 5-9/10"), total("bytes 5-9/10")), (Some(5), Some(10)));
        assert_eq!((first_byte("bytes */10"), total("bytes */10")), (None, Some(10)));
        assert_eq!((first_byte("nonsense"), total("nonsense")), (None, None));
    }
}
