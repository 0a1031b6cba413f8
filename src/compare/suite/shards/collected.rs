//! The runs in the folders of a comparison in shards, and what is missing.

use super::layout::{self, LOG, PLAN};
use super::log::{self, Log};
use super::plan::{Plan, PlannedPair};
use crate::compare::suite::execute::blank;
use crate::compare::suite::store::Key;
use crate::compare::suite::{Contender, Run, codec, jobs};
use crate::error::{Error, Result};
use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// All logs of a plan, from one folder or several.
pub(super) struct Collected {
    pub logs: Vec<Log>,
    /// The shards that said that they were done.
    pub done: BTreeSet<usize>,
    /// The places of the lines of each key: log and line.
    places: HashMap<Key, Vec<(usize, usize)>>,
}

/// A run that was found, and the place of its log.
pub(super) struct FoundRun {
    pub run: Run,
    pub log: usize,
}

/// The runs of a pair that were found, in their order, and the number of those that are missing.
pub(super) struct FoundPair {
    pub runs: Vec<FoundRun>,
    pub missing: usize,
}

impl FoundPair {
    fn add(&mut self, run: Option<FoundRun>) {
        self.missing += usize::from(run.is_none());
        self.runs.extend(run);
    }
}

impl Collected {
    /// Reads the logs in some folders.
    ///
    /// # Errors
    /// If a folder is given twice, holds no shards or those of another plan, or cannot be read.
    pub fn read(plan: &Plan, folders: &[PathBuf]) -> Result<Self> {
        check_folders(plan, folders)?;
        let (mut paths, mut done) = (Vec::new(), BTreeSet::new());
        for folder in folders {
            for shard in 1..=plan.shards {
                paths.extend(logs_in(&layout::of_shard(folder, shard))?);
                done.extend(layout::done(folder, shard).exists().then_some(shard));
            }
        }
        Collected::of(plan, &paths, done)
    }

    /// Reads the logs of one shard.
    pub fn of_shard(plan: &Plan, folder: &Path, shard: usize) -> Result<Self> {
        Collected::of(plan, &logs_in(&layout::of_shard(folder, shard))?, BTreeSet::new())
    }

    fn of(plan: &Plan, paths: &[PathBuf], done: BTreeSet<usize>) -> Result<Self> {
        let (mut logs, mut places, key) = (Vec::new(), HashMap::<Key, Vec<_>>::new(), plan.key());
        for path in paths {
            let Some(log) = log::read(path)? else { continue };
            if log.head.plan != key {
                let what = format!("{} belongs to another plan", path.display());
                return Err(Error::Unsupported {
                    what,
                    remedy: "leave out its folder, or name the plan that it belongs to",
                });
            }
            for (line, content) in log.lines.iter().enumerate() {
                places.entry(content.key).or_default().push((logs.len(), line));
            }
            logs.push(log);
        }
        Ok(Collected { logs, done, places })
    }

    /// Returns the lines of runs that did not fail, one for each key.
    pub fn kept(&self) -> HashMap<Key, String> {
        let lines = self.logs.iter().flat_map(|log| &log.lines).filter(|line| !line.failed);
        lines.map(|line| (line.key, line.run.clone())).collect()
    }

    /// Returns the runs of a pair of the plan.
    ///
    /// # Errors
    /// If a run was made twice, with different numbers.
    pub fn pair(&self, plan: &Plan, pair: &PlannedPair, contender: &dyn Contender) -> Result<FoundPair> {
        let problem = &plan.problems[pair.problem];
        let version = contender.version();
        let find = |place| {
            let empty = blank(&problem.facts.name, contender, place);
            self.find(jobs::key(&problem.identity, contender, &empty, version.as_deref()), &empty)
        };
        let mut found = FoundPair { runs: Vec::new(), missing: 0 };
        for place in jobs::first(contender, &plan.settings) {
            found.add(find(place)?);
        }
        if found.missing > 0 {
            // The best setting is not known before all trials are there.
            found.missing += plan.settings.seeds;
            return Ok(found);
        }
        let trials = found.runs.iter().map(|found| &found.run);
        for place in jobs::at_the_best(trials, problem.facts.target, &plan.settings) {
            found.add(find(place)?);
        }
        Ok(found)
    }

    /// Returns the run of a key: the one that did not fail, else the last that failed.
    fn find(&self, key: Key, empty: &Run) -> Result<Option<FoundRun>> {
        let places = self.places.get(&key).map_or(&[][..], Vec::as_slice);
        let lines = places.iter().map(|&(log, line)| (log, &self.logs[log].lines[line]));
        let (failed, kept): (Vec<_>, Vec<_>) = lines.partition(|(_, line)| line.failed);
        if let Some(((first, a), others)) = kept.split_first() {
            let other = others.iter().find(|(_, b)| numbers(&a.run) != numbers(&b.run));
            if let Some((second, _)) = other {
                return Err(self.contradiction(empty, *first, *second));
            }
        }
        let read = |&(log, line): &(usize, &log::LogLine)| {
            codec::read(&line.run, empty.clone()).map(|run| FoundRun { run, log })
        };
        Ok(kept.first().and_then(read).or_else(|| failed.last().and_then(read)))
    }

    fn contradiction(&self, run: &Run, first: usize, second: usize) -> Error {
        let named =
            |log: usize| format!("{} ({})", self.logs[log].head.node.host, self.logs[log].path.display());
        let what = format!(
            "{} × {} ({}, seed {}) was run twice, on {} and on {}, with different numbers",
            run.problem,
            run.optimizer,
            run.setting,
            run.seed,
            named(first),
            named(second)
        );
        Error::Unsupported { what, remedy: "leave out the folder or remove the log of one of them" }
    }
}

/// Returns the fields of a run that must be equal on two machines: all but the seconds.
fn numbers(run: &str) -> Vec<&str> {
    /// The place of the seconds in the line of a run.
    const SECONDS: usize = 4;
    run.split('\t').enumerate().filter(|(at, _)| *at != SECONDS).map(|(_, field)| field).collect()
}

fn check_folders(plan: &Plan, folders: &[PathBuf]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for folder in folders {
        let real = folder.canonicalize().map_err(|e| Error::io("read the folder", folder, e))?;
        if !seen.insert(real) {
            let what = format!("the folder {} is given twice", folder.display());
            return Err(Error::Unsupported { what, remedy: "name each folder once" });
        }
        let own = folder.join(PLAN);
        if own.exists() && Plan::read(&own)?.key() != plan.key() {
            let what = format!("{} is another plan", own.display());
            return Err(Error::Unsupported { what, remedy: "merge the folders of one plan at a time" });
        }
        if !own.exists() && !folder.join(layout::SHARDS).is_dir() {
            let what = format!("{} holds neither a plan nor shards", folder.display());
            return Err(Error::Unsupported {
                what,
                remedy: "name a folder that was given to --out of a shard",
            });
        }
    }
    Ok(())
}

/// Returns the logs of a shard, in the order of their names; none if the folder is not there.
fn logs_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|e| Error::io("read the folder", folder, e))?,
    };
    let path = |entry: std::io::Result<fs::DirEntry>| entry.map(|entry| entry.path());
    let paths: Vec<PathBuf> =
        entries.map(path).collect::<Result<_, _>>().map_err(|e| Error::io("read the folder", folder, e))?;
    let mut logs: Vec<PathBuf> =
        paths.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == LOG)).collect();
    logs.sort();
    Ok(logs)
}
