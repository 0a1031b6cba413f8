//! `gradus reproduce`: runs studies on this machine, beside the committed results.

use super::run::{budget_of, fresh, key, named, prepare};
use super::session::{Outcome, Session};
use crate::claim::{Claim, Verdict};
use crate::cli::interrupt;
use crate::cli::output::{Format, counted, duration};
use crate::cli::project::Project;
use crate::error::{Error, Result};
use crate::files;
use crate::report::claims;
use crate::report::manifest::{Manifest, Provenance};
use crate::report::reproduction::{self, Differences, Pair, Reproduced};
use crate::report::results::Results;
use crate::report::verify;
use crate::study::Study;
use crate::table::Table;
use clap::Args;
use std::path::{Path, PathBuf};

/// Runs studies on this machine and shows their claims beside the committed ones
///
/// The results go into a folder of their own, with a page: both machines, each claim as same, moved or other,
/// and the differences of each table. Nothing in results/ changes. A study that has run is not run again, so
/// an interrupted reproduction goes on where it was. Exit code 1 if a claim has another verdict.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus reproduce --light
  gradus reproduce momentum adam
  gradus reproduce")]
pub struct Reproduce {
    /// Studies (see `gradus list studies`) [default: all]
    #[arg(value_name = "STUDY", conflicts_with = "light")]
    studies: Vec<String>,
    /// Run only the shortest studies, a minute in all
    #[arg(long)]
    light: bool,
    /// The folder for results and the page [default: target/reproduction of the project]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The results to compare with [default: results/ of the project]
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,
    /// Run studies even if they have run
    #[arg(long)]
    force: bool,
}

/// The seconds that the studies of `--light` may take together.
const LIGHT: f64 = 60.0;
/// The number of claims that are printed; the page has all.
const PRINTED: usize = 12;

impl Reproduce {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let committed = match &self.against {
            Some(folder) => Results::at(folder),
            None => Results::at(session.project()?.results()),
        };
        let out = match &self.out {
            Some(folder) => folder.clone(),
            None => session.project()?.root.join("target/reproduction"),
        };
        let manifest = committed.manifest()?;
        let (studies, not_run) = self.chosen(&manifest)?;
        refuse_same(&committed.root, &out)?;
        prepare(&out)?;
        let here = Results::at(&out);
        let left: Vec<f64> = studies
            .iter()
            .filter(|study| self.kept(study, &manifest, &here).is_none())
            .map(|study| seconds(&manifest, study))
            .collect();
        match left.len() {
            0 => writeln!(session.out, "all of these studies have run (--force runs them again)")?,
            count => writeln!(
                session.out,
                "running {} (about {} on the machine of the committed results)",
                if count == 1 { "1 study".into() } else { format!("{count} studies") },
                duration(left.iter().sum())
            )?,
        }
        let mut reproduced = Vec::new();
        for study in studies {
            reproduced.push(self.reproduce(study, &manifest, &committed, &here)?);
        }
        let names: Vec<String> = not_run.iter().map(|study| study.name.to_string()).collect();
        let page = out.join("reproduction.html");
        let text = reproduction::page(&reproduced, &names);
        interrupt::not_while(|| {
            here.write_index()?;
            files::write_atomically(&page, text.as_bytes())
        })?;
        print(&reproduced, session)?;
        print_not_run(&not_run, &manifest, session)?;
        writeln!(session.out, "the page: {}", Project::shown(&page))?;
        let other = reproduced.iter().any(|study| study.count(reproduction::Outcome::Other) > 0);
        Ok(if other { Outcome::CheckFailed } else { Outcome::Done })
    }

    /// Returns the studies to run and those that are left out, both of the committed ones.
    fn chosen(&self, manifest: &Manifest) -> Result<(Vec<&'static Study>, Vec<&'static Study>)> {
        let known = |study: &&Study| manifest.studies.contains_key(study.name);
        let asked = named(&self.studies)?;
        if let Some(missing) = asked.iter().find(|study| !known(study) && !self.studies.is_empty()) {
            let what =
                format!("there are no committed results of the study {} to compare with", missing.name);
            return Err(Error::Unsupported { what, remedy: "run it with `gradus run` first" });
        }
        let mut all: Vec<&'static Study> = asked.into_iter().filter(known).collect();
        if all.is_empty() {
            let what = "the folder of results has no studies to compare with".into();
            return Err(Error::Unsupported { what, remedy: "name one with results, with --against" });
        }
        if !self.light {
            return Ok((all, Vec::new()));
        }
        all.sort_by(|a, b| seconds(manifest, a).total_cmp(&seconds(manifest, b)));
        let mut total = 0.0;
        Ok(all.into_iter().partition(|study| {
            total += seconds(manifest, study);
            total <= LIGHT
        }))
    }

    /// Returns the differences of a study that has run here already; `None` if it must run.
    fn kept(&self, study: &Study, manifest: &Manifest, here: &Results) -> Option<Differences> {
        let provenance = &manifest.studies.get(study.name)?.provenance;
        let key = key(provenance.seed, budget_of(&provenance.key));
        let current = !self.force && here.is_current(study.name, &key);
        current.then(|| Differences::read(&differences_of(study, here))).flatten()
    }

    /// Runs a study with the seed and budget of its committed results, unless it has run.
    fn reproduce(
        &self,
        study: &Study,
        manifest: &Manifest,
        committed: &Results,
        here: &Results,
    ) -> Result<Reproduced> {
        let provenance = &manifest.studies[study.name].provenance;
        let (seed, budget) = (provenance.seed, budget_of(&provenance.key));
        let kept = differences_of(study, here);
        let differences = match self.kept(study, manifest, here) {
            Some(differences) => differences,
            None => {
                let started = std::time::Instant::now();
                let findings = fresh(study, seed, budget)?;
                let differences = Differences::of(&verify::verify(committed, study.name, &findings)?);
                let now = Provenance::now(seed, key(seed, budget), started.elapsed().as_secs_f64());
                interrupt::not_while(|| {
                    here.write_study(study, &findings, &now)?;
                    std::fs::create_dir_all(kept.parent().unwrap_or(Path::new(".")))
                        .map_err(|source| Error::io("create the folder of", &kept, source))?;
                    differences.write(&kept)
                })?;
                differences
            }
        };
        let of = claims::read(&committed.folder(study.name).join("claims.csv"))?;
        let claims: Vec<Pair> = reproduction::pairs(of, here.read_claims(study.name)?);
        let now = here.manifest()?.studies[study.name].provenance.clone();
        Ok(Reproduced {
            name: study.name.into(),
            committed: provenance.clone(),
            here: now,
            claims,
            differences,
        })
    }
}

