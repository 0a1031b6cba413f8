//! Problems with SGD: ravines, local minima and saddle points, noise.

mod dimensions;
mod noise_floor;
mod ravine;
mod saddle;
mod sources;

use crate::error::Result;
use crate::findings::Findings;
use crate::study::{Context, Study};

pub(super) const STUDY: Study = Study {
    name: "problems-with-sgd",
    notebook: "06",
    title: "Problems with SGD",
    question: "Where does plain gradient descent go wrong: how slow is it in a ravine, how long does it \
               stay at a saddle point, and how far from the minimum does noise keep it?",
    run,
};

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
