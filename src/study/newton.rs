//! Newton's method: the quadratic model, what it does near a minimum and far away, at saddles, and what it
//! costs.

mod afar;
mod convergence;
mod invariance;
mod models;
mod one_step;
mod price;
mod products;
mod saddle;

use super::{Context, Study};
use crate::error::Result;
use crate::findings::Findings;

pub(super) const STUDY: Study = Study {
    name: "newton",
    notebook: "12",
    title: "Second order: Newton",
    question: "What does a quadratic model see that a linear one does not, and why does nobody train \
               networks with it?",
    run,
};

const SLIDE: &str = "slide \"Second-Order Optimization\"";
const NOCEDAL: &str = "Nocedal & Wright, Numerical Optimization, 2nd ed. 2006";

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    let parts: [fn(&Context, &mut Findings) -> Result<()>; 8] = [
        models::run,
        one_step::run,
        convergence::run,
        afar::run,
        saddle::run,
        invariance::run,
        products::run,
        price::run,
    ];
    context.progress.start("models, steps, saddles, costs", parts.len() as u64);
    for part in parts {
        part(context, &mut findings)?;
        context.progress.advance(1);
    }
    Ok(findings)
}
