//! The writer of a file of runs, line by line.

use crate::error::{Error, Result};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The time between two requests to the system to write everything to the disk. In between, a killed process
/// loses nothing, but a power failure does.
const SYNC_EVERY: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(in crate::compare::suite) struct Writer {
    path: PathBuf,
    file: File,
    synced: Instant,
}

impl Writer {
    /// Opens a file to append to, and creates it if it does not exist.
    pub fn append(path: &Path) -> Result<Self> {
        Writer::opened(path, OpenOptions::new().create(true).append(true))
    }

    /// Creates a file that no other process has; an error if it is there already.
    pub fn create(path: &Path) -> Result<Self> {
        Writer::opened(path, OpenOptions::new().create_new(true).append(true))
    }

    fn opened(path: &Path, how: &OpenOptions) -> Result<Self> {
        let file = how.open(path).map_err(|e| Error::io("write", path, e))?;
        Ok(Writer { path: path.into(), file, synced: Instant::now() })
    }

    /// Writes a line in one call, so that the lines of different threads do not mix.
    pub fn add(&mut self, line: &str) -> Result<()> {
        self.try_add(line).map_err(|e| Error::io("write", &self.path, e))
    }

    fn try_add(&mut self, line: &str) -> io::Result<()> {
        self.file.write_all(line.as_bytes())?;
        if self.synced.elapsed() >= SYNC_EVERY {
            self.file.sync_data()?;
            self.synced = Instant::now();
        }
        Ok(())
    }

    /// Asks the system to write everything to the disk.
    pub fn sync(&self) -> Result<()> {
        self.file.sync_data().map_err(|e| Error::io("write", &self.path, e))
    }
}
