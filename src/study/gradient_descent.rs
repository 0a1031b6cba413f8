//! Gradient descent: the loop, its three hyperparameters, and what a step costs.

mod cost;
mod rate;
mod starts;
mod threshold;
mod worked;

use super::{Context, Study};
use crate::error::Result;
use crate::findings::Findings;

pub(super) const STUDY: Study = Study {
    name: "gradient-descent",
    notebook: "04",
    title: "Gradient descent",
    question: "Which learning rates converge, how fast, from where, and at what price a step?",
    run,
};

const SLIDE: &str = "slide \"Gradient Descent\"";
const NESTEROV: &str = "Nesterov, Introductory Lectures on Convex Optimization 2004, theorem 2.1.15";

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
