//! Rank 1 panics while the others wait for it: all must end. `scripts/mpi.sh` runs it.

use gradus::ranks::{NumbersMut, Ranks};
use gradus_cluster::{OverMpi, start};

fn main() {
    let _universe = start().expect("MPI can be initialized");
    let ranks = OverMpi::of_world();
    assert!(ranks.rank() != 1, "a panic on purpose");
    ranks.receive(1, NumbersMut::F64(&mut [0.0]));
}
