//! `gradus verify`: runs again, and compares with what is committed.

use super::run::{budget_of, fresh, named};
use super::{Outcome, Session};
use crate::cli::output::{counted, duration};
use crate::error::Result;
use crate::report::results::Results;
use crate::report::verify::{self, Difference};
use crate::study::Study;
use clap::Args;
use std::path::PathBuf;
use std::time::Instant;

/// Runs studies again, and compares with their results: exit code 1 if anything differs
///
/// First every file is held against its SHA-256 in the manifest; then each study is run with the seed and budget of its
/// results, and its tables and claims are compared: words and whole numbers exactly, numbers within the tolerance of their
/// column, statistical claims within their interval, timings by their verdict only.
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
    /// Only hold the files against the manifest, without running anything
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
        for study in studies.into_iter().filter(|_| !self.files) {
            let started = Instant::now();
            let mut differences = verify_study(&results, study)?;
            // Files that were changed by hand have been named already.
            differences.retain(|difference| !found.contains(difference));
            print(&differences, session)?;
            if differences.is_empty() {
                writeln!(session.out, "{}: the same again, in {}", study.name, duration(started.elapsed().as_secs_f64()))?;
            }
            found.append(&mut differences);
        }
        if found.is_empty() {
            let files = counted(results.manifest()?.files.len(), "file");
            writeln!(session.out, "verified: {files} as written")?;
            return Ok(Outcome::Done);
        }
        writeln!(session.out, "{}", counted(found.len(), "difference"))?;
        Ok(Outcome::CheckFailed)
    }
}

/// Runs a study as its results were run; one without results is not run.
fn verify_study(results: &Results, study: &Study) -> Result<Vec<Difference>> {
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
