//! `gradus run`: runs studies and writes their results.

use super::session::{Outcome, Session};
use crate::claim::Verdict;
use crate::cli::interrupt;
use crate::cli::numbers;
use crate::cli::output::{counted, duration};
use crate::cli::progress::Bar;
use crate::cli::project::Project;
use crate::cli::trace_file::check_writable;
use crate::error::{Error, Result};
use crate::files;
use crate::findings::Findings;
use crate::report::manifest::{CODE_HASH, Provenance};
use crate::report::results::Results;
use crate::report::{readme, tables};
use crate::study::{self, Budget, Context, Study};
use clap::{Args, ValueEnum};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Runs studies, and writes their tables, charts and claims into results/
///
/// A study is skipped if its results are those of the present code, settings and seed. At the end, the pages
/// about all studies (README.md, CLAIMS.md, claims.csv) and the manifest are updated.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus run all
  gradus run momentum --force
  gradus run papers --budget long
  gradus run all --quick --out /tmp/first-look")]
pub struct Run {
    /// Studies (see `gradus list studies`), or all
    #[arg(value_name = "STUDY", required = true)]
    studies: Vec<String>,
    /// The seed from which every random number comes
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = numbers::whole::<u64>,
        allow_hyphen_values = true
    )]
    seed: u64,
    /// Take a first look in at most a minute, with fewer seeds and epochs
    #[arg(long)]
    quick: bool,
    /// The budget: standard, or long, an hour, which papers alone has; its results go to results/papers-long/
    #[arg(long, value_enum, default_value_t = Length::Standard, hide_possible_values = true)]
    budget: Length,
    /// The folder of results [default: results/ of the project]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Run studies even if their results are up to date
    #[arg(long)]
    force: bool,
}

/// Which form of a study runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Length {
    /// The form whose results every change of the code computes again.
    Standard,
    /// The long form, with results of its own.
    Long,
}

impl Length {
    /// Returns these studies in this form.
    fn of(self, studies: Vec<&'static Study>) -> Result<Vec<&'static Study>> {
        match self {
            Length::Standard => Ok(studies),
            Length::Long => studies.into_iter().map(|study| study::long_form(study.name)).collect(),
        }
    }
}

impl Run {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let studies = self.budget.of(named(&self.studies)?)?;
        let folder = match &self.out {
            Some(folder) => folder.clone(),
            None => session.project()?.results(),
        };
        prepare(&folder)?;
        let results = Results::at(&folder);
        results.manifest()?;
        let budget = if self.quick { Budget::Quick } else { Budget::Full };
        let mut failures = Vec::new();
        for study in studies {
            // If one study cannot run, for example because its data are missing, the others still run.
            match run_study(study, self.seed, budget, self.force, &results) {
                Ok(line) => writeln!(session.out, "{}: {line}", study.name)?,
                Err(error) => failures.push(format!("the study {} did not run: {error}", study.name)),
            }
        }
        interrupt::not_while(|| results.write_index())?;
        if self.out.is_none() && budget == Budget::Full {
            show_ranks(&session.project()?)?;
        }
        writeln!(session.out, "{}", Project::shown(&folder.join("README.md")))?;
        if failures.is_empty() { Ok(Outcome::Done) } else { Err(anyhow::anyhow!(failures.join("; "))) }
    }
}

/// Runs a study and writes its results, unless they are up to date. Returns a line about it.
fn run_study(study: &Study, seed: u64, budget: Budget, force: bool, results: &Results) -> Result<String> {
    let key = key(seed, budget);
    if !force && results.is_current(study.name, &key) {
        return Ok("up to date".into());
    }
    let started = Instant::now();
    let findings = fresh(study, seed, budget)?;
    let seconds = started.elapsed().as_secs_f64();
    interrupt::not_while(|| results.write_study(study, &findings, &Provenance::now(seed, key, seconds)))?;
    Ok(format!("{}, in {}", summary(&findings), duration(seconds)))
}

