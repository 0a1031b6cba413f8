//! The experiments of the papers that the slides cite, in small.

mod autoencoder;
mod curves;
mod kfac;
mod large_batches;
mod nets;
mod on_batch;
mod rising;
mod sources;
mod sparse;
mod tuning;

use crate::error::Result;
use crate::findings::Findings;
use crate::study::{Context, Study};

pub(super) use curves::LONG;

pub(super) const STUDY: Study = Study {
    name: "papers",
    notebook: sources::NOTEBOOK,
    title: "The papers behind the slides",
    question: "Do the experiments of the papers that the lecture cites come out the same in small?",
    run,
};

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    autoencoder::run(context, &mut findings)?;
    large_batches::run(context, &mut findings)?;
    sparse::run(context, &mut findings)?;
    nets::run(context, &mut findings)?;
    kfac::run(context, &mut findings)?;
    Ok(findings)
}
