//! The way between processes.

use super::numbers::{Numbers, NumbersMut};
use std::fmt::Debug;

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
