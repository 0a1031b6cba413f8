//! A training run as the options describe it, after the checks.

use crate::cli::trace_file::TraceFile;
use crate::model::{Initialization, ModelKind};
use crate::optimizer::catalogue::Configuration;
use crate::optimizer::first_order::{AnyRule, Clipped};
use crate::risk::Regularizer;
use crate::stop::Stop;
use crate::train::{Batch, Keeping};

/// How the parameters are trained.
pub(super) enum Way {
    /// By an update rule, on minibatches or on the whole loss.
    Rule { rule: Clipped<AnyRule>, lr: f64, batch: Batch },
    /// By another optimizer, on the whole loss.
    Whole { stop: Stop },
    /// By another optimizer that can draw batches itself.
    Batches { batch: Batch },
}

impl Way {
    /// Returns whether steps draw batches from all examples.
    pub(super) fn draws_batches(&self) -> bool {
        match self {
            Way::Rule { batch, .. } | Way::Batches { batch } => *batch != Batch::Full,
            Way::Whole { .. } => false,
        }
    }
}

/// The settings, as far as they can be checked before data are read.
pub(super) struct Checked {
    pub chosen: Configuration,
    pub way: Way,
    pub model: ModelKind,
    /// The name of the loss.
    pub loss: String,
    pub initialization: Option<Initialization>,
    pub regularizer: Regularizer,
    pub double: bool,
    pub trace: Option<TraceFile>,
    /// The file of the parameters.
    pub save: Option<TraceFile>,
    /// The run in a file.
    pub keeping: Keeping,
}
