//! Stochastic gradient descent: the loss is an expectation, and a minibatch estimates it.

mod epochs;
mod sampling;
mod speed;

use crate::error::Result;
use crate::findings::Findings;
use crate::study::{Context, Study};

pub(super) const STUDY: Study = Study {
    name: "stochastic-gradient-descent",
    notebook: "05",
    title: "Stochastic gradient descent",
    question: "What does a minibatch estimate, how large is its noise, and what do we gain in return?",
    run,
};

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    sampling::unbiased(context, &mut findings)?;
    sampling::variance(context, &mut findings)?;
    sampling::without_replacement(context, &mut findings)?;
    epochs::run(context, &mut findings)?;
    speed::run(context, &mut findings)?;
    Ok(findings)
}
