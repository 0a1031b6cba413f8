//! The store of one process that runs a shard.

use super::arithmetic::Arithmetic;
use super::collected::Collected;
use super::heartbeat::Heartbeat;
use super::layout::{self, BEAT, LOG};
use super::log::{Head, line};
use super::plan::Plan;
use crate::compare::suite::Store;
use crate::compare::suite::store::{Key, Writer};
use crate::error::Result;
use crate::files;
use std::collections::HashMap;
use std::path::Path;
use std::process;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The store of one process that runs a shard. It reads what earlier processes have left, and appends to a
/// log of its own, whose name no other process has. So it needs no lock, and two processes that run the
/// same shard, because a node was taken for dead, do no harm.
pub(super) struct ShardStore {
    version: String,
    kept: HashMap<Key, String>,
    writer: Mutex<Writer>,
    reused: AtomicUsize,
    _beat: Heartbeat,
}

impl ShardStore {
    pub fn open(plan: &Plan, shard: usize, folder: &Path, arithmetic: &Arithmetic) -> Result<Self> {
        let inside = layout::of_shard(folder, shard);
        files::create_folder(&inside)?;
        let kept = Collected::of_shard(plan, folder, shard)?.kept();
        let head = Head::here(plan.key(), shard, &plan.version, arithmetic);
        let name = inside.join(format!("{}-{}-{}", file_name(&head.node.host), process::id(), head.began));
        let mut writer = Writer::create(&name.with_added_extension(LOG))?;
        writer.add(&head.line())?;
        Ok(ShardStore {
            version: plan.version.clone(),
            kept,
            writer: Mutex::new(writer),
            reused: AtomicUsize::new(0),
            _beat: Heartbeat::start(name.with_added_extension(BEAT)),
        })
    }

    /// Returns the number of runs that were requested and found.
    pub fn reused(&self) -> usize {
        self.reused.load(Ordering::Relaxed)
    }

    fn add(&self, key: Key, failed: bool, run: &str) -> Result<()> {
        let mut writer = self.writer.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        writer.add(&line(&self.version, key, failed, run))
    }
}

/// Returns a name without the characters that a file's name cannot have everywhere.
fn file_name(host: &str) -> String {
    host.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).take(60).collect()
}

impl Store for ShardStore {
    fn get(&self, key: Key) -> Option<String> {
        let found = self.kept.get(&key).cloned();
        self.reused.fetch_add(usize::from(found.is_some()), Ordering::Relaxed);
        found
    }

    fn put(&self, key: Key, line: &str) -> Result<()> {
        self.add(key, false, line)
    }

    fn note_failure(&self, key: Key, line: &str) -> Result<()> {
        self.add(key, true, line)
    }

    fn finish(&self) -> Result<()> {
        self.writer.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).sync()
    }
}
