//! Gradient descent: the loop, its three hyperparameters, and the cost of a step.

mod cost;
mod rate;
mod sources;
mod starts;
mod threshold;
mod worked;

use crate::error::Result;
use crate::findings::Findings;
use crate::study::{Context, Study};

pub(super) const STUDY: Study = Study {
    name: "gradient-descent",
    notebook: "04",
    title: "Gradient descent",
    question: "Which learning rates converge, how fast, and from which starts? And how much does a step \
               cost?",
    run,
};

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    context.progress.start("worked runs, threshold, rate", 3);
    let parts: [fn(&Context, &mut Findings) -> Result<()>; 3] = [worked::run, threshold::run, rate::run];
    for part in parts {
        part(context, &mut findings)?;
        context.progress.advance(1);
    }
    starts::run(context, &mut findings)?;
    cost::run(context, &mut findings)?;
    Ok(findings)
}
