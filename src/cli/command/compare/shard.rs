//! `gradus compare --plan FILE --shard K/N`: the runs of one shard.

use super::array::shard_of_task;
use super::summary::of_runs;
use super::threads::pool;
use crate::cli::command::session::{Outcome, Session};
use crate::cli::output::{counted, duration};
use crate::cli::progress::Bar;
use crate::compare::suite::{Finished, Plan, Suite};
use crate::error::{Error, Result};
use std::path::{Path, PathBuf};
use std::time::Instant;

pub(super) struct Shard {
    pub plan: PathBuf,
    pub shard: Option<String>,
    pub threads: Option<usize>,
    pub mixed: bool,
    pub out: Option<PathBuf>,
}

impl Shard {
    pub fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let plan = Plan::read(&self.plan)?;
        let shard = match &self.shard {
            Some(text) => parsed(text, &plan)?,
            None => shard_of_task()?,
        };
        let out = self.out.unwrap_or_else(|| folder_of(&self.plan));
        let (suite, pool) = (Suite::of(session.catalogue), pool(self.threads)?);
        let started = Instant::now();
        let bar = Bar::new(&format!("shard {shard} of {}:", plan.shards));
        let finished = pool.install(|| suite.run_shard(&plan, shard, &out, self.mixed, &bar))?;
        drop(bar);
        let of = format!("shard {shard} of {}", plan.shards);
        if finished.pairs == 0 {
            writeln!(session.out, "{of} is empty: nothing to do")?;
            return Ok(Outcome::Done);
        }
        let Finished { pairs, runs, reused, diverged, failed } = finished;
        let (pairs, runs) = (counted(pairs, "pair"), of_runs(runs, reused, diverged, failed));
        writeln!(session.out, "{of}: {pairs}, {runs}, in {}", duration(started.elapsed().as_secs_f64()))?;
        Ok(Outcome::Done)
    }
}

/// Returns the folder that holds a plan.
fn folder_of(plan: &Path) -> PathBuf {
    if plan.is_dir() {
        return plan.into();
    }
    let folder = plan.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).into()
}

/// Reads "3/8", and checks it against the plan.
fn parsed(text: &str, plan: &Plan) -> Result<usize> {
    let parts = text.split_once('/').map(|(k, n)| (k.trim().parse::<usize>(), n.trim().parse::<usize>()));
    let Some((Ok(shard), Ok(shards))) = parts else {
        let form = "K/N with the shard K, from 1, and the number N of shards, such as 3/8";
        return Err(Error::Syntax { what: "shard", text: text.into(), form });
    };
    if shards != plan.shards {
        let what = format!("{text} is a shard of {shards}, but the plan has {}", plan.shards);
        return Err(Error::Unsupported { what, remedy: "name the number of shards with which it was made" });
    }
    plan.check_shard(shard)?;
    Ok(shard)
}
