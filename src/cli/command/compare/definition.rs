//! The command, and a comparison in one process.

use super::against::against;
use super::kept::{KEPT, keep};
use super::merge::Merge;
use super::plan::Plan;
use super::selection::Selection;
use super::shard::Shard;
use super::status::Status;
use super::summary::summary;
use super::threads::pool;
use crate::cli::command::session::{Outcome as Ended, Session};
use crate::cli::interrupt;
use crate::cli::numbers;
use crate::cli::output::duration;
use crate::cli::progress::Bar;
use crate::cli::project::Project;
use crate::compare::suite::{FileStore, Machine, VERSION};
use crate::report::{comparison, tables};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Compares optimizers: tunes each equally on every problem, then runs it with many seeds
///
/// Every optimizer gets the same number of trials on every problem, then runs with several seeds at its best
/// setting and at its untuned defaults. Finished runs are kept in the folder, so after an interruption the
/// same command runs only the rest. Tables of all runs, including diverged ones, are written as CSV and
/// Parquet; except for the seconds, they do not depend on the number of threads. Short tables are also
/// written as LaTeX and Markdown, figures as SVG and as PDF with embedded fonts (DIR/figures/ranks.pdf).
/// DIR/index.html is a page to browse.
///
/// A comparison that is too long for one machine is planned, run in shards by any scheduler, and merged. With
/// --against, only the optimizers that an archive lacks are run, and the other runs come from there.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    subcommand_help_heading = "Past one machine",
    subcommand_value_name = "PLAN|STATUS|MERGE",
    after_help = "\
Examples:
  gradus compare --quick --out first-look
  gradus compare --optimizers adam,lbfgs --problems digits/softmax,rosenbrock --out two
  gradus compare --out everything --threads 4
  gradus compare --suite wide --optimizers adamw,adamw+sam --out sam

Against an archive (see `gradus archive --help`):
  gradus compare --against standard --optimizers mine --out report
  gradus compare --against standard --problems rosenbrock,digits/mlp --out some

Past one machine (see `gradus compare plan --help`):
  gradus compare plan --shards 8 --out d
  gradus compare --plan d/plan.txt --shard 3/8 --out d
  gradus compare status d
  gradus compare merge d --out report

The optimizers and problems of the suite are named by an unknown one: gradus compare --problems ? --out x"
)]
pub struct Compare {
    #[command(flatten)]
    selection: Selection,
    /// Threads [default: one for each core]
    #[arg(long, value_name = "N", value_parser = numbers::whole::<usize>, allow_hyphen_values = true)]
    threads: Option<usize>,
    /// The folder of tables, and of the runs that are kept; of a shard, the folder of the runs of all shards
    /// [default with --plan: the plan's folder]
    #[arg(long, value_name = "DIR", required_unless_present = "plan")]
    out: Option<PathBuf>,
    /// Take the runs of an archive (its name, a part of it, or its path), and run only the optimizers that it
    /// lacks, on its problems and with its settings
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with_all = ["suite", "quick", "trials", "seeds", "seed", "plan"]
    )]
    against: Option<String>,
    /// Run one shard of this plan
    #[arg(long, value_name = "FILE", conflicts_with_all = Selection::OPTIONS)]
    plan: Option<PathBuf>,
    /// The shard, from 1, and the number of shards, such as 3/8 [default: from SLURM_ARRAY_TASK_ID]
    #[arg(long, value_name = "K/N", requires = "plan")]
    shard: Option<String>,
    /// Run the shard even if this machine has another arithmetic than the one that made the plan
    #[arg(long, requires = "plan")]
    mixed: bool,
    #[command(subcommand)]
    in_shards: Option<InShards>,
}

#[derive(Debug, Subcommand)]
enum InShards {
    Plan(Plan),
    Status(Status),
    Merge(Merge),
}

impl Compare {
    pub(in crate::cli::command) fn run(self, session: &mut Session) -> anyhow::Result<Ended> {
        let Compare { selection, threads, out, against: archive, plan, shard, mixed, in_shards } = self;
        match (in_shards, plan) {
            (Some(InShards::Plan(plan)), _) => plan.run(session),
            (Some(InShards::Status(status)), _) => status.run(session),
            (Some(InShards::Merge(merge)), _) => merge.run(session),
            (None, Some(plan)) => Shard { plan, shard, threads, mixed, out }.run(session),
            (None, None) => {
                let out = out.unwrap_or_default();
                match archive {
                    Some(name) => against(&name, &selection, threads, &out, session),
                    None => in_one_process(&selection, threads, &out, session),
                }
            }
        }
    }
}

fn in_one_process(
    selection: &Selection,
    threads: Option<usize>,
    out: &Path,
    session: &mut Session,
) -> anyhow::Result<Ended> {
    let (suite, settings) = (selection.suite(session.catalogue)?, selection.settings()?);
    let pool = pool(threads)?;
    tables::check_threads()?;
    let store = FileStore::open(&out.join(KEPT), VERSION)?;
    for notice in store.notices() {
        writeln!(session.out, "{notice}")?;
    }
    let started = Instant::now();
    let bar = Bar::new("compare:");
    let mut compared = pool.install(|| suite.compare(&settings, &bar, &store))?;
    drop(bar);
    compared.comparison.origins.machines = vec![Machine::here()];
    interrupt::not_while(|| {
        comparison::write(&compared.comparison, out).and_then(|()| keep(&compared.plan, out))
    })?;
    for sentence in &compared.left_out {
        writeln!(session.out, "{sentence}")?;
    }
    let summary = summary(&compared.comparison, store.reused());
    writeln!(session.out, "{summary}, in {}", duration(started.elapsed().as_secs_f64()))?;
    writeln!(session.out, "{}", Project::shown(out))?;
    Ok(Ended::Done)
}
