//! All checks together, as a table.

use super::check::{Check, State};
use super::{kernel, stock, toolchain};
use crate::cli::command::session::{Outcome, Session};
use crate::cli::output::{Format, counted};
use crate::cli::project::Project;
use crate::table::Table;
use clap::Args;

/// Checks the set-up and names the commands that repair it: exit code 1 if something is missing
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus doctor
  gradus doctor --format json")]
pub struct Doctor {
    /// table (for people), csv or json
    #[arg(long, default_value = "table", value_parser = Format::parse)]
    format: Format,
}

impl Doctor {
    pub fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let checks = checks(session.project().as_ref());
        self.format.print(&table(&checks), session.out)?;
        let missing = checks.iter().filter(|check| check.state == State::Missing).count();
        if self.format == Format::Table {
            match missing {
                0 => writeln!(session.out, "\nAll is there.")?,
                _ => writeln!(
                    session.out,
                    "\n{} missing: the commands on the right mend that.",
                    counted(missing, "thing")
                )?,
            }
        }
        Ok(if missing == 0 { Outcome::Done } else { Outcome::CheckFailed })
    }
}

/// Makes all checks; those of the project only if there is one.
fn checks(project: Result<&Project, &anyhow::Error>) -> Vec<Check> {
    let mut checks = toolchain::checks();
    match project {
        Ok(project) => {
            checks.push(Check::ready("project", project.root.display().to_string()));
            checks.extend(kernel::checks(project));
            checks.extend(stock::data_sets());
            checks.extend(stock::results(project));
        }
        Err(why) => {
            checks.push(Check::missing("project", why.to_string(), "cd into a clone, or --root DIR"));
            checks.extend(stock::data_sets());
        }
    }
    checks
}

fn table(checks: &[Check]) -> Table {
    let state = |check: &Check| match check.state {
        State::Ready => "ok",
        State::Optional => "optional",
        State::Missing => "MISSING",
    };
    Table::new("doctor", "")
        .text("state", checks.iter().map(state))
        .text("what", checks.iter().map(|check| check.what.clone()))
        .text("found", checks.iter().map(|check| check.found.clone()))
        .text("mend", checks.iter().map(|check| check.mend.clone()))
}
