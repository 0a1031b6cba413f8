//! What the manifest says about the results of one study.

use super::caption::Caption;
use super::provenance::Provenance;
use crate::findings::Findings;
use crate::study::Study;
use serde::{Deserialize, Serialize};

/// The description of a study's results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The number of the notebook that shows them.
    pub notebook: String,
    /// The title of the study.
    pub title: String,
    /// The question that the study answers.
    pub question: String,
    /// Its tables.
    pub tables: Vec<Caption>,
    /// Its figures.
    pub figures: Vec<Caption>,
    /// Where its numbers come from.
    pub provenance: Provenance,
}

impl Entry {
    /// Describes the findings of a study.
    pub(crate) fn new(study: &Study, findings: &Findings, provenance: &Provenance) -> Self {
        Entry {
            notebook: study.notebook.into(),
            title: study.title.into(),
            question: study.question.into(),
            tables: findings.tables.iter().map(Caption::from).collect(),
            figures: findings.figures.iter().map(Caption::from).collect(),
            provenance: provenance.clone(),
        }
    }
}
