//! Momentum: a velocity with friction. Its two forms, its rate, what it passes, and what it does to noise.

mod escapes;
mod forms;
mod noise;
mod rates;
mod ravine;

use super::{Context, Study};
use crate::error::Result;
use crate::findings::Findings;

pub(super) const STUDY: Study = Study {
    name: "momentum",
    notebook: "07",
    title: "SGD with momentum",
    question: "What does a velocity change: how fast, past what, and through how much noise?",
    run,
};

const SLIDE: &str = "slide \"SGD + Momentum\"";

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    context.progress.start("forms, ravine, rates, escapes", 4);
    let parts: [fn(&Context, &mut Findings) -> Result<()>; 4] =
        [forms::run, ravine::run, rates::run, escapes::run];
    for part in parts {
        part(context, &mut findings)?;
        context.progress.advance(1);
    }
    noise::run(context, &mut findings)?;
    Ok(findings)
}
