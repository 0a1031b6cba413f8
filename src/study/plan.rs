//! What a study is called, what it asks, and how to run it.

use super::context::Context;
use crate::error::Result;
use crate::findings::Findings;

/// A study, as the command line and the pages present it.
pub struct Study {
    /// The name on the command line, which is also the folder in `results/`.
    pub name: &'static str,
    /// The number of the notebook that presents it, such as "07".
    pub notebook: &'static str,
    /// The title.
    pub title: &'static str,
    /// The question that the study answers, in one sentence.
    pub question: &'static str,
    /// Runs the study.
    pub run: fn(&Context) -> Result<Findings>,
}
