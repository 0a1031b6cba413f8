//! What every subcommand works with, and its outcome.

use crate::cli::project::Project;
use crate::optimizer::catalogue::Catalogue;
use crate::ranks::Ranks;
use std::env;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

/// The outcome of a subcommand, if nothing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The command succeeded.
    Done,
    /// A check found a fault, and has printed it.
    CheckFailed,
    /// Another program ended with this exit code, and has printed the reason.
    Ended(u8),
}

/// What every subcommand works with.
pub struct Session<'a> {
    pub out: &'a mut dyn Write,
    pub root: Option<PathBuf>,
    pub catalogue: &'a Catalogue,
    /// The processes that share a training run.
    pub ranks: Arc<dyn Ranks>,
    /// The definition of the whole command, for completions.
    pub definition: &'a clap::Command,
}

impl Session<'_> {
    /// Returns the project's folder, for subcommands that need one.
    pub fn project(&self) -> anyhow::Result<Project> {
        Ok(Project::find(self.root.as_deref(), &env::current_dir()?)?)
    }
}
