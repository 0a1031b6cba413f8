//! `gradus compare`: every optimizer on every problem, with equal tuning.

use super::session::{Outcome as Ended, Session};
use crate::cli::interrupt;
use crate::cli::numbers;
use crate::cli::output::{counted, duration, grouped};
use crate::cli::progress::Bar;
use crate::cli::project::Project;
use crate::compare::suite::{Compared, FileStore, Outcome, Settings, Suite, VERSION};
use crate::error::{Error, Result, check_hyperparameter};
use crate::optimizer::catalogue::Catalogue;
use crate::report::{comparison, tables};
use clap::Args;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::path::PathBuf;
use std::time::Instant;

/// Compares optimizers: tunes each equally on every problem, then runs it with many seeds
///
/// Every optimizer gets the same number of trials on every problem, then runs with several seeds at its best
/// setting and at its untuned defaults. Finished runs are kept in the folder, so after an interruption the
/// same command runs only the rest. Tables of all runs, including diverged ones, are written as CSV and
/// Parquet; except for the seconds, they do not depend on the number of threads. Short tables are also
/// written as LaTeX and Markdown, figures as SVG and as PDF with embedded fonts (DIR/figures/ranks.pdf).
/// DIR/index.html is a page to browse.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus compare --quick --out first-look
  gradus compare --optimizers adam,lbfgs --problems digits/softmax,rosenbrock --out two
  gradus compare --out everything --threads 4

The optimizers and problems of the suite are named by an unknown one: gradus compare --problems ? --out x")]
pub struct Compare {
    /// Optimizers, separated by commas [default: all]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    optimizers: Option<Vec<String>>,
    /// Problems, separated by commas [default: all whose data are installed]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    problems: Option<Vec<String>>,
    /// Take a first look in seconds: six problems, 8 trials, 3 seeds, a fifth of the evaluations
    #[arg(long)]
    quick: bool,
    /// Trials of each tuning [default: 36, or 8 with --quick]
    #[arg(long, value_name = "N", value_parser = numbers::whole::<usize>, allow_hyphen_values = true)]
    trials: Option<usize>,
    /// Seeds at the best setting, and at the defaults [default: 10, or 3 with --quick]
    #[arg(long, value_name = "N", value_parser = numbers::whole::<usize>, allow_hyphen_values = true)]
    seeds: Option<usize>,
    /// Threads [default: one for each core]
    #[arg(long, value_name = "N", value_parser = numbers::whole::<usize>, allow_hyphen_values = true)]
    threads: Option<usize>,
    /// The seed from which every random number comes
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = numbers::whole::<u64>,
        allow_hyphen_values = true
    )]
    seed: u64,
    /// The folder of tables, and of the runs that are kept
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// The subfolder in which finished runs are kept.
const KEPT: &str = "kept";
/// The largest number of threads that is accepted.
const MOST_THREADS: usize = 4096;

impl Compare {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Ended> {
        let (suite, settings) = (self.suite(session.catalogue)?, self.settings()?);
        let threads = self.threads.map_or(Ok(0.0), |threads| {
            check_hyperparameter("threads", threads as f64, "from 1 to 4096", |v| {
                (1.0..=MOST_THREADS as f64).contains(&v)
            })
        })?;
        let pool = self.pool(threads as usize)?;
        tables::check_threads()?;
        let store = FileStore::open(&self.out.join(KEPT), VERSION)?;
        for notice in store.notices() {
            writeln!(session.out, "{notice}")?;
        }
        let started = Instant::now();
        let bar = Bar::new("compare:");
        let compared = pool.install(|| suite.compare(&settings, &bar, &store))?;
        drop(bar);
        interrupt::not_while(|| comparison::write(&compared.comparison, &self.out))?;
        for sentence in &compared.left_out {
            writeln!(session.out, "{sentence}")?;
        }
        writeln!(
            session.out,
            "{}, in {}",
            summary(&compared, store.reused()),
            duration(started.elapsed().as_secs_f64())
        )?;
        writeln!(session.out, "{}", Project::shown(&self.out))?;
        Ok(Ended::Done)
    }

    /// Starts the threads. (One alone would not do: the tables are written as Parquet by a pool of its own.)
    fn pool(&self, threads: usize) -> Result<ThreadPool> {
        ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| Error::Unsupported {
            what: format!("the system does not start the threads of a comparison ({error})"),
            remedy: "ask for fewer with --threads, or raise the limit (ulimit -u)",
        })
    }

    fn suite(&self, catalogue: &Catalogue) -> Result<Suite> {
        let mut suite = Suite::of(catalogue);
        if self.quick && self.problems.is_none() {
            suite = suite.quick_problems();
        }
        if let Some(names) = &self.optimizers {
            let known = suite.optimizer_names();
            let own_name = |given: &str| {
                let own = catalogue.get(given).map(|entry| entry.name().to_owned());
                own.ok().filter(|own| known.contains(own)).unwrap_or(given.into())
            };
            suite = suite.optimizers(&given(names).into_iter().map(own_name).collect::<Vec<_>>())?;
        }
        match &self.problems {
            Some(names) => suite.problems(&given(names)),
            None => Ok(suite),
        }
    }

    fn settings(&self) -> Result<Settings> {
        let usual = if self.quick { Settings::quick() } else { Settings::default() };
        let trials = self.trials.unwrap_or(usual.trials);
        let settings =
            Settings { trials, seeds: self.seeds.unwrap_or(usual.seeds), seed: self.seed, ..usual };
        settings.validate()?;
        Ok(settings)
    }
}

/// Returns the names of a list, without empty ones.
fn given(names: &[String]) -> Vec<&str> {
    names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect()
}

/// Summarizes a comparison: "6 problems, 21 optimizers: 1,624 runs, 12 of them kept from before; 31
/// diverged".
fn summary(compared: &Compared, reused: usize) -> String {
    let comparison = &compared.comparison;
    let count = |outcome| comparison.runs.iter().filter(|run| run.outcome == outcome).count();
    let kept =
        if reused > 0 { format!(", {} of them kept from before", grouped(reused)) } else { String::new() };
    let failed = match count(Outcome::Failed) {
        0 => String::new(),
        failed => format!(", {} failed", grouped(failed)),
    };
    format!(
        "{}, {}: {} runs{kept}; {} diverged{failed}",
        counted(comparison.problems.len(), "problem"),
        counted(comparison.optimizers.len(), "optimizer"),
        grouped(comparison.runs.len()),
        grouped(count(Outcome::Diverged)),
    )
}
