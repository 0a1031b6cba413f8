//! `gradus bench`: Criterion's benchmarks, and their estimates as results.

use super::{Outcome, Session};
use crate::cli::output::counted;
use crate::cli::project::Project;
use crate::cli::{child, interrupt};
use crate::report::criterion;
use crate::report::manifest::{CODE_HASH, Provenance};
use crate::report::results::Results;
use clap::Args;
use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

/// Runs the benchmarks, and writes Criterion's estimates into results/wall_clock.csv with a chart
///
/// Run it on an idle machine: `cargo bench` does the timing, for some minutes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus bench
  gradus bench --quick
  gradus bench --collect")]
pub struct Bench {
    /// Fewer samples: intervals are wider
    #[arg(long)]
    quick: bool,
    /// Only collect what the last `cargo bench` left
    #[arg(long, conflicts_with = "quick")]
    collect: bool,
}

impl Bench {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let project = session.project()?;
        let started = Instant::now();
        if !self.collect {
            session.out.flush()?;
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
        let times = criterion::read(&target(&project).join("criterion"))?;
        let provenance = Provenance::now(0, CODE_HASH, started.elapsed().as_secs_f64());
        let results = Results::at(project.results());
        interrupt::not_while(|| results.write_wall_clock(&times, &provenance).and_then(|()| results.write_index()))?;
        let file = project.results().join("wall_clock.csv");
        writeln!(session.out, "{} in {}", counted(times.rows(), "benchmark"), Project::shown(&file))?;
        Ok(Outcome::Done)
    }
}

/// Where cargo builds, and Criterion leaves its estimates.
fn target(project: &Project) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or(project.root.join("target"), |target| project.root.join(target))
}
