//! AdaGrad and RMSProp: steps scaled, coordinate by coordinate, by the history of squared gradients.

mod decay;
mod noise;
mod rotation;
mod scale;
mod worked;

use super::{Context, Study};
use crate::error::Result;
use crate::findings::Findings;
use crate::optimizer::first_order::{AdaGrad, RmsProp};

pub(super) const STUDY: Study = Study {
    name: "adagrad-rmsprop",
    notebook: "09",
    title: "AdaGrad and RMSProp",
    question: "What does dividing by the history of squares even out, and what does forgetting that history \
               change?",
    run,
};

const ADAGRAD: &str = "slide \"AdaGrad\"";
const RMSPROP: &str = "slide \"RMSProp: Leaky AdaGrad\"";

/// AdaGrad without its ε, so that it is exactly free of scale.
fn adagrad() -> AdaGrad {
    AdaGrad { eps: 0.0, ..AdaGrad::default() }
}

/// RMSProp that keeps a share `decay` of its history, without ε.
fn rmsprop(decay: f64) -> RmsProp {
    RmsProp { decay, eps: 0.0, ..RmsProp::default() }
}

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
