//! Runs of a comparison again, under a clock: without checkpoints, as far as the target and no further.

use super::{AnyOptimizer, Arena, Axis, Comparison, Contender, Run, Settings, Suite, Task, Trial, engine};
use crate::error::Result;
use crate::optimizer::Iterate;
use crate::study::Silent;
use ndarray::Array1;
use std::ops::ControlFlow;
use std::sync::Arc;

/// A run at the best setting of an optimizer on a problem, to be run again as often as a clock needs. Of the seeds that reach the target it
/// is the one that needs the median of evaluations (of two the smaller); where none does, the first seed.
pub struct Replay<'a> {
    arena: Arc<Arena>,
    contender: &'a dyn Contender,
    trial: Trial,
    seed: u64,
    to_target: Option<u64>,
}

/// A replay before its start: what it is made of is made, and nothing is evaluated yet.
pub struct Poised {
    optimizer: AnyOptimizer,
    task: Task,
    iterate: Iterate<f64>,
}

impl Suite {
    /// The runs at the best settings of a comparison that this suite made with these settings, each ready to be run again: by problem, then
    /// optimizer. For benchmarks; [`Run::curve`] has seconds too, but those of one run beside others.
    ///
    /// # Errors
    /// If a problem cannot be built.
    pub fn replays<'a>(&'a self, comparison: &Comparison, settings: &Settings) -> Result<Vec<Replay<'a>>> {
        let recipes: Vec<_> = self.recipes.iter().collect();
        let (arenas, _) = engine::build(&recipes, settings, false, &Silent)?;
        let mut replays = Vec::new();
        for arena in arenas.into_iter().map(Arc::new) {
            let of = |contender| Replay::of(&arena, contender, comparison);
            replays.extend(self.contenders.iter().filter_map(|contender| of(&**contender)));
        }
        Ok(replays)
    }
}

impl<'a> Replay<'a> {
    /// `None` for an optimizer that was not run on the problem.
    fn of(arena: &Arc<Arena>, contender: &'a dyn Contender, comparison: &Comparison) -> Option<Self> {
        let facts = contender.facts();
        let runs = comparison.best(&arena.facts().name, &facts.name);
        let target = arena.facts().target;
        let typical = typical(&runs, target);
        let run = typical.or(runs.first().copied())?;
        let tuned = !facts.tuned.is_empty();
        let trial = if tuned { Trial::new(run.trial, comparison.trials, run.seed) } else { Trial::defaults(run.seed) };
        let to_target = typical.and_then(|run| run.to_target(target, Axis::Iterations)).map(|iterations| iterations as u64);
        Some(Replay { arena: arena.clone(), contender, trial, seed: run.seed, to_target })
    }

    /// The problem's name.
    pub fn problem(&self) -> &str {
        &self.arena.facts().name
    }

    /// The optimizer's name.
    pub fn optimizer(&self) -> String {
        self.contender.facts().name
    }

    /// Iterations to the first checkpoint at or below the target; `None` where no seed ends there.
    pub fn to_target(&self) -> Option<u64> {
        self.to_target
    }

    /// Makes it ready to start.
    ///
    /// # Errors
    /// If the setting is refused.
    pub fn poised(&self) -> Result<Poised> {
        Ok(Poised {
            optimizer: self.contender.optimizer(&self.trial, &self.arena)?,
            task: self.arena.task(self.contender.sight(), self.seed)?,
            iterate: Iterate::new(&self.arena.start(self.seed)),
        })
    }
}

/// Of the runs that end at or below the target the one with the median of evaluations to it; of two the smaller.
fn typical<'a>(runs: &[&'a Run], target: f64) -> Option<&'a Run> {
    let to = |run: &Run| run.to_target(target, Axis::Evaluations).unwrap_or(f64::INFINITY);
    let mut reached: Vec<&Run> = runs.iter().copied().filter(|run| run.final_loss() <= target).collect();
    reached.sort_by(|a, b| to(a).total_cmp(&to(b)));
    reached.get(reached.len().saturating_sub(1) / 2).copied()
}

impl Poised {
    /// The first evaluation, before the first iteration.
    pub fn start(&mut self) {
        self.optimizer.start(&mut self.task, &mut self.iterate);
    }

    /// Iterates at most so many times, and says how often it did: an optimizer may find that it has converged.
    pub fn iterate(&mut self, most: u64) -> u64 {
        for made in 0..most {
            if let ControlFlow::Break(_) = self.optimizer.iterate(&mut self.task, &mut self.iterate) {
                return made;
            }
            self.iterate.k += 1;
        }
        most
    }

    /// Where it is.
    pub fn x(&self) -> &Array1<f64> {
        &self.iterate.x
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
        let suite = Suite::standard().problems(&problems).unwrap().optimizers(&["sgd", "adam", "lbfgs", "sr1"]).unwrap();
        let settings = Settings { trials: 12, seeds: 3, ..Settings::default() };
        let comparison = suite.compare(&settings, &Silent, &Memory::default()).unwrap().comparison;
        let replays = suite.replays(&comparison, &settings).unwrap();
        let pairs = problems.iter().flat_map(|p| comparison.optimizers.iter().map(move |o| (p, o)));
        assert_eq!(replays.len(), pairs.filter(|(p, o)| !comparison.best(p, &o.name).is_empty()).count());
        let mut reached = 0;
        for replay in &replays {
            let solves = |run: &&&Run| run.final_loss() <= replay.arena.facts().target;
            let solved = comparison.best(replay.problem(), &replay.optimizer()).iter().filter(solves).count();
            assert_eq!(replay.to_target().is_some(), solved > 0);
            let Some(iterations) = replay.to_target() else { continue };
            let mut poised = replay.poised().unwrap();
            poised.start();
            poised.iterate(iterations);
            let loss = match replay.arena.judge().unwrap() {
                Some(mut judge) => judge.see(poised.x()).0,
                None => poised.iterate.value,
            };
            assert!(loss <= replay.arena.facts().target, "{} on {}: {loss}", replay.optimizer(), replay.problem());
            reached += 1;
        }
        assert!(reached >= 10, "{reached}");
    }

    #[test]
    fn the_typical_run_is_in_the_middle_of_those_that_solve() {
        let ends = |losses: &[f64]| run(losses, Outcome::Finished);
        let (soon, late, never) = (ends(&[1.0, 1e-4]), ends(&[1.0, 0.1, 0.1, 1e-4]), ends(&[1.0, 0.5]));
        let between = ends(&[1.0, 0.1, 1e-4]);
        let iterations = |runs: &[&Run]| typical(runs, 1e-3).map(|run| run.curve.len() - 1);
        assert_eq!(iterations(&[&late, &never, &soon, &between]), Some(2));
        assert_eq!(iterations(&[&late, &soon]), Some(1));
        assert_eq!(iterations(&[&never]), None);
    }
}
