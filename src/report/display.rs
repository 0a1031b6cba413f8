//! How a notebook shows tables, figures and claims: in evcxr's protocol, with one block for each MIME type.
//!
//! The kernel calls `evcxr_display` on the last expression of a cell, which prints the blocks. `to_mime`
//! returns them, for tests and for other programs.

mod block;
mod html;
mod shown;

pub use block::{Block, protocol};
pub use shown::CLAIMS_MIME;
