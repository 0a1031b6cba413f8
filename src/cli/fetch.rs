//! Downloads of data sets. They are resumed after an interruption, verified, and put in place only when
//! complete.
//!
//! A file is written as `NAME.part`, and renamed once its SHA-256 matches that of the published file. An
//! interrupted download leaves the `.part`, which the next attempt resumes, so no other program sees an
//! incomplete file.

mod checksum;
mod data_set;
mod download;
mod published;
mod verification;

pub use data_set::{Fetched, fetch, progress_bar};
pub use download::{DownloadError, Source, download};
pub use published::{Published, PublishedSet, Unpacked, published};
pub use verification::Verify;
