//! Nesterov momentum: the look-ahead, its change of variables, its rate, and its price.

mod accelerated;
mod forms;
mod heavy_ball;
mod modes;
mod overshoot;
mod sources;
mod vectors;

use crate::error::Result;
use crate::findings::Findings;
use crate::study::{Context, Study};

pub(super) const STUDY: Study = Study {
    name: "nesterov",
    notebook: "08",
    title: "Nesterov momentum",
    question: "What changes if we take the gradient at the point to which the velocity is about to move?",
    run,
};

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    let parts: [fn(&Context, &mut Findings) -> Result<()>; 6] =
        [forms::run, vectors::run, overshoot::run, modes::run, accelerated::run, heavy_ball::run];
    context.progress.start("forms, vectors, overshoot, modes, rate, counterexample", parts.len() as u64);
    for part in parts {
        part(context, &mut findings)?;
        context.progress.advance(1);
    }
    Ok(findings)
}
