//! How a notebook shows results: in evcxr's protocol, with one block for each MIME type.
//!
//! The kernel calls [`Shown::evcxr_display`] on the last expression of a cell, which prints the blocks.
//! [`Shown::to_mime`] returns them, for tests and for other programs.

mod arrays;
mod block;
mod findings;
mod html;
mod runs;
mod shown;

pub use arrays::{Entry, array};
pub use block::{Block, protocol};
pub use findings::CLAIMS_MIME;
pub use shown::Shown;
