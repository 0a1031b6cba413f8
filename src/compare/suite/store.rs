//! Stores of finished runs, so that no run is executed twice.

mod file;
mod key;
mod memory;
mod run_store;

pub use file::FileStore;
pub use key::Key;
pub(super) use key::hashed;
pub use memory::Memory;
pub use run_store::Store;
