//! One run on many processes: the order of its sums, its large batches, and its time.

mod apart;
mod images;
mod large_batches;
mod measured;
mod order;
mod predicted;
mod same_bits;
mod sources;
mod wire;

use crate::error::Result;
use crate::findings::Findings;
use crate::study::{Context, Study};

pub(super) const STUDY: Study = Study {
    name: "at-scale",
    notebook: sources::NOTEBOOK,
    title: "At scale",
    question: "What does a second process buy, what does it cost, and why does it leave every bit as it is?",
    run,
};

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    order::run(context, &mut findings)?;
    apart::run(context, &mut findings)?;
    same_bits::run(context, &mut findings)?;
    large_batches::run(context, &mut findings)?;
    predicted::run(&mut findings)?;
    Ok(findings)
}
