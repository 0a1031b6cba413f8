//! `gradus bench`: Criterion's benchmarks, and their estimates as results.

use super::session::{Outcome, Session};
use crate::cli::output::counted;
use crate::cli::project::Project;
use crate::cli::{child, interrupt};
use crate::error::{Error, Result};
use crate::files;
use crate::report::criterion::{self, to_target};
use crate::report::manifest::{self, CODE_HASH, Provenance};
use crate::report::peers;
use crate::report::readme;
use crate::report::results::Results;
use clap::Args;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Runs the benchmarks, and writes Criterion's estimates into results/wall_clock.csv with a chart
///
/// Use an idle machine: `cargo bench` takes the times, in about ten minutes. The times to target of the
/// comparison's optimizers go into separate tables and a chart, results/time_to_target*. They use the
/// settings that `gradus run comparison` has found, so run that study first.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus bench
  gradus bench --quick
  gradus bench --collect
  gradus bench --peers target/peers/peers.csv")]
pub struct Bench {
    /// Take fewer samples, for a first look: intervals are wider
    #[arg(long)]
    quick: bool,
    /// Only collect what the last `cargo bench` left
    #[arg(long, conflicts_with = "quick")]
    collect: bool,
    /// Run nothing; write what `make peers` measured into results/ and README.md
    #[arg(long, value_name = "FILE", conflicts_with_all = ["quick", "collect", "force"])]
    peers: Option<PathBuf>,
    /// Run even if neither the code nor the benchmarks have changed since the last time
    #[arg(long)]
    force: bool,
}

impl Bench {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let project = session.project()?;
        if let Some(measured) = &self.peers {
            return show_peers(measured, &project, session);
        }
        let started = Instant::now();
        let results = Results::at(project.results());
        let key = key(&project)?;
        if !self.collect && !self.force && is_current(&results, &key)? {
            writeln!(session.out, "benchmarks: up to date (--force runs them all the same)")?;
            return Ok(Outcome::Done);
        }
        let estimates = target(&project).join("criterion");
        if !self.collect {
            session.out.flush()?;
            // An optimizer that reached a target with earlier code need not reach it now, so old estimates
            // are removed.
            to_target::GROUPS.iter().try_for_each(|group| files::remove_folder(&estimates.join(group)))?;
            let mut cargo = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
            cargo.current_dir(&project.root).arg("bench");
            if self.quick {
                cargo.args(["--", "--quick"]);
            }
            if !child::run(&mut cargo)?.success() {
                writeln!(session.out, "cargo bench failed: see above")?;
                return Ok(Outcome::CheckFailed);
            }
        }
        let times = criterion::read(&estimates)?;
        let provenance = Provenance::now(0, key, started.elapsed().as_secs_f64());
        let joined = interrupt::not_while(|| {
            let joined = results.write_wall_clock(&times, &provenance)?;
            results.write_index().map(|()| joined)
        })?;
        let file = project.results().join("wall_clock.csv");
        writeln!(session.out, "{} in {}", counted(times.rows(), "benchmark"), Project::shown(&file))?;
        if !joined {
            let missing = "no times to the target: they need `gradus run comparison` and all of `cargo \
                           bench`, then `gradus bench --collect`";
            writeln!(session.out, "{missing}")?;
        }
        Ok(Outcome::Done)
    }
}

/// Writes the measured peers into results/, and their table into the README.
fn show_peers(measured: &Path, project: &Project, session: &mut Session) -> anyhow::Result<Outcome> {
    let table = peers::read(measured)?;
    let page = project.root.join("README.md");
    // This comes first, so that nothing changes if the README has no place for the table.
    let text = files::read_text(&page)?;
    readme::PEERS.filled(&text, "")?;
    let results = Results::at(project.results());
    let provenance = Provenance::now(0, key(project)?, 0.0);
    interrupt::not_while(|| {
        results.write_peers(&table, &provenance)?;
        results.write_index()?;
        let processors = peers::side_by_side(&peers::on_processors(&results.root)?)?;
        let block = peers::block(Some(&table))? + &processors;
        files::write_atomically(&page, readme::PEERS.filled(&text, &block)?.as_bytes())
    })?;
    let file = project.results().join("peers.csv");
    writeln!(session.out, "{} in {}", counted(table.rows(), "row"), Project::shown(&file))?;
    Ok(Outcome::Done)
}

/// Returns a key for the code that is timed and for the benchmarks.
fn key(project: &Project) -> Result<String> {
    let folder = project.root.join("benches");
    let entries = fs::read_dir(&folder).map_err(|e| Error::io("read", &folder, e))?;
    let mut sources: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    sources.retain(|path| path.extension().is_some_and(|ending| ending == "rs"));
    sources.sort();
    let hashes = sources
        .iter()
        .map(|path| Ok(manifest::sha256(path)?[..8].to_string()))
        .collect::<Result<Vec<_>>>()?;
    Ok(format!("{CODE_HASH}-{}", hashes.join("-")))
}

/// Returns whether the times in the folder have this key and are unchanged.
fn is_current(results: &Results, key: &str) -> Result<bool> {
    let manifest = results.manifest()?;
    let same = manifest.wall_clock.as_ref().is_some_and(|provenance| provenance.key == key);
    let written = manifest.files.get("wall_clock.csv");
    let path = results.root.join("wall_clock.csv");
    Ok(same && path.exists() && written == Some(&manifest::sha256(&path)?))
}

/// Returns the folder in which cargo builds and Criterion leaves its estimates.
fn target(project: &Project) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or(project.root.join("target"), |target| project.root.join(target))
}
