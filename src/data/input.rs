//! A source of bytes, gzipped or not, whose errors name the file and its format.

use super::gunzip::Gunzip;
use crate::error::{DataProblem, Error, Result};
use std::fs::File;
use std::io::{self, Chain, Cursor, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// A file or other source of bytes that is read as a format. Gzip is recognized by its first two bytes.
pub(super) struct Input<R: Read> {
    /// The path of the file, for error messages.
    path: PathBuf,
    /// The format, for error messages.
    format: &'static str,
    bytes: Bytes<R>,
}

/// A source whose first bytes have already been read.
type Peeked<R> = Chain<Cursor<Vec<u8>>, R>;

enum Bytes<R: Read> {
    Plain(Peeked<R>),
    Gzip(Box<Gunzip<Peeked<R>>>),
}

impl Input<File> {
    /// Opens a file.
    pub(super) fn open(path: &Path, format: &'static str) -> Result<Self> {
        let file = File::open(path).map_err(|e| Error::io("read", path, e))?;
        Input::new(file, path, format)
    }
}

impl<R: Read> Input<R> {
    /// Wraps a source. The `path` is used in error messages only.
    pub(super) fn new(mut source: R, path: &Path, format: &'static str) -> Result<Self> {
        let mut first = Vec::new();
        (&mut source).take(2).read_to_end(&mut first).map_err(|e| Error::io("read", path, e))?;
        let gzipped = first == [0x1f, 0x8b];
        let peeked = Cursor::new(first).chain(source);
        let bytes = if gzipped { Bytes::Gzip(Box::new(Gunzip::new(peeked))) } else { Bytes::Plain(peeked) };
        Ok(Input { path: path.into(), format, bytes })
    }

    /// Reads all bytes up to the end, but at most `limit`. Memory is allocated only for bytes that are
    /// present.
    pub(super) fn read_up_to(&mut self, limit: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = self.by_ref().take(limit).read_to_end(&mut bytes);
        read.map_err(|e| self.failure(e))?;
        bytes.shrink_to_fit();
        Ok(bytes)
    }

    /// Passes over bytes up to the end, but at most `limit`, and returns their number.
    pub(super) fn skip_up_to(&mut self, limit: u64) -> Result<u64> {
        let skipped = io::copy(&mut self.by_ref().take(limit), &mut io::sink());
        skipped.map_err(|e| self.failure(e))
    }

    /// Converts an I/O error of the source: a damaged gzip stream becomes a problem with the content, and any
    /// other error keeps the reason that the system gives.
    pub(super) fn failure(&self, e: io::Error) -> Error {
        let damaged =
            matches!(e.kind(), ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof);
        match self.bytes {
            Bytes::Gzip(_) if damaged => self.problem(DataProblem::Gzip { reason: e.to_string() }),
            _ => Error::io("read", &self.path, e),
        }
    }

    /// Returns a problem with the content as an error that names the file and the format.
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
