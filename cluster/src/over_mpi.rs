//! Numbers over MPI.

use gradus::ranks::{Numbers, NumbersMut, Ranks};
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, Destination, Root, Source};

/// The ranks of an MPI communicator. Only the thread that initialized MPI calls it.
#[derive(Debug)]
pub struct OverMpi {
    rank: usize,
    size: usize,
}

impl OverMpi {
    /// Returns this process, after MPI was initialized.
    pub fn of_world() -> Self {
        let world = SimpleCommunicator::world();
        OverMpi { rank: world.rank() as usize, size: world.size() as usize }
    }
}

impl Ranks for OverMpi {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn send(&self, to: usize, numbers: Numbers) {
        let world = SimpleCommunicator::world();
        let to = world.process_at_rank(to as i32);
        match numbers {
            Numbers::F32(numbers) => to.send(numbers),
            Numbers::F64(numbers) => to.send(numbers),
        }
    }

    fn receive(&self, from: usize, numbers: NumbersMut) {
        let world = SimpleCommunicator::world();
        let from = world.process_at_rank(from as i32);
        match numbers {
            NumbersMut::F32(room) => drop(from.receive_into(room)),
            NumbersMut::F64(room) => drop(from.receive_into(room)),
        }
    }

    fn broadcast(&self, from: usize, numbers: NumbersMut) {
        let world = SimpleCommunicator::world();
        let from = world.process_at_rank(from as i32);
        match numbers {
            NumbersMut::F32(room) => from.broadcast_into(room),
            NumbersMut::F64(room) => from.broadcast_into(room),
        }
    }
}
