//! How much a rule keeps of one part of the parameters.

use super::buffers::Buffers;

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
    /// Returns room for these buffers alone.
    pub fn of(buffers: Buffers) -> Self {
        Room { buffers, ..Room::default() }
    }
}