/// Returns the file of the differences of a study.
fn differences_of(study: &Study, here: &Results) -> PathBuf {
    here.root.join("differences").join(format!("{}.csv", study.name))
}

/// Returns the seconds that the committed run of a study took.
fn seconds(manifest: &Manifest, study: &Study) -> f64 {
    manifest.studies.get(study.name).map_or(f64::INFINITY, |entry| entry.provenance.seconds)
}

/// Refuses to write into the folder that is compared with.
fn refuse_same(committed: &Path, out: &Path) -> Result<()> {
    let same = match (committed.canonicalize(), out.canonicalize()) {
        (Ok(committed), Ok(out)) => committed == out,
        _ => false,
    };
    if !same {
        return Ok(());
    }
    let what = format!("--out {} is the folder of the committed results", out.display());
    Err(Error::Unsupported { what, remedy: "name another folder, or use `gradus run` to replace them" })
}

/// Prints the claims that are not the same, and a row for each study.
fn print(studies: &[Reproduced], session: &mut Session) -> anyhow::Result<()> {
    let pairs = || studies.iter().flat_map(|study| &study.claims);
    let mut differing: Vec<&Pair> =
        pairs().filter(|pair| pair.outcome() != reproduction::Outcome::Same).collect();
    differing.sort_by_key(|pair| pair.outcome() != reproduction::Outcome::Other);
    if !differing.is_empty() {
        let shown = &differing[..differing.len().min(PRINTED)];
        let measured = |of: fn(&Pair) -> String| shown.iter().map(move |pair| of(pair));
        let table = Table::new("claims", "")
            .text("claim", measured(|pair| pair.claim().id.clone()))
            .text("committed", measured(committed_cell))
            .text("here", measured(here_cell))
            .text("outcome", measured(|pair| pair.outcome().to_string()));
        Format::Table.print(&table, session.out)?;
        if differing.len() > shown.len() {
            writeln!(
                session.out,
                "… and {} more that moved; the page has all",
                differing.len() - shown.len()
            )?;
        }
        writeln!(session.out)?;
    }
    Format::Table.print(&reproduction::table(studies), session.out)?;
    let other = pairs().filter(|pair| pair.outcome() == reproduction::Outcome::Other).count();
    let all = pairs().count();
    Ok(writeln!(
        session.out,
        "{} of {} have the verdict of the committed results",
        all - other,
        counted(all, "claim")
    )?)
}

fn committed_cell(pair: &Pair) -> String {
    let cell = |(claim, verdict): &(Claim, Verdict)| format!("{} ({verdict})", claims::measurement(claim));
    pair.committed.as_ref().map_or_else(|| "–".into(), cell)
}

fn here_cell(pair: &Pair) -> String {
    let cell = |claim: &Claim| format!("{} ({})", claims::measurement(claim), claim.verdict());
    pair.here.as_ref().map_or_else(|| "–".into(), cell)
}

/// Says which studies did not run, how long they take, and how to run them.
fn print_not_run(studies: &[&Study], manifest: &Manifest, session: &mut Session) -> anyhow::Result<()> {
    if studies.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = studies
        .iter()
        .map(|study| format!("{} ({})", study.name, duration(seconds(manifest, study))))
        .collect();
    let total: f64 = studies.iter().map(|study| seconds(manifest, study)).sum();
    Ok(writeln!(
        session.out,
        "not run: {}. `make reproduce` runs everything, in about {} more",
        names.join(", "),
        duration(total)
    )?)
}
