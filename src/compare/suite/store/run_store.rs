//! What every store of finished runs can do.

use super::key::Key;
use crate::error::Result;

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
