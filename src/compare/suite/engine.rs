//! The engine of a comparison: it lists all runs and executes each once, in parallel.

use super::execute::{Place, blank, execute};
use super::interruption::go_on;
use super::problem::BuiltProblem;
use super::store::Key;
use super::{Comparison, Contender, Origins, Outcome, Phase, Run, Settings, Store, codec, jobs};
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::rng;
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::Mutex;

/// Executes all runs: first the tunings and the seeds at the defaults, then the seeds at the best settings.
pub(super) fn compare(
    problems: &[BuiltProblem],
    contenders: &[&dyn Contender],
    settings: &Settings,
    progress: &dyn Progress,
    store: &dyn Store,
) -> Result<Comparison> {
    let pairs = pairs(problems, contenders)?;
    let runs = run_pairs(&pairs, settings, progress, store)?;
    Ok(Comparison {
        problems: problems.iter().map(|problem| problem.facts().clone()).collect(),
        optimizers: contenders.iter().map(|contender| contender.facts()).collect(),
        runs,
        trials: settings.trials,
        seeds: settings.seeds,
        origins: Origins::default(),
    })
}

/// A contender on a problem.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub problem: &'a BuiltProblem,
    pub contender: &'a dyn Contender,
}

/// Returns all pairs of a problem and a contender that can be run on it, in their order.
pub(super) fn pairs<'a>(
    problems: &'a [BuiltProblem],
    contenders: &[&'a dyn Contender],
) -> Result<Vec<Pair<'a>>> {
    let on = |problem: &'a BuiltProblem| {
        let taken = contenders.iter().filter(|contender| contender.takes(problem));
        taken.map(|&contender| Pair { problem, contender }).collect::<Vec<_>>()
    };
    let pairs: Vec<Pair> = problems.iter().flat_map(on).collect();
    if pairs.is_empty() {
        let what = "none of these optimizers can be run on any of these problems".to_owned();
        return Err(Error::Unsupported {
            what,
            remedy: "choose others: those with curvature need exact gradients, kfac needs layers",
        });
    }
    Ok(pairs)
}

/// Executes all runs of some pairs: first the tunings and the seeds at the defaults, then the seeds at the
/// best settings. Returns them sorted by pair, phase, trial and seed.
pub(super) fn run_pairs(
    pairs: &[Pair],
    settings: &Settings,
    progress: &dyn Progress,
    store: &dyn Store,
) -> Result<Vec<Run>> {
    let engine = Engine { settings, progress, store, met: Mutex::default() };
    let first: Vec<Job> = pairs.iter().flat_map(|pair| engine.first_jobs(pair)).collect();
    let second = pairs.len() * settings.seeds;
    progress.start("runs", (first.len() + second) as u64);
    let first = engine.run_all(&first)?;
    let jobs: Vec<Job> = pairs.iter().flat_map(|pair| engine.jobs_at_the_best(pair, &first)).collect();
    let best = engine.run_all(&jobs)?;
    store.finish()?;
    Ok(in_order(pairs, first, best))
}

/// A run to execute.
struct Job<'a> {
    pair: Pair<'a>,
    place: Place,
}

struct Engine<'a> {
    settings: &'a Settings,
    progress: &'a dyn Progress,
    store: &'a dyn Store,
    /// The runs that this comparison has executed already, since the best setting may be the defaults. Only
    /// runs that the store does not keep need it.
    met: Mutex<HashMap<Key, String>>,
}

