//! `gradus compare plan`: deals a comparison to shards.

use super::sbatch::{Batch, program};
use super::selection::Selection;
use super::{threads, weights};
use crate::cli::command::archive::archives;
use crate::cli::command::session::{Outcome, Session};
use crate::cli::interrupt;
use crate::cli::numbers;
use crate::cli::output::{counted, duration, grouped};
use crate::cli::progress::Bar;
use crate::cli::project::Project;
use crate::compare::suite::{self, Weights};
use crate::error::{Error, Result, check_hyperparameter};
use crate::files;
use clap::Args;
use std::path::{Path, PathBuf};

/// Plans a comparison in shards, for more machines than one
///
/// Pairs of a problem and an optimizer are dealt by their expected cost, the longest first: by the seconds
/// of an earlier comparison or of an archive (--weights), or else by their evaluations. It prints how long
/// the longest shard takes, and how long if all were equal. By the seconds of the archive standard, 8 shards
/// of the standard suite are equal within a percent; beyond 40, the longest pair decides. The plan holds
/// the settings, the problems with their lowest values, and the shard of each pair. Beside it stand
/// shards.sbatch and merge.sbatch for SLURM: the shards as an array whose tasks are requeued when a node
/// fails, and the merge after them, whatever became of them. Any other scheduler runs one process for each
/// shard.
///
/// Shards and merge must have the version of gradus and the arithmetic with which the plan was made: plan
/// on a node of the kind that runs the shards (srun gradus compare plan ...), or allow others with --mixed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus compare plan --shards 8 --out d
  gradus compare plan --shards 200 --threads 4 --weights earlier --out d
  gradus compare plan --shards 8 --weights standard --out d
  gradus compare plan --quick --shards 3 --out d
  gradus compare plan --suite wide --shards 40 --out d

Then, with N shards:
  SLURM         the lines that it prints; they also stand in d/shards.sbatch
  GNU parallel  parallel gradus compare --plan d/plan.txt --shard {}/8 --out d ::: $(seq 8)
  HTCondor      k = $(Process) + 1
                arguments = compare --plan d/plan.txt --shard $INT(k)/8 --out d
                queue 8
  Kubernetes    completionMode: Indexed, completions: 8, and the command
                gradus compare --plan d/plan.txt --shard $((JOB_COMPLETION_INDEX + 1))/8 --out d
  anywhere      gradus compare status d; gradus compare merge d --out report

The folder d is the same for all shards (a network disk), or several are merged:
gradus compare merge d1 d2 d3 --out report. Each process writes files of its own, so
no locks are needed.")]
pub struct Plan {
    /// The number of shards, from 1 to 100,000
    #[arg(long, value_name = "N", value_parser = numbers::whole::<usize>, allow_hyphen_values = true)]
    shards: usize,
    /// The folder of the plan and of the shards
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    selection: Selection,
    /// An earlier comparison, whose seconds are the expected cost: the folder that was given to its --out, or
    /// an archive (its name, a part of it, or its path) [default: cost from evaluations]
    #[arg(long, value_name = "DIR|NAME")]
    weights: Option<PathBuf>,
    /// Threads of each shard
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        value_parser = numbers::whole::<usize>,
        allow_hyphen_values = true
    )]
    threads: usize,
    /// MaxArraySize of SLURM (scontrol show config), at least 2; more shards go into several arrays
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1001,
        value_parser = numbers::whole::<usize>,
        allow_hyphen_values = true
    )]
    max_array_size: usize,
    /// Let nodes with different arithmetic take part, and say so in the report
    #[arg(long)]
    mixed: bool,
}

impl Plan {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let (suite, settings) = (self.selection.suite(session.catalogue)?, self.selection.settings()?);
        threads::checked(self.threads)?;
        check_hyperparameter("max-array-size", self.max_array_size as f64, "at least 2", |v| v >= 2.0)?;
        let weights = match &self.weights {
            Some(given) => weights::read(given, &archives(session))?,
            None => Weights::default(),
        };
        let bar = Bar::new("plan:");
        let (plan, left_out) = suite.plan(&settings, self.shards, &weights, &bar)?;
        drop(bar);
        refuse_if_begun(&plan, &self.out)?;
        let batch = interrupt::not_while(|| self.write(&plan))?;
        for sentence in &left_out {
            writeln!(session.out, "{sentence}")?;
        }
        self.tell(&plan, &batch, session)
    }

    fn write(&self, plan: &suite::Plan) -> Result<Batch> {
        plan.write(&self.out)?;
        let folder = self.out.canonicalize().map_err(|e| Error::io("read the folder", &self.out, e))?;
        let batch = Batch {
            program: program()?,
            folder,
            shards: plan.shards,
            threads: self.threads,
            array_size: self.max_array_size,
            mixed: self.mixed,
            longest: duration(plan.longest_shard() / self.threads as f64),
        };
        batch.write()?;
        Ok(batch)
    }

    fn tell(&self, plan: &suite::Plan, batch: &Batch, session: &mut Session) -> anyhow::Result<Outcome> {
        let threads = self.threads as f64;
        let ideal = plan.seconds() / plan.shards as f64;
        writeln!(
            session.out,
            "{}: {}, {} runs in {}",
            Project::shown(&self.out.join("plan.txt")),
            counted(plan.pairs.len(), "pair"),
            grouped(plan.runs()),
            counted(plan.shards, "shard")
        )?;
        writeln!(
            session.out,
            "expected with {} each: {} for the longest shard, {} if all were equal, {} in one process",
            counted(self.threads, "thread"),
            batch.longest,
            duration(ideal / threads),
            duration(plan.seconds() / threads)
        )?;
        if let Some(longest) = plan.pairs.first().filter(|pair| pair.seconds > ideal) {
            let (name, useful) = (plan.name(longest), (plan.seconds() / longest.seconds).ceil());
            writeln!(
                session.out,
                "the longest pair is {name} with {}: more than {useful} shards make nothing shorter",
                duration(longest.seconds / threads)
            )?;
        }
        writeln!(session.out, "with SLURM:\n{}", batch.submission())?;
        Ok(Outcome::Done)
    }
}

/// Refuses to replace a plan whose shards have begun.
fn refuse_if_begun(plan: &suite::Plan, folder: &Path) -> Result<()> {
    let begun = folder.join("shards").is_dir() && !files::below(&folder.join("shards"))?.is_empty();
    let same = || suite::Plan::read(folder).is_ok_and(|old| old.is_same_as(plan));
    if begun && !same() {
        let what = format!("the shards of another plan have begun in {}", folder.display());
        return Err(Error::Unsupported { what, remedy: "choose another folder" });
    }
    Ok(())
}
