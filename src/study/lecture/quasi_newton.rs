//! BFGS and L-BFGS, which estimate curvature from gradients: what they cost, where they win and where they
//! fail; and K-FAC, which works with minibatches.

mod full_batch;
mod kfac;
mod learning;
mod learning_rates;
mod memory;
mod minibatch;
mod quadratic;
mod saddle;
mod sources;
mod update_cost;

use crate::error::Result;
use crate::findings::Findings;
use crate::study::{Context, Study};

pub(super) const STUDY: Study = Study {
    name: "quasi-newton",
    notebook: "13",
    title: "BFGS, L-BFGS and K-FAC",
    question: "How much of the Hessian can be learned from gradients, at what cost, and how much of that \
               survives with minibatches?",
    run,
};

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    let parts: [fn(&Context, &mut Findings) -> Result<()>; 5] =
        [quadratic::run, learning::run, saddle::run, update_cost::run, memory::run];
    context.progress.start("quadratics, the secant equation, a saddle, costs, memory", parts.len() as u64);
    for part in parts {
        part(context, &mut findings)?;
        context.progress.advance(1);
    }
    full_batch::run(context, &mut findings)?;
    minibatch::run(context, &mut findings)?;
    kfac::run(context, &mut findings)?;
    Ok(findings)
}
