//! A store in memory.

use super::key::Key;
use super::run_store::Store;
use crate::error::Result;
use std::collections::HashMap;
use std::sync::Mutex;

/// A store in memory, for several comparisons in one program.
///
/// ```
/// use gradus::compare::suite::{Key, Store};
/// use gradus::compare::suite::Memory;
/// use gradus::prelude::*;
/// let (store, key) = (Memory::default(), Key::of("sgd on a bowl"));
/// assert_eq!(store.get(key), None);
/// store.put(key, "finished")?;
/// assert_eq!(store.get(key).as_deref(), Some("finished"));
/// # Ok::<(), gradus::error::Error>(())
/// ```
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
