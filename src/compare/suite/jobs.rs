//! The runs of a contender on a problem, and the keys under which they are kept.

use super::execute::Place;
use super::problem::TUNING_SEED;
use super::store::Key;
use super::{Contender, Phase, Run, Settings, Trial};

/// Returns the trials of a contender, and its seeds at the defaults.
pub(super) fn first(contender: &dyn Contender, settings: &Settings) -> Vec<Place> {
    let trials = if contender.facts().tuned.is_empty() { 0 } else { settings.trials };
    let tuning = (0..trials).map(|number| Place {
        phase: Phase::Tuning,
        trial: Trial::new(number, trials, TUNING_SEED),
        number,
        seed: TUNING_SEED,
    });
    tuning.chain(seeds(Phase::Defaults, Trial::defaults(0), 0, settings)).collect()
}

/// Returns the seeds at the setting of the best trial among the first runs of a pair, or at the defaults if
/// there is nothing to tune.
pub(super) fn at_the_best<'a>(
    first: impl Iterator<Item = &'a Run>,
    target: f64,
    settings: &Settings,
) -> Vec<Place> {
    let trials = first.filter(|run| run.phase == Phase::Tuning);
    let (trial, number) = match trials.min_by(|a, b| a.better(b, target)) {
        None => (Trial::defaults(0), 0),
        Some(best) => (Trial::new(best.trial, settings.trials, 0), best.trial),
    };
    seeds(Phase::Best, trial, number, settings).collect()
}

fn seeds(
    phase: Phase,
    trial: Trial,
    number: usize,
    settings: &Settings,
) -> impl Iterator<Item = Place> + use<> {
    (0..settings.seeds as u64).map(move |seed| Place { phase, trial, number, seed })
}

/// Returns the number of runs of a contender on a problem.
pub(super) fn count(contender: &dyn Contender, settings: &Settings) -> usize {
    let trials = if contender.facts().tuned.is_empty() { 0 } else { settings.trials };
    trials + 2 * settings.seeds
}

/// Returns the key of a run: everything that its outcome depends on, without the version of the code, which
/// the store adds.
pub(super) fn key(identity: &str, contender: &dyn Contender, run: &Run, version: Option<&str>) -> Key {
    let (data_access, version) = (contender.data_access(), version.unwrap_or("its own"));
    Key::of(&format!(
        "{identity}\n{} {version} {data_access:?}\n{}\n{}",
        run.optimizer, run.setting, run.seed
    ))
}
