//! The rules of after the lecture that see layers or promise to need no tuning: how they are related, what
//! they gain on small nets, and what they and their tuning cost.

mod batches;
mod contender;
mod cost;
mod matrices;
mod race;
mod schedule;
mod sources;
mod tasks;
mod trials;

use crate::error::Result;
use crate::findings::Findings;
use crate::study::{Context, Study};

pub(super) const STUDY: Study = Study {
    name: "what-came-after",
    notebook: sources::NOTEBOOK,
    title: "What came after",
    question: "Which of the rules since K-FAC beat a tuned AdamW on small nets, per step and per second, and \
               which need less tuning, as they promise?",
    run,
};

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    matrices::run(context, &mut findings)?;
    let tasks = tasks::all(context)?;
    let contenders = contender::all();
    let sweeps = trials::sweep(&tasks, &contenders, context)?;
    let seconds = cost::seconds_per_step(&tasks, &contenders, context)?;
    race::run(&tasks, &contenders, &sweeps, &seconds, context, &mut findings)?;
    trials::report(&tasks, &contenders, &sweeps, &mut findings);
    schedule::run(&tasks, context, &mut findings)?;
    batches::run(&tasks[0], &contenders, &sweeps[0], context, &mut findings)?;
    Ok(findings)
}
