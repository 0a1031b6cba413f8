//! Repetitions of runs for benchmarks: without checkpoints, up to the target and no further.

use super::execute::{Place, execute};
use super::{
    BoxedOptimizer, BuiltProblem, Contender, CostAxis, Phase, Run, Settings, Suite, SuiteObjective, Trial,
    engine,
};
use crate::error::{Error, Result};
use crate::minimize::LoopState;
use crate::progress::Silent;
use crate::stop::Termination;
use ndarray::Array1;
use rayon::prelude::*;
use std::ops::ControlFlow;
use std::sync::Arc;

/// A run of an optimizer at one setting on a problem, which a benchmark can repeat as often as it needs. It
/// has the seed that needs the median number of evaluations among the seeds that reach the target (of two
/// medians the smaller), or the first seed if none reaches it.
pub struct Replay<'a> {
    problem: Arc<BuiltProblem>,
    contender: &'a dyn Contender,
    trial: Trial,
    to_target: Option<u64>,
}

/// A run that is ready to start: everything is built, and nothing has been evaluated.
pub struct PreparedRun {
    optimizer: BoxedOptimizer,
    run: LoopState<f64, SuiteObjective>,
}

/// The best setting of an optimizer on a problem, as texts from a table of outcomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestSetting {
    /// The name of the problem.
    pub problem: String,
    /// The name of the optimizer.
    pub optimizer: String,
    /// The text of the setting.
    pub setting: String,
}

impl Suite {
    /// Returns the runs at the best settings that a comparison with these numbers of trials and seeds found,
    /// by problem and then by optimizer. Each setting runs once under every seed, which shows how far its
    /// target is; nothing is tuned. Benchmarks use them, since the seconds of [`Run::curve`] are measured
    /// while other runs use the machine.
    ///
    /// # Errors
    /// If a problem cannot be built, or no trial of an optimizer has the setting, which then comes from other
    /// code.
    pub fn replays<'a>(&'a self, best: &[BestSetting], settings: &Settings) -> Result<Vec<Replay<'a>>> {
        let specs: Vec<_> = self.specs.iter().collect();
        let (problems, _) = engine::build(&specs, settings, false, &Silent)?;
        let problems: Vec<Arc<BuiltProblem>> = problems.into_iter().map(Arc::new).collect();
        let mut chosen = Vec::new();
        for (problem, contender) in problems
            .iter()
            .flat_map(|problem| self.contenders.iter().map(move |contender| (problem, &**contender)))
        {
            let name = contender.facts().name;
            let of_pair =
                |found: &&BestSetting| found.problem == problem.facts().name && found.optimizer == name;
            if let Some(found) = best.iter().find(of_pair).filter(|_| contender.takes(problem)) {
                chosen.push((problem, contender, trial_of(contender, &found.setting, settings)?));
            }
        }
        Ok(chosen
            .into_par_iter()
            .with_max_len(1)
            .map(|(problem, contender, trial)| Replay::new(problem, contender, trial, settings.seeds))
            .collect())
    }
}

/// Returns the trial, or the defaults, with this text as its setting.
fn trial_of(contender: &dyn Contender, setting: &str, settings: &Settings) -> Result<Trial> {
    let trials = (0..settings.trials).map(|number| Trial::new(number, settings.trials, 0));
    let mut all = trials.chain([Trial::defaults(0)]);
    all.find(|trial| contender.setting(trial).text == setting).ok_or_else(|| Error::Unsupported {
        what: format!("no trial of {} has the setting {setting}", contender.facts().name),
        remedy: "it comes from other code, or from another number of trials: run `gradus run comparison` \
                 first",
    })
}

impl<'a> Replay<'a> {
    fn new(problem: &Arc<BuiltProblem>, contender: &'a dyn Contender, trial: Trial, seeds: usize) -> Self {
        let place = |seed| Place { phase: Phase::Best, trial, number: 0, seed };
        let runs: Vec<Run> =
            (0..seeds as u64).into_par_iter().map(|seed| execute(problem, contender, place(seed))).collect();
        let target = problem.facts().target;
        let typical = typical(&runs, target);
        let to_target = typical
            .and_then(|run| run.to_target(target, CostAxis::Iterations))
            .map(|iterations| iterations as u64);
        Replay {
            problem: problem.clone(),
            contender,
            trial: trial.with_seed(typical.map_or(0, |run| run.seed)),
            to_target,
        }
    }

    /// Returns the name of the problem.
    pub fn problem(&self) -> &str {
        &self.problem.facts().name
    }

    /// Returns the name of the optimizer.
    pub fn optimizer(&self) -> String {
        self.contender.facts().name
    }

    /// Returns the number of iterations to the first checkpoint at or below the target; `None` if no seed
    /// ends at or below it.
    pub fn to_target(&self) -> Option<u64> {
        self.to_target
    }

    /// Builds the optimizer and the problem, so that the run is ready to start.
    ///
    /// # Errors
    /// If the setting is refused.
    pub fn prepare(&self) -> Result<PreparedRun> {
        let seed = self.trial.seed();
        Ok(PreparedRun {
            optimizer: self.contender.optimizer(&self.trial, &self.problem)?,
            run: LoopState::new(
                self.problem.objective(self.contender.data_access(), seed)?,
                &self.problem.start(seed),
            )?
            .untimed(),
        })
    }
}

