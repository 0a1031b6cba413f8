//! Processes that share one run.
//!
//! A rank is one of several processes that compute the same run, each on a part of the examples. The library
//! says *what* is summed, and in which order; a [`Ranks`] carries the numbers. `gradus-mpi` (the workspace
//! `cluster/`) implements the trait by MPI.
//!
//! Floating-point addition is not associative, so a sum over processes in the order in which they happen to
//! finish, or in a tree, has other last bits for another number of processes. Here every sum over the
//! examples consists of pieces that do not depend on the number of processes, and
//! [`add_in_order`] adds them in the order of the examples. A run therefore has the same bits for one process
//! and for many, on processors with the same arithmetic.
//!
//! ```
//! use gradus::ranks::{Alone, Ranks, share_of};
//! assert_eq!((Alone.rank(), Alone.size()), (0, 1));
//! // Three ranks share sixteen pieces.
//! assert_eq!([0, 1, 2].map(|rank| share_of(16, rank, 3)), [0..5, 5..10, 10..16]);
//! ```

mod in_threads;
mod interface;
mod numbers;
mod sums;

pub use in_threads::among;
pub use interface::{Alone, Ranks};
pub use numbers::{Numbers, NumbersMut};
pub use sums::{add_in_order, agree, as_rank_0_says, collect, share_of};
