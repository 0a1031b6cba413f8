//! `gradus doctor`: what is there, what is missing, and the command that mends it.

mod kernel;
mod stock;
mod toolchain;

use super::{Outcome, Session};
use crate::cli::output::{Format, counted};
use crate::cli::project::Project;
use crate::table::Table;
use clap::Args;

/// Says what is there, what is missing, and the command that mends it: exit code 1 if something is missing
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

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Check {
    what: String,
    state: State,
    /// What was found, or why it will not do.
    found: String,
    /// The command that mends it; empty where nothing needs mending.
    mend: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ready,
    /// Not there, and nothing needs it until it is asked for.
    Optional,
    Missing,
}

impl Check {
    /// It is there.
    fn ready(what: impl Into<String>, found: impl Into<String>) -> Self {
        Check { what: what.into(), state: State::Ready, found: found.into(), mend: String::new() }
    }

    /// It is missing, or not as it should be.
    fn missing(what: impl Into<String>, why: impl Into<String>, mend: impl Into<String>) -> Self {
        Check { what: what.into(), state: State::Missing, found: why.into(), mend: mend.into() }
    }

    /// Ready with what was found, or else missing for a reason.
    fn of(what: impl Into<String>, outcome: Result<String, String>, mend: &str) -> Self {
        match outcome {
            Ok(found) => Check::ready(what, found),
            Err(why) => Check::missing(what, why, mend),
        }
    }

    fn optional(self) -> Self {
        let state = if self.state == State::Missing { State::Optional } else { self.state };
        Check { state, ..self }
    }
}

impl Doctor {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
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

/// All checks; those of the project only where there is one.
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