/// Returns the run with the median number of evaluations to the target among those that end at or below it;
/// of two medians the smaller.
fn typical(runs: &[Run], target: f64) -> Option<&Run> {
    let to = |run: &Run| run.to_target(target, CostAxis::Evaluations).unwrap_or(f64::INFINITY);
    let mut reached: Vec<&Run> = runs.iter().filter(|run| run.final_loss() <= target).collect();
    reached.sort_by(|a, b| to(a).total_cmp(&to(b)));
    reached.get(reached.len().saturating_sub(1) / 2).copied()
}

impl PreparedRun {
    /// Evaluates the start, before the first iteration.
    pub fn start(&mut self) {
        self.run.start(&mut *self.optimizer);
    }

    /// Makes at most `most` iterations, and returns how many it made: an optimizer may find that it has
    /// converged.
    pub fn iterate(&mut self, most: u64) -> u64 {
        let before = self.run.iterate().k;
        let bound = before + most as usize;
        let _reason: Termination = self.run.run(&mut *self.optimizer, |moment| match moment.iterate.k {
            iterations if iterations < bound => ControlFlow::Continue(()),
            iterations => ControlFlow::Break(Termination::OutOfIterations { iterations, bound }),
        });
        (self.run.iterate().k - before) as u64
    }

    /// Returns the current iterate.
    pub fn x(&self) -> &Array1<f64> {
        &self.run.iterate().x
    }
}

#[cfg(test)]
mod tests {
    use super::super::run::tests::run;
    use super::super::{Memory, Outcome};
    use super::*;

    #[test]
    fn a_replay_ends_at_the_target_where_its_run_did() {
        let problems = ["quadratic:100", "rosenbrock", "noisy-quadratic", "digits/softmax"];
        let suite = Suite::standard()
            .problems(&problems)
            .unwrap()
            .optimizers(&["sgd", "adam", "lbfgs", "sr1"])
            .unwrap();
        let settings = Settings { trials: 12, seeds: 3, ..Settings::default() };
        let comparison = suite.compare(&settings, &Silent, &Memory::default()).unwrap().comparison;
        let of_best = comparison.runs.iter().filter(|run| run.phase == Phase::Best && run.seed == 0);
        let found = |run: &Run| BestSetting {
            problem: run.problem.clone(),
            optimizer: run.optimizer.clone(),
            setting: run.setting.clone(),
        };
        let best: Vec<BestSetting> = of_best.map(found).collect();
        let replays = suite.replays(&best, &settings).unwrap();
        assert_eq!(replays.len(), best.len());
        let mut reached = 0;
        for (replay, found) in replays.iter().zip(&best) {
            assert_eq!(
                (replay.problem(), replay.optimizer()),
                (found.problem.as_str(), found.optimizer.clone())
            );
            let target = replay.problem.facts().target;
            let solved = comparison
                .best(&found.problem, &found.optimizer)
                .iter()
                .filter(|run| run.final_loss() <= target)
                .count();
            assert_eq!(replay.to_target().is_some(), solved > 0, "{found:?}");
            let Some(iterations) = replay.to_target() else { continue };
            let mut prepared = replay.prepare().unwrap();
            prepared.start();
            prepared.iterate(iterations);
            let loss = match replay.problem.judge().unwrap() {
                Some(mut judge) => judge.see(prepared.x()).0,
                None => prepared.run.iterate().value,
            };
            assert!(loss <= target, "{found:?}: {loss}");
            reached += 1;
        }
        assert!(reached >= 10, "{reached}");
    }

    #[test]
    fn a_setting_of_other_code_is_told() {
        let suite = Suite::standard().problems(&["beale"]).unwrap();
        let found = |setting: &str| {
            [BestSetting { problem: "beale".into(), optimizer: "adam".into(), setting: setting.into() }]
        };
        let settings = Settings { trials: 4, seeds: 1, scale: 0.1, ..Settings::default() };
        assert_eq!(suite.replays(&found("lr=1e-3"), &settings).unwrap().len(), 1, "the defaults");
        let refused = suite.replays(&found("lr=7e-3"), &settings).err().unwrap().to_string();
        assert!(refused.contains("lr=7e-3") && refused.contains("gradus run comparison"), "{refused}");
    }

    #[test]
    fn the_typical_run_is_in_the_middle_of_those_that_solve() {
        let ends = |losses: &[f64]| run(losses, Outcome::Finished);
        let (soon, late, never) = (ends(&[1.0, 1e-4]), ends(&[1.0, 0.1, 0.1, 1e-4]), ends(&[1.0, 0.5]));
        let between = ends(&[1.0, 0.1, 1e-4]);
        let iterations = |runs: &[Run]| typical(runs, 1e-3).map(|run| run.curve.len() - 1);
        assert_eq!(iterations(&[late.clone(), never.clone(), soon.clone(), between]), Some(2));
        assert_eq!(iterations(&[late, soon]), Some(1));
        assert_eq!(iterations(&[never]), None);
    }
}
