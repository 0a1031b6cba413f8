//! The interface of a store of finished runs.

use super::key::Key;
use crate::error::Result;

/// A store of finished runs. Methods may be called from several threads.
pub trait Store: Sync {
    /// Returns the line that was kept under a key.
    fn get(&self, key: Key) -> Option<String>;

    /// Keeps a line under a key.
    ///
    /// # Errors
    /// If the line cannot be written. The comparison then ends with that error, and earlier lines remain.
    fn put(&self, key: Key, line: &str) -> Result<()>;

    /// Notes the line of a run that failed. Most stores forget it, so that the next comparison tries the run
    /// again.
    ///
    /// # Errors
    /// As [`put`](Store::put).
    fn note_failure(&self, _key: Key, _line: &str) -> Result<()> {
        Ok(())
    }

    /// Finishes writing. Called once at the end of a comparison.
    ///
    /// # Errors
    /// If something cannot be written.
    fn finish(&self) -> Result<()> {
        Ok(())
    }
}
