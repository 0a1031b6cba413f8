//! `gradus verify`: runs studies again, and compares with the committed results.

use super::run::{budget_of, fresh, named};
use super::session::{Outcome, Session};
use crate::cli::output::{counted, duration};
use crate::error::Result;
use crate::report::manifest::Machine;
use crate::report::results::Results;
use crate::report::verify::{self, Comparison, Difference, Drift};
use crate::study::Study;
use clap::Args;
use std::fmt;
use std::path::PathBuf;
use std::time::Instant;

/// Runs studies again and compares with their results: exit code 1 if anything differs
///
/// First, every file is compared with its SHA-256 in the manifest. Then each study runs with the seed and
/// budget of its results, and its tables and claims are compared by the rule of each column: words and whole
/// numbers exactly, numbers within a tolerance, statistics over seeds by whether their intervals overlap,
/// ratios of times within a factor, times not at all. Timed claims are compared by their verdict only. Every
/// change is reported with both numbers, even if it is allowed. Results of another arithmetic (processor or
/// BLAS) are confirmed by their verdicts, words and structure; numbers that differ are listed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus verify
  gradus verify momentum
  gradus verify --files")]
pub struct Verify {
    /// Studies [default: all]
    #[arg(value_name = "STUDY")]
    studies: Vec<String>,
    /// The folder of results [default: results/ of the project]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Only compare the files with the manifest, without running anything
    #[arg(long)]
    files: bool,
}

impl Verify {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let studies = named(&self.studies)?;
        let results = match &self.out {
            Some(folder) => Results::at(folder),
            None => Results::at(session.project()?.results()),
        };
        let mut found = verify::verify_files(&results)?;
        print(&found, session)?;
        let mut tally = Tally::default();
        for study in studies.into_iter().filter(|_| !self.files) {
            let started = Instant::now();
            let Comparison { mut differences, moved } = verify_study(&results, study)?;
            // Files that were changed by hand have been reported already.
            differences.retain(|difference| !found.contains(difference));
            if elsewhere(&results, study)? {
                let by_arithmetic = |found: &mut Difference| found.what.may_be_arithmetic();
                for difference in differences.extract_if(.., by_arithmetic) {
                    writeln!(session.out, "{difference}; allowed on another arithmetic")?;
                    tally.elsewhere += 1;
                }
            }
            print(&differences, session)?;
            for (file, drift) in &moved {
                writeln!(session.out, "{file}, {drift}")?;
            }
            if differences.is_empty() {
                let again = if moved.is_empty() { "the same again" } else { "the same again but for that" };
                writeln!(
                    session.out,
                    "{}: {again}, in {}",
                    study.name,
                    duration(started.elapsed().as_secs_f64())
                )?;
            }
            tally.add(&moved);
            found.append(&mut differences);
        }
        tally.files = results.manifest()?.files.len();
        tally.differences = found.len();
        writeln!(session.out, "{tally}")?;
        Ok(if found.is_empty() { Outcome::Done } else { Outcome::CheckFailed })
    }
}

/// The counts in the last line.
#[derive(Debug, Default)]
struct Tally {
    files: usize,
    differences: usize,
    /// Columns and values that changed within their rules.
    columns: usize,
    values: usize,
    /// The studies that ran again.
    studies: usize,
    /// The values that differ because the committed ones come from another arithmetic.
    elsewhere: usize,
}

impl Tally {
    fn add(&mut self, moved: &[(String, Drift)]) {
        self.studies += 1;
        self.columns += moved.len();
        self.values += moved.iter().map(|(_, drift)| drift.values).sum::<usize>();
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.differences {
            0 => write!(f, "verified: {} as written", counted(self.files, "file"))?,
            some => f.write_str(&counted(some, "difference"))?,
        }
        match self.studies {
            0 => {}
            1 => f.write_str("; 1 study run again")?,
            some => write!(f, "; {some} studies run again")?,
        }
        if self.values > 0 {
            write!(
                f,
                "; {} in {} moved within what is allowed",
                counted(self.values, "value"),
                counted(self.columns, "column")
            )?;
        }
        if self.elsewhere > 0 {
            write!(
                f,
                "; {} differ because the committed results come from another arithmetic",
                counted(self.elsewhere, "number")
            )?;
        }
        Ok(())
    }
}

/// Returns whether the committed results of a study come from a machine with another arithmetic.
fn elsewhere(results: &Results, study: &Study) -> Result<bool> {
    let manifest = results.manifest()?;
    let committed = manifest.studies.get(study.name);
    Ok(committed.is_some_and(|entry| !entry.provenance.machine.computes_as(&Machine::here())))
}

/// Runs a study with the settings of its results. A study without results does not run.
fn verify_study(results: &Results, study: &Study) -> Result<Comparison> {
    let manifest = results.manifest()?;
    let findings = match manifest.studies.get(study.name) {
        Some(entry) => fresh(study, entry.provenance.seed, budget_of(&entry.provenance.key))?,
        None => Default::default(),
    };
    verify::verify(results, study.name, &findings)
}

fn print(differences: &[Difference], session: &mut Session) -> anyhow::Result<()> {
    for difference in differences {
        writeln!(session.out, "{difference}")?;
    }
    Ok(())
}
