//! `gradus archive add`: an archive of a finished comparison.

use super::places;
use crate::cli::command::session::{Outcome, Session};
use crate::cli::interrupt;
use crate::cli::output::{counted, grouped};
use crate::cli::project::Project;
use crate::error::Error;
use crate::files;
use crate::report::{archive, tables};
use clap::Args;
use std::path::PathBuf;

/// Makes an archive of a finished comparison, and runs nothing
///
/// The archive keeps every run with its outcome, its costs and its last loss, and the curves at the best
/// settings in seven digits. It is written completely or not at all.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus archive add c --name standard
  gradus archive add merged-report --name nets-2026 --to ~/archives")]
pub struct Add {
    /// A folder that was given to --out of `gradus compare` or `gradus compare merge`
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The name of the archive: small letters, digits, hyphens, dots and underscores
    #[arg(long, value_name = "NAME")]
    name: String,
    /// The folder of archives, in which NAME becomes a folder [default: archive/ of the project, or of the
    /// current folder]
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Replace an archive of this name
    #[arg(long)]
    replace: bool,
}

impl Add {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        archive::check_name(&self.name)?;
        let to = self.to.unwrap_or_else(|| places::for_new(session));
        let place = to.join(&self.name);
        if place.exists() && !self.replace {
            let what = format!("there is an archive in {} already", place.display());
            return Err(Error::Unsupported {
                what,
                remedy: "choose another name, or replace it with --replace",
            }
            .into());
        }
        tables::check_threads()?;
        let made = archive::of_comparison(&self.folder, &self.name)?;
        let place = interrupt::not_while(|| archive::write(&made, &to))?;
        let bytes: u64 =
            files::below(&place)?.iter().filter_map(|path| path.metadata().ok()).map(|m| m.len()).sum();
        writeln!(
            session.out,
            "{}: {}, {}, {} runs, {} kB",
            Project::shown(&place),
            counted(made.plan.problems.len(), "problem"),
            counted(made.plan.optimizers.len(), "optimizer"),
            grouped(made.runs.len()),
            grouped(bytes.div_ceil(1000) as usize)
        )?;
        Ok(Outcome::Done)
    }
}
