//! Stochastic gradient descent: the loss as an expectation, approximated by a minibatch.

mod sampling;
mod speed;

use super::{Context, Study};
use crate::error::Result;
use crate::findings::Findings;

pub(super) const STUDY: Study = Study {
    name: "stochastic-gradient-descent",
    notebook: "05",
    title: "Stochastic gradient descent",
    question: "What does a minibatch estimate, how noisily, and what does the noise buy?",
    run,
};

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    sampling::unbiased(context, &mut findings)?;
    sampling::variance(context, &mut findings)?;
    speed::run(context, &mut findings)?;
    Ok(findings)
}
