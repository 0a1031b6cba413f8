//! `results/manifest.json`: where each number comes from, and a SHA-256 of each file. The hashes reveal a
//! number that was changed by hand, and keep `gradus run` from repeating a run that would give the same
//! numbers again.

mod caption;
mod entry;
mod hashes;
pub mod machine;
mod provenance;
mod record;

pub use caption::Caption;
pub use entry::Entry;
pub(crate) use hashes::relative;
pub use hashes::sha256;
pub use machine::Machine;
pub use provenance::{CODE_HASH, Provenance};
pub use record::{FILE, Manifest};
