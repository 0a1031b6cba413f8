//! The steps of the subcommand: check, train, show.

use super::options::Train;
use super::plan::Way;
use crate::cli::command::session::{Outcome, Session};
use crate::cli::output::print_json;

impl Train {
    pub fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let checked = self.check(session.catalogue)?;
        let done = match checked.way {
            Way::Whole { .. } | Way::Batches { .. } => self.fit_by_optimizer(&checked)?,
            Way::Rule { .. } if checked.double => self.fit::<f64>(&checked)?,
            Way::Rule { .. } => self.fit::<f32>(&checked)?,
        };
        if let Some(trace) = &checked.trace {
            trace.write(&done.curve.table("trace"))?;
        }
        if let Some(file) = &checked.save {
            file.write(&done.parameters)?;
        }
        if self.json {
            print_json(&self.json(&checked, &done)?, session.out)?;
        } else {
            self.summarize(&checked, &done, session)?;
        }
        Ok(Outcome::Done)
    }
}