impl<'a> Engine<'a> {
    /// Returns the trials of a pair, and its seeds at the defaults.
    fn first_jobs(&self, pair: &Pair<'a>) -> Vec<Job<'a>> {
        let places = jobs::first(pair.contender, self.settings);
        places.into_iter().map(|place| Job { pair: *pair, place }).collect()
    }

    /// Returns the seeds of a pair at its best setting.
    fn jobs_at_the_best(&self, pair: &Pair<'a>, first: &[Run]) -> Vec<Job<'a>> {
        let (problem, optimizer) = (pair.problem.facts(), pair.contender.facts());
        let of_pair = first.iter().filter(|r| r.problem == problem.name && r.optimizer == optimizer.name);
        let places = jobs::at_the_best(of_pair, problem.target, self.settings);
        places.into_iter().map(|place| Job { pair: *pair, place }).collect()
    }

    /// Executes the jobs that are not in the store yet, on all threads, and returns the runs in the order of
    /// the jobs. They are executed in a random order: what is done is then a fair sample of what is not, and
    /// the remaining time can be estimated, although some problems cost a thousand times as much as others.
    fn run_all(&self, jobs: &[Job]) -> Result<Vec<Run>> {
        let order = rng::permutation(&mut rng::stream(0, "order of runs", 0), jobs.len());
        let run = |&at: &u32| Ok((at, self.run(&jobs[at as usize])?));
        let mut runs: Vec<(u32, Run)> = order.par_iter().with_max_len(1).map(run).collect::<Result<_>>()?;
        runs.sort_unstable_by_key(|(at, _)| *at);
        Ok(runs.into_iter().map(|(_, run)| run).collect())
    }

    fn run(&self, job: &Job) -> Result<Run> {
        go_on()?;
        let Job { pair: Pair { problem, contender }, place } = job;
        let empty = blank(&problem.facts().name, *contender, *place);
        let version = contender.version();
        let key = jobs::key(problem.identity(), *contender, &empty, version.as_deref());
        let known = self.met.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).get(&key).cloned();
        let known = known.or_else(|| version.as_ref().and_then(|_| self.store.get(key)));
        let run = match known.and_then(|line| codec::read(&line, empty)) {
            Some(run) => run,
            None => {
                let run = execute(problem, *contender, *place);
                go_on()?;
                let line = codec::text(&run);
                match run.outcome {
                    _ if version.is_none() => {}
                    // A failed run is not kept, so that the next comparison tries it again.
                    Outcome::Failed => self.store.note_failure(key, &line)?,
                    _ => self.store.put(key, &line)?,
                }
                if place.phase != Phase::Tuning {
                    self.met.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(key, line);
                }
                run
            }
        };
        self.progress.advance(1);
        Ok(run)
    }
}

/// Returns all runs, sorted by problem, optimizer, phase, trial and seed.
fn in_order(pairs: &[Pair], first: Vec<Run>, best: Vec<Run>) -> Vec<Run> {
    let place: HashMap<(&str, String), usize> = pairs
        .iter()
        .enumerate()
        .map(|(at, pair)| ((pair.problem.facts().name.as_str(), pair.contender.facts().name), at))
        .collect();
    let mut runs: Vec<Run> = first.into_iter().chain(best).collect();
    runs.sort_by_cached_key(|run| {
        (place[&(run.problem.as_str(), run.optimizer.clone())], run.phase, run.trial, run.seed)
    });
    runs
}

/// Builds the problems in parallel. Problems whose data are missing are left out, each with a sentence. That
/// is an error if no problem remains, or if `strict` says that the problems were chosen by name.
pub(super) fn build(
    specs: &[&super::ProblemSpec],
    settings: &Settings,
    strict: bool,
    progress: &dyn Progress,
) -> Result<(Vec<BuiltProblem>, Vec<String>)> {
    progress.start("lowest values", specs.len() as u64);
    let build = |spec: &&super::ProblemSpec| {
        go_on()?;
        let built = spec.build(settings);
        progress.advance(1);
        built
    };
    let built: Vec<Result<BuiltProblem>> = specs.par_iter().with_max_len(1).map(build).collect();
    let (mut problems, mut left_out) = (Vec::new(), Vec::new());
    let mut missing = None;
    for (spec, built) in specs.iter().zip(built) {
        match built {
            Ok(problem) => problems.push(problem),
            Err(error @ Error::DataMissing { .. }) if !strict => {
                left_out.push(format!("{} is left out: {error}", spec.name()));
                missing = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    match missing {
        Some(error) if problems.is_empty() => Err(error),
        _ => Ok((problems, left_out)),
    }
}
