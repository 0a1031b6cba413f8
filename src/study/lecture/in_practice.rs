//! In practice: tests of the advice at the end of the lecture.

mod batch_size;
mod decision;
mod final_metrics;
mod full_batch;
mod schedules;
mod sources;
mod training_task;
mod tuned;
mod untuned;

use crate::error::Result;
use crate::findings::Findings;
use crate::study::{Context, Study};

pub(super) const STUDY: Study = Study {
    name: "in-practice",
    notebook: "15",
    title: "In practice",
    question: "Which optimizer is best without tuning, with tuning, and on the full batch?",
    run,
};

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    let tasks = training_task::all(context)?;
    let (untuned, given_time) = untuned::run(&tasks, context, &mut findings)?;
    let tuned = tuned::run(&tasks, context, &mut findings)?;
    let full_batch = full_batch::run(context, &mut findings)?;
    let (first, rest) = decision::tables(&tasks, [&untuned, &given_time], &tuned, &full_batch);
    findings.tables.splice(0..0, std::iter::once(first).chain(rest));
    schedules::run(&tasks[2], &tuned[2], context, &mut findings)?;
    batch_size::run(&tasks[2], &tuned[2], context, &mut findings)?;
    Ok(findings)
}
