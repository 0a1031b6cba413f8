//! How much a rule keeps of one part of the parameters.

use super::buffers::Buffers;
use crate::linalg::bytes_of;

/// How many numbers a rule that goes by layers keeps of one part of the parameters.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Room {
    /// The buffers that are as long as the part, and what fills them at the start.
    pub buffers: Buffers,
    /// The lengths of other buffers, which start at 0: means of rows, matrices.
    pub kept: Vec<usize>,
    /// The numbers of scratch memory, which is not saved with a run.
    pub scratch: usize,
    /// The orders of symmetric matrices that are decomposed by LAPACK, which takes work space in `f64`.
    pub decomposed: Vec<usize>,
}

impl Room {
    /// Returns the bytes that all of it takes for a part of `len` parameters.
    pub fn bytes<F>(&self, len: usize) -> u128 {
        let numbers = (self.buffers.count() * len + self.scratch) as u128;
        let kept: u128 = self.kept.iter().map(|&len| len as u128).sum();
        // LAPACK works on a copy of the matrix, and the vectors beside it are short.
        let work: u128 = self.decomposed.iter().map(|&order| bytes_of::<f64>(&[order as u128; 2])).sum();
        bytes_of::<F>(&[numbers + kept]).saturating_add(work)
    }

    /// Returns room for these buffers alone.
    pub fn of(buffers: Buffers) -> Self {
        Room { buffers, ..Room::default() }
    }
}
