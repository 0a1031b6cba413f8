//! `gradus notebook`: executes notebooks.

use super::session::{Outcome, Session};
use crate::cli::child;
use crate::cli::numbers;
use crate::cli::project::Project;
use crate::error::{Error, Result};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::process::Command;

/// Executes notebooks with the kernel "Rust (gradus)"
///
/// A notebook fails if a cell does not compile, panics or writes to stderr, or if a claim has another verdict
/// than in results/claims.csv. Exit code 1 if one failed, 2 if nothing could be executed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus notebook run
  gradus notebook check 07
  gradus notebook run 01 05 --force --jobs 1")]
pub struct Notebook {
    /// What to do
    #[arg(value_enum)]
    action: Action,
    /// Notebooks, such as 07 or 07_momentum [default: all]
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Execute notebooks even if they have not changed
    #[arg(long)]
    force: bool,
    /// Number of notebooks at a time, ≥ 1
    #[arg(
        long,
        value_name = "N",
        default_value_t = 2,
        value_parser = numbers::whole::<usize>,
        allow_hyphen_values = true
    )]
    jobs: usize,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Action {
    /// Execute notebooks that have changed, and keep the outputs
    Run,
    /// Execute all notebooks, and write nothing
    Check,
}

impl Notebook {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let project = session.project()?;
        let python = python(&project)?;
        session.out.flush()?;
        let mut script = Command::new(python);
        script.current_dir(&project.root).arg(project.root.join("scripts/execute_notebook.py"));
        script.arg(match self.action {
            Action::Run => "--in-place",
            Action::Check => "--check",
        });
        script
            .args(self.force.then_some("--force"))
            .args(["--jobs", &self.jobs.to_string()])
            .arg("--")
            .args(&self.names);
        let status = child::run(&mut script)?;
        Ok(match status.code() {
            Some(0) => Outcome::Done,
            code => Outcome::Ended(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)),
        })
    }
}

/// Returns the Python environment that the set-up made for the project.
pub(super) fn python(project: &Project) -> Result<PathBuf> {
    let places =
        ["bin/python", "Scripts/python.exe"].map(|inside| project.root.join(".setup/venv").join(inside));
    places.into_iter().find(|python| python.is_file()).ok_or_else(|| Error::Unsupported {
        what: format!(
            "the project's Python environment is missing in {}",
            Project::shown(&project.root.join(".setup/venv"))
        ),
        remedy: "make it with 'make setup'",
    })
}
