//! The steps of the subcommand: check, train, show.

use super::options::Train;
use super::plan::Way;
use crate::cli::command::session::{Outcome, Session};
use crate::cli::output::{self, counted, print_json};
use crate::cli::project::Project;

impl Train {
    pub fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let checked = self.check(session.catalogue)?;
        let done = match checked.way {
            Way::Whole { .. } | Way::Batches { .. } => self.fit_by_optimizer(&checked)?,
            Way::Rule { .. } if checked.double => self.fit::<f64>(&checked)?,
            Way::Rule { .. } => self.fit::<f32>(&checked)?,
        };
        output::refuse_out_of_memory(&done.termination, done.steps)?;
        self.refuse_start(&checked, &done.termination)?;
        // What was found is shown first: the disk may be full.
        if self.json {
            print_json(&self.json(&checked, &done)?, session.out)?;
        } else {
            self.summarize(&checked, &done, session)?;
        }
        session.out.flush()?;
        if let Some(trace) = &checked.trace {
            trace.write(&done.curve.table("trace"))?;
            if !self.json {
                let rows = counted(done.curve.epoch.len(), "row");
                writeln!(session.out, "{rows} in {}", Project::shown(trace.path()))?;
            }
        }
        Ok(Outcome::Done)
    }
}
