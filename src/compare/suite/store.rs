//! Where finished runs are kept, so that none is run twice.

mod file;

pub use file::FileStore;

use crate::error::Result;
use crate::hash::{FNV_START, fnv1a_from};
use std::collections::HashMap;
use std::sync::Mutex;

/// What decides about the outcome of a run, as a number of 128 bits: problem, data, optimizer, setting, seed
/// and the code's version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(pub u128);

impl Key {
    /// The key of a text.
    pub fn of(text: &str) -> Self {
        let (low, high) = (hashed(0, text.as_bytes()), hashed(1, text.as_bytes()));
        Key(u128::from(high) << 64 | u128::from(low))
    }
}

/// Where finished runs are kept. Called from several threads.
pub trait Store: Sync {
    /// What was kept under a key: one line.
    fn get(&self, key: Key) -> Option<String>;

    /// Keeps a line.
    ///
    /// # Errors
    /// If it cannot be written; the comparison then ends with that sentence, and what was kept before is
    /// still there.
    fn put(&self, key: Key, line: &str) -> Result<()>;

    /// Called once at the end.
    ///
    /// # Errors
    /// If something cannot be written.
    fn finish(&self) -> Result<()> {
        Ok(())
    }
}

/// Keeps runs as long as it lives: for one comparison after another in one program.
#[derive(Debug, Default)]
pub struct Memory(Mutex<HashMap<Key, String>>);

impl Store for Memory {
    fn get(&self, key: Key) -> Option<String> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).get(&key).cloned()
    }

    fn put(&self, key: Key, line: &str) -> Result<()> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(key, line.into());
        Ok(())
    }
}

/// The hash FNV-1a, 64 bits, with a start of its own for each `salt`.
pub(super) fn hashed(salt: u64, bytes: &[u8]) -> u64 {
    fnv1a_from(FNV_START ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15), bytes)
}
