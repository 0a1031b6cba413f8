//! Problems with SGD: ravines, minima and saddles, noise.

mod dimensions;
mod noise_floor;
mod ravine;
mod saddle;

use super::{Context, Study};
use crate::error::Result;
use crate::findings::Findings;

pub(super) const STUDY: Study = Study {
    name: "problems-with-sgd",
    notebook: "06",
    title: "Problems with SGD",
    question: "Where does a gradient alone go wrong: how slowly in a ravine, how long at a saddle, how far \
               off through noise?",
    run,
};

const SLIDE: &str = "slide \"Problems with SGD\"";

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    context.progress.start("ravine, minimum, saddle", 2);
    let parts: [fn(&Context, &mut Findings) -> Result<()>; 2] = [ravine::run, saddle::run];
    for part in parts {
        part(context, &mut findings)?;
        context.progress.advance(1);
    }
    dimensions::run(context, &mut findings);
    noise_floor::run(context, &mut findings)?;
    Ok(findings)
}
