//! `gradus archive check`: some pairs of an archive again.

use super::places::archives;
use crate::cli::command::compare::pool;
use crate::cli::command::session::{Outcome, Session};
use crate::cli::numbers;
use crate::cli::output::{counted, duration, grouped};
use crate::cli::progress::Bar;
use crate::compare::suite::Suite;
use crate::error::check_hyperparameter;
use crate::report::archive;
use clap::Args;
use std::time::Instant;

/// Runs some pairs of an archive again and compares: exit code 1 if anything differs
///
/// First, every file is compared with its SHA-256. Then pairs of a problem and an optimizer are drawn and run
/// with the settings of the archive, and their runs are compared by the rules of `gradus verify`. Numbers of
/// an archive that was made on another arithmetic (processor or BLAS) may differ, and are listed. Twenty
/// pairs of the archive standard take about a minute on two cores, or a few if Fashion-MNIST is drawn often.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus archive check standard
  gradus archive check standard --sample 100 --draw 7")]
pub struct Check {
    /// The archive: its name, a part of it, or its path
    #[arg(value_name = "NAME")]
    name: String,
    /// The number of pairs that are run again
    #[arg(
        long,
        value_name = "N",
        default_value_t = 20,
        value_parser = numbers::whole::<usize>,
        allow_hyphen_values = true
    )]
    sample: usize,
    /// The number of the draw; another number draws other pairs
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = numbers::whole::<u64>,
        allow_hyphen_values = true
    )]
    draw: u64,
    /// Threads [default: one for each core]
    #[arg(long, value_name = "N", value_parser = numbers::whole::<usize>, allow_hyphen_values = true)]
    threads: Option<usize>,
}

/// How many changed lines are shown.
const SHOWN: usize = 20;

impl Check {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        check_hyperparameter("sample", self.sample as f64, "at least 1", |v| v >= 1.0)?;
        let folder = archives(session).find(&self.name)?;
        let read = archive::read(&folder)?;
        let (suite, pool) = (Suite::of(session.catalogue), pool(self.threads)?);
        let (started, bar) = (Instant::now(), Bar::new("check:"));
        let rerun = pool.install(|| suite.rerun(&read, self.sample, self.draw, &bar))?;
        drop(bar);
        for sentence in &rerun.left_out {
            writeln!(session.out, "{sentence}")?;
        }
        if let Some(difference) = &rerun.arithmetic {
            writeln!(session.out, "the archive was made on another arithmetic: {difference}")?;
        }
        let found = archive::check(&read.name, &rerun);
        show(&found.differing, "", session)?;
        show(&found.elsewhere, "; allowed on another arithmetic", session)?;
        show(&found.moved, "", session)?;
        let of = format!(
            "{} of {} run again, {} runs, in {}",
            grouped(rerun.pairs.len()),
            counted(read.plan.pairs.len(), "pair"),
            grouped(rerun.again.runs.len()),
            duration(started.elapsed().as_secs_f64())
        );
        match found.differing.len() {
            0 => writeln!(session.out, "checked: {} is as written; {of}", read.name)?,
            some => writeln!(session.out, "{} in {}; {of}", counted(some, "difference"), read.name)?,
        }
        Ok(if found.differing.is_empty() { Outcome::Done } else { Outcome::CheckFailed })
    }
}

fn show(lines: &[String], end: &str, session: &mut Session) -> anyhow::Result<()> {
    for line in lines.iter().take(SHOWN) {
        writeln!(session.out, "{line}{end}")?;
    }
    if lines.len() > SHOWN {
        writeln!(session.out, "and {} more{end}", grouped(lines.len() - SHOWN))?;
    }
    Ok(())
}
