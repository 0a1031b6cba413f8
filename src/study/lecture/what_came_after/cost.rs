//! The seconds of a step of each optimizer.

use super::contender::Contender;
use super::task::{Limits, Task};
use crate::compare::replicates;
use crate::error::Result;
use crate::study::Context;

/// The steps of a run that is timed, and the number of such runs.
const STEPS: usize = 200;
const REPEATS: usize = 3;

/// Returns the seconds of a step for each task and contender, the shortest mean of a few runs. They run one
/// after another, each on one thread.
pub(super) fn seconds_per_step(
    tasks: &[Task],
    contenders: &[Contender],
    context: &Context,
) -> Result<Vec<Vec<f64>>> {
    let count = context.choose(REPEATS, 1);
    // One replicate, because rayon's threads do not ask for a helper.
    let timed = replicates(1, context.progress, "seconds of a step", |_| {
        let seconds = |task: &Task, contender: &Contender| -> Result<f64> {
            let limits = Limits { to_target: false, look: STEPS, ..task.limits(STEPS, context.seed) };
            let runs = (0..count).map(|_| task.run(contender, contender.default, limits));
            let runs = runs.collect::<Result<Vec<_>>>()?;
            Ok(runs.iter().map(|way| way.seconds_per_step).fold(f64::INFINITY, f64::min))
        };
        let of = |task| contenders.iter().map(|contender| seconds(task, contender)).collect();
        tasks.iter().map(of).collect::<Result<Vec<Vec<f64>>>>()
    });
    timed.into_iter().next().expect("there is one replicate")
}
