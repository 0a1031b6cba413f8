//! Follow the slope: numeric and analytic gradients, and the check of one against the other.

mod approximate;
mod catches;
mod cost;
mod directional;
mod exact;
mod risk_of_digits;
mod sources;
mod worked;

use crate::error::Result;
use crate::findings::Findings;
use crate::study::{Context, Study};

pub(super) const STUDY: Study = Study {
    name: "follow-the-slope",
    notebook: "03",
    title: "Follow the slope",
    question: "How slow and how inaccurate is a numeric gradient, and which mistakes does a gradient check \
               find?",
    run,
};

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    context.progress.start("slopes, cost, error, the library's gradients, wrong gradients, directions", 6);
    let parts: [fn(&Context, &mut Findings) -> Result<()>; 6] =
        [worked::run, cost::run, approximate::run, exact::run, catches::run, directional::run];
    for part in parts {
        part(context, &mut findings)?;
        context.progress.advance(1);
    }
    Ok(findings)
}
