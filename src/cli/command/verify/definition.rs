//! The subcommand `verify`.

use super::plan::{Job, Plan};
use super::sample::Sample;
use super::tally::Tally;
use super::workers::side_by_side;
use crate::claim::Claim;
use crate::cli::command::run::{budget_of, named};
use crate::cli::command::session::{Outcome, Session};
use crate::cli::numbers;
use crate::cli::output::duration;
use crate::cli::progress::Bar;
use crate::error::{Result, check_hyperparameter};
use crate::findings::Findings;
use crate::progress::{Progress, Silent};
use crate::report::claims;
use crate::report::manifest::Machine;
use crate::report::results::Results;
use crate::report::verify::{self, Comparison, Difference};
use crate::study::{Context, Study};
use clap::Args;
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
  gradus verify --sample 5
  gradus verify --sample 20% --draw 7 --jobs 4
  gradus verify --files")]
pub struct Verify {
    /// Studies [default: all]
    #[arg(value_name = "STUDY")]
    studies: Vec<String>,
    /// Verify some of them, drawn at random: a number of studies, or as many as take at most this percentage
    /// of the time of all
    #[arg(long, value_name = "N|PERCENT%", value_parser = Sample::parse, conflicts_with = "files")]
    sample: Option<Sample>,
    /// The number of the draw; another number draws other studies
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = numbers::whole::<u64>,
        allow_hyphen_values = true,
        requires = "sample"
    )]
    draw: u64,
    /// How many studies run at a time, each on one thread; long ones and those that measure times run alone
    /// [default: one for each core]
    #[arg(long, value_name = "N", value_parser = numbers::whole::<usize>, allow_hyphen_values = true)]
    jobs: Option<usize>,
    /// The folder of results [default: results/ of the project]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Only compare the files with the manifest, without running anything
    #[arg(long)]
    files: bool,
}

/// The largest number of studies at a time.
const MOST_JOBS: f64 = 64.0;

impl Verify {
    pub fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let studies = named(&self.studies)?;
        let workers = self.workers()?;
        let results = match &self.out {
            Some(folder) => Results::at(folder),
            None => Results::at(session.project()?.results()),
        };
        let mut report = Report { found: verify::verify_files(&results)?, tally: Tally::default() };
        print(&report.found, session)?;
        if !self.files {
            let of = studies.len();
            let jobs: Result<Vec<Job>> = studies.into_iter().map(|study| Job::of(study, &results)).collect();
            let jobs = match self.sample {
                Some(sample) => sample.draw(jobs?, self.draw),
                None => jobs?,
            };
            let plan = Plan::new(jobs, workers);
            if plan.seconds() > 0.0 {
                writeln!(session.out, "{}", plan.words(of))?;
                session.out.flush()?;
            }
            verify_beside(&plan, &results, &mut report, session)?;
            for job in &plan.alone {
                let bar = Bar::new(&format!("{}:", job.study.name));
                report.add(job.study, verified(job.study, &results, &bar)?, session)?;
            }
        }
        report.tally.files = results.manifest()?.files.len();
        report.tally.differences = report.found.len();
        writeln!(session.out, "{}", report.tally)?;
        Ok(if report.found.is_empty() { Outcome::Done } else { Outcome::CheckFailed })
    }

    fn workers(&self) -> Result<usize> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let jobs = self.jobs.unwrap_or(cores.min(MOST_JOBS as usize));
        check_hyperparameter("jobs", jobs as f64, "from 1 to 64", |jobs| (1.0..=MOST_JOBS).contains(&jobs))?;
        Ok(jobs)
    }
}

/// A study that was verified.
struct Verified {
    comparison: Comparison,
    /// Whether the committed results come from another arithmetic.
    elsewhere: bool,
    /// How many claims have the committed verdict, and how many are committed.
    verdicts: [usize; 2],
    seconds: f64,
}

/// What was found so far.
struct Report {
    found: Vec<Difference>,
    tally: Tally,
}

impl Report {
    /// Prints what was found in a study, and counts it.
    fn add(&mut self, study: &Study, verified: Verified, session: &mut Session) -> anyhow::Result<()> {
        let Comparison { mut differences, moved } = verified.comparison;
        // Files that were changed by hand have been reported already.
        differences.retain(|difference| !self.found.contains(difference));
        if verified.elsewhere {
            let by_arithmetic = |found: &mut Difference| found.what.may_be_arithmetic();
            for difference in differences.extract_if(.., by_arithmetic) {
                writeln!(session.out, "{difference}; allowed on another arithmetic")?;
                self.tally.elsewhere += 1;
            }
        }
        print(&differences, session)?;
        for (file, drift) in &moved {
            writeln!(session.out, "{file}, {drift}")?;
        }
        if differences.is_empty() {
            let again = if moved.is_empty() { "the same again" } else { "the same again but for that" };
            writeln!(session.out, "{}: {again}, in {}", study.name, duration(verified.seconds))?;
        }
        session.out.flush()?;
        self.tally.add(&moved, verified.verdicts);
        self.found.append(&mut differences);
        Ok(())
    }
}

/// Verifies the studies that run beside each other. The bar counts the seconds of the committed runs, so that
/// a long study counts for more than a short one.
fn verify_beside(
    plan: &Plan,
    results: &Results,
    report: &mut Report,
    session: &mut Session,
) -> anyhow::Result<()> {
    if plan.beside.is_empty() {
        return Ok(());
    }
    let bar = Bar::new("verify:");
    let weight = |job: &Job| (job.seconds * 1e3) as u64 + 1;
    let part = format!("{} studies, {} at a time", plan.beside.len(), plan.workers);
    bar.start(&part, plan.beside.iter().map(weight).sum());
    let work = |job: &Job| verified(job.study, results, &Silent);
    side_by_side(&plan.beside, plan.workers, work, |job, found| {
        bar.advance(weight(job));
        report.add(job.study, found?, session)
    })
}

/// Returns whether the committed results of a study come from a machine with another arithmetic.
fn elsewhere(results: &Results, study: &Study) -> Result<bool> {
    let manifest = results.manifest()?;
    let committed = manifest.studies.get(study.name);
    Ok(committed.is_some_and(|entry| !entry.provenance.machine.computes_as(&Machine::here())))
}

/// Runs a study with the settings of its results, and compares. A study without results does not run.
fn verified(study: &Study, results: &Results, progress: &dyn Progress) -> Result<Verified> {
    let (started, manifest) = (Instant::now(), results.manifest()?);
    let findings = match manifest.studies.get(study.name) {
        Some(entry) => {
            let budget = budget_of(&entry.provenance.key);
            (study.run)(&Context { seed: entry.provenance.seed, budget, progress })?
        }
        None => Findings::default(),
    };
    let file = results.folder(study.name).join("claims.csv");
    let committed = if file.is_file() { claims::read(&file)? } else { Vec::new() };
    let again = |id: &str| findings.claims.iter().find(|claim| claim.id == id).map(Claim::verdict);
    let same = committed.iter().filter(|(claim, verdict)| again(&claim.id) == Some(*verdict)).count();
    Ok(Verified {
        verdicts: [same, committed.len()],
        comparison: verify::verify(results, study.name, &findings)?,
        elsewhere: elsewhere(results, study)?,
        seconds: started.elapsed().as_secs_f64(),
    })
}

fn print(differences: &[Difference], session: &mut Session) -> anyhow::Result<()> {
    for difference in differences {
        writeln!(session.out, "{difference}")?;
    }
    Ok(())
}
