//! The files of a comparison in shards. Each has one writer.
//!
//! | file | writer |
//! |---|---|
//! | `plan.txt` | `plan` |
//! | `shards/K/HOST-PID-TIME.log` | one process that ran shard K: a line for each run |
//! | `shards/K/HOST-PID-TIME.beat` | the same process while it lives |
//! | `shards/K/done` | the process that finished shard K, in one rename |

use std::path::{Path, PathBuf};

/// The name of the plan in its folder.
pub(super) const PLAN: &str = "plan.txt";
/// The folder of the shards.
pub(super) const SHARDS: &str = "shards";
/// The ending of a log.
pub(super) const LOG: &str = "log";
/// The ending of a sign of life.
pub(super) const BEAT: &str = "beat";
/// The name of the file that says that a shard is done.
const DONE: &str = "done";

/// Returns the folder of a shard.
pub(super) fn of_shard(folder: &Path, shard: usize) -> PathBuf {
    folder.join(SHARDS).join(shard.to_string())
}

/// Returns the file that says that a shard is done.
pub(super) fn done(folder: &Path, shard: usize) -> PathBuf {
    of_shard(folder, shard).join(DONE)
}
