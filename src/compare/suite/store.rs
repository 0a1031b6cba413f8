//! Stores of finished runs, so that no run is executed twice.

mod file;
mod key;
mod line;
mod memory;
mod run_store;
mod writer;

pub use file::FileStore;
pub use key::Key;
pub(super) use key::hashed;
pub(super) use line::{sealed, unsealed};
pub use memory::Memory;
pub use run_store::Store;
pub(super) use writer::Writer;
