//! The part of a risk that one of several processes computes.

use crate::error::{Error, Result};
use crate::ranks::{Ranks, share_of};
use std::ops::Range;
use std::sync::Arc;

/// The number of pieces of a full pass. It is fixed and the pieces are summed in order, so that the result
/// does not depend on the number of threads or processes.
pub(super) const PIECES: usize = 16;
/// The smallest number of rows for which a pass uses several threads.
pub(super) const PARALLEL_ROWS: usize = 4096;

/// The part of the examples that a process holds, and the others' way to the rest.
#[derive(Debug, Clone)]
pub struct Share {
    /// The processes.
    pub ranks: Arc<dyn Ranks>,
    /// The number of all examples.
    pub terms: usize,
    /// The examples that this process holds, among all.
    pub rows: Range<usize>,
}

impl Share {
    /// The largest number of processes: a full pass has as many pieces.
    pub const MOST_RANKS: usize = PIECES;
    /// The smallest number of examples that are shared. Each process computes fewer of them itself, as one
    /// process does, since they are one piece.
    pub const FEWEST_ROWS: usize = PARALLEL_ROWS;

    /// Returns the share of this process in `terms` examples: the rows of its pieces of a full pass.
    ///
    /// ```
    /// use gradus::ranks::Alone;
    /// use gradus::risk::Share;
    /// use std::sync::Arc;
    /// assert_eq!(Share::new(Arc::new(Alone), 60_000)?.rows, 0..60_000);
    /// # Ok::<(), gradus::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there are more processes than pieces.
    pub fn new(ranks: Arc<dyn Ranks>, terms: usize) -> Result<Self> {
        let size = ranks.size();
        if size > Self::MOST_RANKS {
            return Err(Error::Unsupported {
                what: format!("a full pass has {PIECES} pieces, and {size} processes would share them"),
                remedy: "start at most 16 processes",
            });
        }
        let all = Share { ranks, terms, rows: 0..terms };
        Ok(match all.is_worth_sharing() {
            true => Share { rows: all.own_rows(), ..all },
            false => all,
        })
    }

    /// Returns the same share of a process that holds all examples, because it also draws batches of them.
    #[must_use]
    pub fn holding_all(self) -> Self {
        Share { rows: 0..self.terms, ..self }
    }

    /// Returns whether there are enough examples to share a pass over them.
    pub(crate) fn is_worth_sharing(&self) -> bool {
        self.terms >= Self::FEWEST_ROWS
    }

    /// Returns the examples that this process evaluates, among all.
    pub(crate) fn own_rows(&self) -> Range<usize> {
        let pieces = self.pieces();
        self.terms * pieces.start / PIECES..self.terms * pieces.end / PIECES
    }

    /// Returns the pieces of a full pass that this process computes.
    pub(super) fn pieces(&self) -> Range<usize> {
        share_of(PIECES, self.ranks.rank(), self.ranks.size())
    }
}

/// Returns the rows of a piece of a pass over `terms` examples, counted from `first`.
pub(super) fn rows_of_piece(terms: usize, first: usize, piece: usize) -> Range<usize> {
    terms * piece / PIECES - first..terms * (piece + 1) / PIECES - first
}
