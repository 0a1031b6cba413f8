//! Fully connected networks: the same losses, gradients and optimizers on a model with a hidden layer.

mod accuracy;
mod classifiers;
mod final_metrics;
mod gradients;
mod hidden_units;
mod initialization;
mod landscape;
mod sources;
mod spiral;
mod symmetry;
mod width;

use crate::error::Result;
use crate::findings::Findings;
use crate::study::{Context, Study};

pub(super) const STUDY: Study = Study {
    name: "neural-network",
    notebook: "14",
    title: "Fully connected networks",
    question: "What does a hidden layer change: for the gradient, for the initial weights, for the loss \
               surface and for the accuracy?",
    run,
};

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    context.progress.start("gradients, symmetry, spiral", 3);
    let light: [fn(&Context, &mut Findings) -> Result<()>; 3] = [gradients::run, symmetry::run, spiral::run];
    for part in light {
        part(context, &mut findings)?;
        context.progress.advance(1);
    }
    let heavy: [fn(&Context, &mut Findings) -> Result<()>; 5] =
        [initialization::run, width::run, landscape::run, accuracy::run, hidden_units::run];
    heavy.into_iter().try_for_each(|part| part(context, &mut findings))?;
    Ok(findings)
}
