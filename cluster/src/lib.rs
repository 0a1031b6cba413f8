//! One training run over many processes, by MPI.
//!
//! The library `gradus` says what is summed, and in which order; here is how numbers get from one process to
//! another. See `README.md` in this folder.

mod over_mpi;
mod start;

pub use over_mpi::OverMpi;
pub use start::{PANICKED, share_processors, start};
