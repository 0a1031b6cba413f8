//! The seconds of a step of each optimizer.

use super::super::run_to_target::Task;
use super::contender::Contender;
use crate::error::Result;
use crate::study::Context;

/// The steps of a run that is timed.
const STEPS: usize = 200;

/// Returns the seconds of a step for each task and contender.
pub(super) fn seconds_per_step(
    tasks: &[Task],
    contenders: &[Contender],
    context: &Context,
) -> Result<Vec<Vec<f64>>> {
    let seconds = |task: &Task, contender: &Contender| {
        let limits = task.limits(STEPS, context.seed);
        task.seconds_per_step(&contender.method, contender.default, limits, context)
    };
    tasks.iter().map(|task| contenders.iter().map(|contender| seconds(task, contender)).collect()).collect()
}
