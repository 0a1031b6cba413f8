//! The steps of the subcommand: check, train, show.

use super::options::Train;
use super::plan::Way;
use crate::cli::command::session::{Outcome, Session};
use crate::cli::output::{self, counted, print_json};
use crate::cli::project::Project;
use crate::ranks::agree;

impl Train {
    pub fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let ranks = session.ranks.clone();
        let checked = self.check(session.catalogue).and_then(|checked| {
            self.check_among(&checked, &*ranks)?;
            Ok(checked)
        });
        let mut checked = agree(&*ranks, checked)?;
        if ranks.rank() > 0 {
            checked.keeping.file = None;
        }
        let done = match checked.way {
            Way::Whole { .. } | Way::Batches { .. } => self.fit_by_optimizer(&checked, &ranks),
            Way::Rule { .. } if checked.double => self.fit::<f64>(&checked, &ranks),
            Way::Rule { .. } => self.fit::<f32>(&checked, &ranks),
        };
        let done = agree(
            &*ranks,
            done.and_then(|done| {
                output::refuse_out_of_memory(&done.termination, done.steps)?;
                self.refuse_start(&checked, &done.termination)?;
                Ok(done)
            }),
        )?;
        if ranks.rank() > 0 {
            return Ok(Outcome::Done);
        }
        // What was found is shown first: the disk may be full.
        if self.json {
            print_json(&self.json(&checked, &done)?, session.out)?;
        } else {
            self.summarize(&checked, &done, session)?;
        }
        session.out.flush()?;
        // Both are tried, so that one that fails does not take the other with it.
        let curve = done.curve.table("trace");
        let written = [(&checked.trace, &curve, "row"), (&checked.save, &done.parameters, "parameter")]
            .map(|(file, table, of)| file.as_ref().map(|file| (file, table, of, file.write(table))));
        for (file, table, of, outcome) in written.into_iter().flatten() {
            outcome?;
            if !self.json {
                writeln!(session.out, "{} in {}", counted(table.rows(), of), Project::shown(file.path()))?;
            }
        }
        done.kept?;
        Ok(Outcome::Done)
    }
}
