//! Where the runs of a comparison come from.

use super::shards::Node;
use crate::linalg;

/// Where the runs of a comparison come from, and what its reader must know. Empty if that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origins {
    /// The machines. [`Run::machine`](super::Run::machine) is a place in this list.
    pub machines: Vec<Machine>,
    /// The pairs of a problem and an optimizer whose runs are missing, if the comparison is partial.
    pub missing: Vec<(String, String)>,
    /// Sentences that the report shows: what is missing, and which arithmetics were mixed.
    pub notes: Vec<String>,
    /// The archive from which some optimizers come, if there is one.
    pub archive: Option<FromArchive>,
}

/// The optimizers whose runs come from an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FromArchive {
    /// The name of the archive.
    pub name: String,
    /// The names of the optimizers.
    pub optimizers: Vec<String>,
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

impl Machine {
    /// Describes this machine.
    pub fn here() -> Self {
        let Node { host, processor } = Node::here();
        Machine { processor, arithmetic: linalg::arithmetic(), hosts: vec![host] }
    }

    /// Returns whether seconds of both machines can be compared.
    pub fn is_like(&self, other: &Machine) -> bool {
        self.processor == other.processor && self.arithmetic == other.arithmetic
    }
}

impl Origins {
    /// Returns whether the runs come from several machines, so that their seconds must be kept apart.
    pub fn several_machines(&self) -> bool {
        self.machines.len() > 1
    }
}
