//! AdaGrad and RMSProp: each coordinate's step is divided by the history of its squared gradients.

mod decay;
mod noise;
mod rotation;
mod scale;
mod sources;
mod without_epsilon;
mod worked;

use crate::error::Result;
use crate::findings::Findings;
use crate::study::{Context, Study};

pub(super) const STUDY: Study = Study {
    name: "adagrad-rmsprop",
    notebook: "09",
    title: "AdaGrad and RMSProp",
    question: "What does dividing by the history of squared gradients even out, and what changes if that \
               history is gradually forgotten?",
    run,
};

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    let parts: [fn(&Context, &mut Findings) -> Result<()>; 4] =
        [worked::run, scale::run, decay::run, rotation::run];
    context.progress.start("worked runs, scale, decay, rotation", parts.len() as u64);
    for part in parts {
        part(context, &mut findings)?;
        context.progress.advance(1);
    }
    noise::run(context, &mut findings);
    Ok(findings)
}
