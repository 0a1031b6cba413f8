//! Momentum: a velocity, of which the fraction ρ survives each step. Its two forms, its rate, the obstacles
//! that it passes, and its effect on noise.

mod escapes;
mod forms;
mod noise;
mod rates;
mod ravine;
mod sources;

use crate::error::Result;
use crate::findings::Findings;
use crate::study::{Context, Study};

pub(super) const STUDY: Study = Study {
    name: "momentum",
    notebook: "07",
    title: "SGD with momentum",
    question: "What does a velocity change: the speed of convergence, the obstacles that can be passed, and \
               the effect of noise?",
    run,
};

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
