//! `gradus archive`: comparisons to compare against.

mod add;
mod check;
mod definition;
mod list;
mod places;

pub use definition::Archive;
pub(super) use places::{archives, downloads, known_archives};
