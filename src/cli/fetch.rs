//! Downloads of data sets: resumed where they broke off, verified, and put in place only when they are whole.
//!
//! A file is written aside, as `NAME.part`, and renamed once its SHA-256 is that of the published file. An
//! interrupted download leaves the `.part`, which the next attempt resumes; nothing else ever sees half a
//! file.

mod checksum;
mod data_set;
mod download;
mod published;
mod verification;

pub use data_set::{Fetched, fetch, progress_bar};
pub use download::{DownloadError, Source, download};
pub use published::{Published, PublishedSet, Unpacked, published};
pub use verification::Verify;
