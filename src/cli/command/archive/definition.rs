//! The subcommands of `gradus archive`.

use super::add::Add;
use super::check::Check;
use super::list::List;
use crate::cli::command::session::{Outcome, Session};
use clap::{Args, Subcommand};

/// Makes, lists and checks archives of comparisons, to compare against
///
/// An archive holds a finished comparison: its settings, its problems with their targets, and all its runs.
/// `gradus compare --against NAME` then runs only the optimizers that it lacks, such as your own. Archives
/// are searched in archive/ of the current folder, of the project and of the sources of gradus, and in the
/// user's data folder, to which `gradus fetch archive NAME` downloads.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus compare --out c && gradus archive add c --name standard
  gradus archive list
  gradus archive check standard --sample 20
  gradus compare --against standard --optimizers mine --out report")]
pub struct Archive {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Add(Add),
    List(List),
    Check(Check),
}

impl Archive {
    pub(in crate::cli::command) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        match self.what {
            What::Add(command) => command.run(session),
            What::List(command) => command.run(session),
            What::Check(command) => command.run(session),
        }
    }
}
