//! The options `--save` and `--resume`: a run in a file.

use crate::error::{Error, Result};
use crate::files;
use crate::minimize::SavedRun;
use clap::Args;
use std::path::{Path, PathBuf};

/// The files in which a run is saved and from which it is resumed.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "A run in a file")]
pub struct Saving {
    /// Save the run, twice a second and at its end; Ctrl-C ends it after the iteration and keeps the file
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Continue a saved run, with the same bits if problem, optimizer and settings are the same
    #[arg(long, value_name = "FILE", conflicts_with = "x0")]
    resume: Option<PathBuf>,
}

impl Saving {
    /// Returns the file to save in, and fails now if it could not be written.
    pub fn file(&self) -> Result<Option<&Path>> {
        let Some(file) = self.save.as_deref() else { return Ok(None) };
        files::check_writable(file)?;
        Ok(Some(file))
    }

    /// Returns the files with the names of their options: the one that is written and the one that is read.
    /// They may be the same, since a run is read before it is written.
    pub fn paths(&self) -> [(&'static str, Option<&Path>); 2] {
        [("--save", self.save.as_deref()), ("--resume", self.resume.as_deref())]
    }

    /// Returns the run to resume, and fails if it is a run of another problem.
    pub fn run(&self, problem: &str) -> Result<Option<SavedRun>> {
        let Some(file) = &self.resume else { return Ok(None) };
        let run = SavedRun::read(file)?;
        if run.label != problem {
            let what = format!("{} is a run of {}, not of {problem}", file.display(), run.label);
            return Err(Error::Unsupported { what, remedy: "name the problem that it was saved for" });
        }
        Ok(Some(run))
    }
}
