//! Where the runs of a merged comparison come from.

/// Where the runs of a merged comparison come from, and what its reader must know. Empty if one process ran
/// everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origins {
    /// The machines. [`Run::machine`](super::Run::machine) is a place in this list.
    pub machines: Vec<Machine>,
    /// The pairs of a problem and an optimizer whose runs are missing, if the comparison is partial.
    pub missing: Vec<(String, String)>,
    /// Sentences that the report shows: what is missing, and which arithmetics were mixed.
    pub notes: Vec<String>,
}

/// A kind of machine: nodes with the same processor and arithmetic count as one, since their seconds can be
/// compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// The model of the processor.
    pub processor: String,
    /// The vector instructions and the libraries that round.
    pub arithmetic: String,
    /// The names of the nodes, sorted.
    pub hosts: Vec<String>,
}

impl Origins {
    /// Returns whether the runs come from several machines, so that their seconds must be kept apart.
    pub fn several_machines(&self) -> bool {
        self.machines.len() > 1
    }
}
