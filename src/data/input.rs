//! One source of bytes, gzipped or not, with the words for its errors.

use crate::error::{DataProblem, Error, Result};
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, Chain, Cursor, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// A file (or any other source) that is being read as a format; gzip is recognized by its first two bytes.
pub(super) struct Input<R: Read> {
    /// Where the bytes come from, for the messages.
    path: PathBuf,
    /// What they are read as, for the messages.
    format: &'static str,
    bytes: Bytes<R>,
}

/// A source whose first bytes have been looked at already.
type Peeked<R> = Chain<Cursor<Vec<u8>>, R>;

enum Bytes<R: Read> {
    Plain(Peeked<R>),
    Gzip(Box<MultiGzDecoder<Peeked<R>>>),
}

impl Input<File> {
    /// Opens a file.
    pub(super) fn open(path: &Path, format: &'static str) -> Result<Self> {
        let file = File::open(path).map_err(|e| Error::io("read", path, e))?;
        Input::new(file, path, format)
    }
}

impl<R: Read> Input<R> {
    /// Wraps a source; `path` is only for the messages.
    pub(super) fn new(mut source: R, path: &Path, format: &'static str) -> Result<Self> {
        let mut first = Vec::new();
        (&mut source).take(2).read_to_end(&mut first).map_err(|e| Error::io("read", path, e))?;
        let gzipped = first == [0x1f, 0x8b];
        let peeked = Cursor::new(first).chain(source);
        let bytes =
            if gzipped { Bytes::Gzip(Box::new(MultiGzDecoder::new(peeked))) } else { Bytes::Plain(peeked) };
        Ok(Input { path: path.into(), format, bytes })
    }

    /// All bytes up to the end, but at most `limit`; what is allocated grows with what is really there.
    pub(super) fn read_up_to(&mut self, limit: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = self.by_ref().take(limit).read_to_end(&mut bytes);
        read.map_err(|e| self.failure(e))?;
        bytes.shrink_to_fit();
        Ok(bytes)
    }

    /// What the source said when it could not be read: a damaged gzip stream, or the system's own reason.
    pub(super) fn failure(&self, e: io::Error) -> Error {
        let damaged =
            matches!(e.kind(), ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof);
        match self.bytes {
            Bytes::Gzip(_) if damaged => self.problem(DataProblem::Gzip { reason: e.to_string() }),
            _ => Error::io("read", &self.path, e),
        }
    }

    /// A problem with the content, as an error that names the file and the format.
    pub(super) fn problem(&self, problem: DataProblem) -> Error {
        Error::Data { path: self.path.clone(), format: self.format, problem }
    }
}

impl<R: Read> Read for Input<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.bytes {
            Bytes::Plain(plain) => plain.read(buffer),
            Bytes::Gzip(gzip) => gzip.read(buffer),
        }
    }
}
