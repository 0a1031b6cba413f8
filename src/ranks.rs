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
mod sums;

pub use in_threads::among;
pub use sums::{add_in_order, agree, as_rank_0_says, collect, share_of};

use std::fmt::Debug;

/// Numbers to send.
#[derive(Debug, Clone, Copy)]
pub enum Numbers<'a> {
    /// In single precision.
    F32(&'a [f32]),
    /// In double precision.
    F64(&'a [f64]),
}

/// Room for numbers that are received.
#[derive(Debug)]
pub enum NumbersMut<'a> {
    /// In single precision.
    F32(&'a mut [f32]),
    /// In double precision.
    F64(&'a mut [f64]),
}

/// A way to carry numbers between the processes of a run.
///
/// All ranks make the same calls in the same order. A call that fails ends the run of all ranks, since the
/// others would wait for ever; it does not return.
pub trait Ranks: Debug + Send + Sync {
    /// Returns the number of this process, from 0 on.
    fn rank(&self) -> usize;

    /// Returns the number of processes, at least 1.
    fn size(&self) -> usize;

    /// Sends numbers to another rank, which [receives](Ranks::receive) as many of the same type.
    fn send(&self, to: usize, numbers: Numbers);

    /// Receives numbers from another rank.
    fn receive(&self, from: usize, numbers: NumbersMut);

    /// Copies the numbers of the rank `from` to all others.
    fn broadcast(&self, from: usize, numbers: NumbersMut);
}

/// The only process of a run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Alone;

impl Ranks for Alone {
    fn rank(&self) -> usize {
        0
    }

    fn size(&self) -> usize {
        1
    }

    fn send(&self, to: usize, _: Numbers) {
        unreachable!("there is no rank {to}");
    }

    fn receive(&self, from: usize, _: NumbersMut) {
        unreachable!("there is no rank {from}");
    }

    fn broadcast(&self, _: usize, _: NumbersMut) {}
}
