//! Newton's method: the quadratic model, its behaviour near a minimum, far away and at saddle points, and its
//! cost.

mod afar;
mod convergence;
mod invariance;
mod models;
mod one_step;
mod price;
mod products;
mod saddle;
mod sources;

use crate::error::Result;
use crate::findings::Findings;
use crate::study::{Context, Study};

pub(super) const STUDY: Study = Study {
    name: "newton",
    notebook: "12",
    title: "Second order: Newton",
    question: "What does a quadratic model show that a linear one does not, and why does nobody train \
               networks with it?",
    run,
};

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
