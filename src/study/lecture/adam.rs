//! Adam: momentum and RMSProp combined. Its first step, its bias correction, its defaults, and the
//! half-cosine schedule.

mod counterexample;
mod first_step;
mod moments;
mod paths;
mod sources;
mod training;

use crate::error::Result;
use crate::findings::Findings;
use crate::study::{Context, Study};

pub(super) const STUDY: Study = Study {
    name: "adam",
    notebook: "10",
    title: "Adam",
    question: "What does Adam's bias correction repair, and how good are its defaults?",
    run,
};

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    let parts: [fn(&Context, &mut Findings) -> Result<()>; 3] =
        [first_step::run, paths::run, counterexample::run];
    context.progress.start("first step, paths, counterexample", parts.len() as u64);
    for part in parts {
        part(context, &mut findings)?;
        context.progress.advance(1);
    }
    moments::run(context, &mut findings);
    training::run(context, &mut findings)?;
    Ok(findings)
}
