//! The file of `--trace`. Its extension decides the format, and its place is checked before a long run
//! starts.

use super::interrupt;
use crate::error::{Error, Result};
use crate::files;
use crate::report::tables;
use crate::table::Table;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A file into which a trace can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceFile {
    path: PathBuf,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Parquet,
}

impl TraceFile {
    /// Makes a trace file, and fails now if it has another extension or could not be written.
    pub fn new(path: &Path) -> Result<Self> {
        TraceFile::called("trace file", path)
    }

    /// Makes a file for another table than a trace. Errors call it `what`.
    pub fn called(what: &'static str, path: &Path) -> Result<Self> {
        let form = match path.extension().and_then(OsStr::to_str) {
            Some("csv") => Form::Csv,
            Some("parquet") => Form::Parquet,
            _ => {
                return Err(Error::Syntax {
                    what,
                    text: path.display().to_string(),
                    form: "FILE.csv or FILE.parquet",
                });
            }
        };
        files::check_writable(path)?;
        tables::check_threads()?;
        Ok(TraceFile { path: path.into(), form })
    }

    /// Writes the table, completely or not at all.
    pub fn write(&self, trace: &Table) -> Result<()> {
        interrupt::not_while(|| match self.form {
            Form::Csv => tables::write_csv(trace, &self.path),
            Form::Parquet => tables::write_parquet(trace, &self.path),
        })
    }

    /// Returns the file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Refuses two options that name the same file, of which one would be lost.
pub fn refuse_same_file(files: &[(&str, Option<&Path>)]) -> Result<()> {
    for (at, (option, path)) in files.iter().enumerate() {
        let path = *path;
        for (other, later) in &files[at + 1..] {
            if let (Some(path), Some(later)) = (path, later)
                && files::same_destination(path, later)
            {
                let what = format!("{option} and {other} name the same file, {}", path.display());
                return Err(Error::Unsupported { what, remedy: "give them different names" });
            }
        }
    }
    Ok(())
}

/// Checks that files can be created in a folder.
pub fn check_writable(folder: &Path) -> io::Result<()> {
    let probe = folder.join(format!(".gradus.{}.tmp", std::process::id()));
    fs::File::create(&probe)?;
    fs::remove_file(probe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_decides_and_a_bad_place_is_refused_before_the_run() {
        let folder = tempfile::tempdir().unwrap();
        let trace = Table::new("trace", "").integer("iteration", 0..3);
        for name in ["t.csv", "t.parquet"] {
            let path = folder.path().join(name);
            let file = TraceFile::new(&path).unwrap();
            assert!(!path.exists());
            file.write(&trace).unwrap();
            assert!(path.is_file());
        }
        for wrong in ["t", "t.txt", "t.CSV", "none/t.csv", ""] {
            assert!(TraceFile::new(&folder.path().join(wrong)).is_err(), "{wrong}");
        }
        fs::create_dir(folder.path().join("d.csv")).unwrap();
        assert!(TraceFile::new(&folder.path().join("d.csv")).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }
}
