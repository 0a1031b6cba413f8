//! A reader of the official archive, `cifar-10-binary.tar.gz`.

use super::batch::{LONGEST, Records};
use crate::data::input::Input;
use crate::error::{DataProblem, Error, Result};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// The six files of the archive: five for training, then one for testing.
pub const BATCHES: [&str; 6] = [
    "data_batch_1.bin",
    "data_batch_2.bin",
    "data_batch_3.bin",
    "data_batch_4.bin",
    "data_batch_5.bin",
    "test_batch.bin",
];

const FORMAT: &str = "the archive of CIFAR-10";
/// The limit at which a stream is cut off. The official archive unpacks to 184 MB.
const LONGEST_ARCHIVE: u64 = 256 << 20;

/// Reads an archive file, gzipped or not, as [`read_archive`] does.
pub fn read_archive_file(path: &Path) -> Result<[Records; 6]> {
    archive(Input::open(path, FORMAT)?)
}

/// Reads the records of each of the [`BATCHES`] from a tar archive. Their folder and their order in the
/// archive do not matter. Nothing is unpacked to the disk. The `path` is used in error messages only.
pub fn read_archive(source: impl Read, path: &Path) -> Result<[Records; 6]> {
    archive(Input::new(source, path, FORMAT)?)
}

fn archive<R: Read>(mut input: Input<R>) -> Result<[Records; 6]> {
    let mut batches: [Records; 6] = Default::default();
    let mut refused = None;
    let walked = walk(&mut input, |which, file| {
        batches[which] = Records::default();
        if let Err(problem) = batches[which].add(file) {
            refused.get_or_insert((BATCHES[which], problem));
        }
    });
    walked.map_err(|e| damaged(&input, e))?;
    if let Some((file, problem)) = refused {
        return Err(input.problem(DataProblem::Archive { reason: format!("{file}: {problem}") }));
    }
    match batches.iter().position(|batch| batch.labels.is_empty()) {
        Some(missing) => {
            Err(input.problem(DataProblem::Archive { reason: format!("{} is not in it", BATCHES[missing]) }))
        }
        None => Ok(batches),
    }
}

/// Calls `found` with the content of each batch, and reads to the end of the stream, so that gzip verifies
/// its checksum.
fn walk(source: &mut impl Read, mut found: impl FnMut(usize, &[u8])) -> io::Result<()> {
    let mut source = source.take(LONGEST_ARCHIVE);
    let mut file = Vec::new();
    // Raw entries, because the crate would trust the lengths in extensions of the format.
    for entry in tar::Archive::new(&mut source).entries()?.raw(true) {
        let entry = entry?;
        let Some(which) = batch_named(&entry) else { continue };
        let announced = entry.size();
        file.clear();
        let there = entry.take(LONGEST + 1).read_to_end(&mut file)? as u64;
        if there < announced.min(LONGEST + 1) {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        found(which, &file);
    }
    io::copy(&mut source, &mut io::sink()).map(|_| ())
}

/// Returns the index in [`BATCHES`] of an entry of the archive, if it is one of them.
fn batch_named<R: Read>(entry: &tar::Entry<'_, R>) -> Option<usize> {
    let path = entry.path().ok()?;
    let name = path.file_name()?.to_str()?;
    BATCHES.iter().position(|batch| *batch == name)
}

/// Returns the error for an archive that cannot be read: a damaged gzip stream, or a damaged archive in it.
fn damaged<R: Read>(input: &Input<R>, e: io::Error) -> Error {
    // The message of the crate quotes the damaged bytes, which do not make a sentence.
    let reason = match e.kind() {
        ErrorKind::Other => "it contains a damaged header",
        ErrorKind::UnexpectedEof => "it ends too early",
        _ => return input.failure(e),
    };
    input.problem(DataProblem::Archive { reason: reason.into() })
}