/// Updates the README's table of ranks. A project without such a README or such results stays as it is.
fn show_ranks(project: &Project) -> Result<()> {
    let (page, results) = (project.root.join("README.md"), project.results().join("comparison"));
    let [ranks, by_area] = ["ranks.csv", "ranks_by_area.csv"].map(|name| results.join(name));
    if [&page, &ranks, &by_area].iter().any(|path| !path.is_file()) {
        return Ok(());
    }
    let old = files::read_text(&page)?;
    let block = readme::ranks(&tables::read_csv(&ranks)?, &tables::read_csv(&by_area)?)?;
    match readme::RANKS.filled(&old, &block) {
        Ok(new) if new != old => interrupt::not_while(|| files::write_atomically(&page, new.as_bytes())),
        _ => Ok(()),
    }
}

/// Returns the studies of these names, each once; all studies for `all` or for no name.
pub(super) fn named(names: &[String]) -> Result<Vec<&'static Study>> {
    if names.is_empty() || names.iter().any(|name| name == "all") {
        return Ok(study::ALL.iter().collect());
    }
    let mut studies: Vec<&Study> = Vec::new();
    for name in names {
        let study = study::by_name(name)?;
        if !studies.iter().any(|known| known.name == study.name) {
            studies.push(study);
        }
    }
    Ok(studies)
}

/// Runs a study with a progress bar.
pub(super) fn fresh(study: &Study, seed: u64, budget: Budget) -> Result<Findings> {
    let bar = Bar::new(&format!("{}:", study.name));
    (study.run)(&Context { seed, budget, progress: &bar })
}

/// Returns a key for the code and the settings. Equal keys mean equal results.
pub(super) fn key(seed: u64, budget: Budget) -> String {
    format!("{CODE_HASH}-{seed}{}", if budget == Budget::Quick { QUICK } else { "" })
}

/// The end of the key of a quick run.
const QUICK: &str = "-quick";

/// Returns the budget of the run with this key.
pub(super) fn budget_of(key: &str) -> Budget {
    if key.ends_with(QUICK) { Budget::Quick } else { Budget::Full }
}

/// Creates the folder, and checks that it can be written before a long run starts.
pub(super) fn prepare(folder: &Path) -> Result<()> {
    tables::check_threads()?;
    fs::create_dir_all(folder).map_err(|e| Error::io("create the folder", folder, e))?;
    check_writable(folder).map_err(|e| Error::io("write into the folder", folder, e))
}

/// Summarizes findings: "3 tables, 2 figures, 4 claims: 3 hold, 1 is refuted".
fn summary(findings: &Findings) -> String {
    let count = |verdict| findings.claims.iter().filter(|claim| claim.verdict() == verdict).count();
    let verdicts =
        [("hold", Verdict::Holds), ("refuted", Verdict::Refuted), ("undecided", Verdict::Undecided)];
    let verdicts: Vec<String> =
        verdicts.into_iter().map(|(word, verdict)| format!("{} {word}", count(verdict))).collect();
    format!(
        "{}, {}, {} ({})",
        counted(findings.tables.len(), "table"),
        counted(findings.figures.len(), "figure"),
        counted(findings.claims.len(), "claim"),
        verdicts.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_tells_runs_apart_and_keeps_their_budget() {
        let keys = [key(0, Budget::Full), key(0, Budget::Quick), key(1, Budget::Full)];
        assert!(keys[0] != keys[1] && keys[0] != keys[2]);
        assert_eq!([&keys[0], &keys[1]].map(|key| budget_of(key)), [Budget::Full, Budget::Quick]);
    }

    #[test]
    fn a_wrong_name_is_refused_and_all_is_all() {
        assert_eq!(named(&["all".into()]).unwrap().len(), study::ALL.len());
        assert!(named(&["momentumm".into()]).is_err());
    }

    #[test]
    fn a_study_without_a_long_form_refuses_a_long_budget() {
        let long = |name: &str| Length::Long.of(named(&[name.into()]).unwrap());
        assert_eq!(long("papers").unwrap()[0].name, "papers-long");
        assert!(long("momentum").is_err() && long("all").is_err());
        assert!(Length::Standard.of(named(&["papers".into()]).unwrap()).unwrap()[0].name == "papers");
    }
}
