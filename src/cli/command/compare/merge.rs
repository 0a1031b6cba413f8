//! `gradus compare merge`: one report from all shards.

use super::kept::keep;
use super::sbatch::resubmission;
use super::summary::summary;
use crate::cli::command::session::{Outcome, Session};
use crate::cli::interrupt;
use crate::cli::output::{counted, grouped};
use crate::cli::project::Project;
use crate::compare::suite::{Allowed, Merged, MissingPair, Plan, Suite};
use crate::error::{Error, Result};
use crate::report::{comparison, tables};
use clap::Args;
use std::path::PathBuf;

/// Merges the shards of a comparison into one report, and runs nothing
///
/// If all runs are there, the report is that of one machine, byte for byte except for the seconds. If runs
/// are missing, nothing is written: it names the pairs, prints the line that submits their shards again,
/// and ends with exit code 1. Runs that failed are rows with their reason, and not missing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus compare merge d --out report
  gradus compare merge from-cluster-a from-cluster-b --out report
  gradus compare merge d --out so-far --partial")]
pub struct Merge {
    /// The folders that were given to --out of the shards; the first with a plan says what is merged
    #[arg(value_name = "DIR", required = true)]
    folders: Vec<PathBuf>,
    /// The folder of the report
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Leave out the pairs whose runs are missing, and say so in the report
    #[arg(long)]
    partial: bool,
    /// Accept shards of machines with another arithmetic, and say so in the report
    #[arg(long)]
    mixed: bool,
    /// MaxArraySize of SLURM, for the lines that submit shards again
    #[arg(long, value_name = "N", default_value_t = 1001, value_parser = array_size)]
    max_array_size: usize,
}

impl Merge {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let (plan_folder, plan) = plan_in(&self.folders)?;
        tables::check_threads()?;
        let allowed = Allowed { partial: self.partial, mixed: self.mixed };
        let merged = Suite::of(session.catalogue).merge(&plan, &self.folders, allowed)?;
        for notice in &merged.notices {
            writeln!(session.out, "{notice}")?;
        }
        if !merged.missing.is_empty() {
            tell_missing(
                &plan,
                &merged,
                &resubmission(&plan_folder, &merged.shards(), self.max_array_size),
                session,
            )?;
        }
        let Some(compared) = &merged.comparison else { return Ok(Outcome::CheckFailed) };
        interrupt::not_while(|| {
            comparison::write(compared, &self.out).and_then(|()| keep(&plan, &self.out))
        })?;
        for note in &compared.origins.notes {
            writeln!(session.out, "{note}")?;
        }
        writeln!(session.out, "{}", summary(compared, 0))?;
        writeln!(session.out, "{}", Project::shown(&self.out))?;
        Ok(Outcome::Done)
    }
}

/// Reads the size of an array.
fn array_size(text: &str) -> Result<usize, &'static str> {
    text.trim().parse().ok().filter(|size| *size >= 2).ok_or("write a whole number from 2 on")
}

/// Returns the first folder with a plan, and the plan.
pub(super) fn plan_in(folders: &[PathBuf]) -> Result<(PathBuf, Plan)> {
    let found = folders.iter().find(|folder| folder.join("plan.txt").exists());
    let Some(folder) = found else {
        let names: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
        return Err(Error::Unsupported {
            what: format!("there is no plan.txt in {}", names.join(", ")),
            remedy: "name the folder in which `gradus compare plan` wrote it",
        });
    };
    Ok((folder.clone(), Plan::read(folder)?))
}

fn tell_missing(
    plan: &Plan,
    merged: &Merged,
    submit: &[String],
    session: &mut Session,
) -> anyhow::Result<()> {
    let (missing, pairs) = (merged.missing.len(), counted(plan.pairs.len(), "pair"));
    writeln!(session.out, "incomplete: runs of {} of {pairs} are missing", grouped(missing))?;
    for MissingPair { problem, optimizer, shard, runs: (gone, all) } in &merged.missing {
        writeln!(session.out, "  {problem} × {optimizer}: {gone} of {all} runs (shard {shard})")?;
    }
    writeln!(session.out, "run their shards again; only what is missing is run:")?;
    for line in submit {
        writeln!(session.out, "  {line}")?;
    }
    Ok(())
}
