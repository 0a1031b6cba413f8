//! The state of a comparison in shards.

use super::collected::Collected;
use super::heartbeat::{LOST, now};
use super::layout::{self, BEAT};
use super::members;
use super::plan::Plan;
use crate::compare::suite::{Outcome, Suite, VERSION};
use crate::error::Result;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The state of a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShardState {
    /// All its runs are there.
    Done,
    /// A process runs it, and gave a sign of life within the last minute.
    Running,
    /// A process began it and has given no sign of life for a minute, or runs of it are gone.
    Lost,
    /// No process has begun it.
    Waiting,
}

/// The state of a comparison in shards.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// The state of each shard; that of shard 1 stands first.
    pub shards: Vec<ShardState>,
    /// The number of runs that are there, those that failed included.
    pub kept: usize,
    /// The number of runs that failed.
    pub failed: usize,
    /// The number of all runs.
    pub runs: usize,
    /// The expected seconds that each shard still needs, at the pace so far.
    pub seconds_left: Vec<f64>,
}

/// The shortest time of a process from which the pace is estimated.
const FAIR: f64 = 1.0;

impl Status {
    /// Returns the shards in a state, sorted.
    pub fn in_state(&self, state: ShardState) -> Vec<usize> {
        (1..=self.shards.len()).filter(|shard| self.shards[shard - 1] == state).collect()
    }
}

impl Suite {
    /// Returns how far the shards of a plan are, from what stands in one folder or several.
    ///
    /// # Errors
    /// As [`merge`](Suite::merge), but an arithmetic may be another one.
    pub fn status(&self, plan: &Plan, folders: &[PathBuf]) -> Result<Status> {
        plan.check_version(VERSION)?;
        let contenders = members::contenders(self, plan)?;
        let collected = Collected::read(plan, folders)?;
        let mut pace = Pace::new(&collected);
        let (mut missing, mut left) = (vec![0; plan.shards], vec![0.0; plan.shards]);
        let mut failed = 0;
        for pair in &plan.pairs {
            let found = collected.pair(plan, pair, contenders[pair.optimizer])?;
            let of_a_run = pair.seconds / pair.runs as f64;
            found.runs.iter().for_each(|run| pace.expected[run.log] += of_a_run);
            failed += found.runs.iter().filter(|found| found.run.outcome == Outcome::Failed).count();
            missing[pair.shard - 1] += found.missing;
            left[pair.shard - 1] += of_a_run * found.missing as f64;
        }
        let state = |shard: usize| match missing[shard - 1] {
            0 => ShardState::Done,
            _ => unfinished(folders, shard),
        };
        let (pace, runs) = (pace.ratio(), plan.runs());
        Ok(Status {
            shards: (1..=plan.shards).map(state).collect(),
            kept: runs - missing.iter().sum::<usize>(),
            failed,
            runs,
            seconds_left: left.into_iter().map(|seconds| seconds * pace).collect(),
        })
    }
}

/// The pace of the processes so far: their time over the expected seconds of their runs.
struct Pace {
    seconds: Vec<f64>,
    expected: Vec<f64>,
}

impl Pace {
    fn new(collected: &Collected) -> Self {
        let seconds = |log: &super::log::Log| {
            log.modified.duration_since(log.head.began()).map_or(0.0, |time| time.as_secs_f64())
        };
        let seconds: Vec<f64> = collected.logs.iter().map(seconds).collect();
        Pace { expected: vec![0.0; seconds.len()], seconds }
    }

    fn ratio(&self) -> f64 {
        let fair =
            self.seconds.iter().zip(&self.expected).filter(|(s, expected)| **s >= FAIR && **expected > 0.0);
        let (seconds, expected) = fair.fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
        if expected > 0.0 { seconds / expected } else { 1.0 }
    }
}

fn unfinished(folders: &[PathBuf], shard: usize) -> ShardState {
    let inside: Vec<PathBuf> = folders.iter().map(|folder| layout::of_shard(folder, shard)).collect();
    let begun: Vec<&PathBuf> = inside.iter().filter(|folder| folder.is_dir()).collect();
    match begun.iter().any(|folder| is_alive(folder)) {
        true => ShardState::Running,
        false if begun.is_empty() => ShardState::Waiting,
        false => ShardState::Lost,
    }
}

/// Returns whether a process in the folder gave a sign of life lately.
fn is_alive(folder: &Path) -> bool {
    let signs: Vec<SystemTime> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|ending| ending == BEAT))
        .filter_map(|entry| entry.metadata().ok()?.modified().ok())
        .collect();
    let now = if signs.is_empty() { SystemTime::now() } else { now(folder) };
    // A sign from the future is one, too.
    signs.into_iter().any(|sign| now.duration_since(sign).is_ok_and(|age| age < LOST) || sign > now)
}
