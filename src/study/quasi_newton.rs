//! BFGS and L-BFGS: curvature from gradients; what they cost, where they win, where they fail; K-FAC as the
//! way on.

mod full_batch;
mod kfac;
mod learning;
mod memory;
mod minibatch;
mod quadratic;
mod update_cost;

use super::{Context, Study};
use crate::error::Result;
use crate::findings::Findings;

pub(super) const STUDY: Study = Study {
    name: "quasi-newton",
    notebook: "13",
    title: "BFGS, L-BFGS and K-FAC",
    question: "How much of the Hessian can be learned from gradients, at what cost, and what is left of it \
               with minibatches?",
    run,
};

const SLIDE: &str = "slide \"Second-Order Optimization\"";
const LBFGS: &str = "slide \"Second-Order Optimization: L-BFGS\"";
const NOCEDAL: &str = "Nocedal & Wright, Numerical Optimization, 2nd ed. 2006";

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    let parts: [fn(&Context, &mut Findings) -> Result<()>; 4] =
        [quadratic::run, learning::run, update_cost::run, memory::run];
    context.progress.start("quadratics, the secant equation, costs, memory", parts.len() as u64);
    for part in parts {
        part(context, &mut findings)?;
        context.progress.advance(1);
    }
    full_batch::run(context, &mut findings)?;
    minibatch::run(context, &mut findings)?;
    kfac::run(context, &mut findings)?;
    Ok(findings)
}

/// The learning rates over which every rule is tuned: 36, from 1e-5 to 100, evenly spaced in the logarithm,
/// the largest first.
fn learning_rates() -> Vec<f64> {
    (0..36).rev().map(|i| 10f64.powf(-5.0 + 7.0 * f64::from(i) / 35.0)).collect()
}
