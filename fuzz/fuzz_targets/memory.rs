//! Files of a target, in memory if the system has a place for that.

use std::path::{Path, PathBuf};

/// Returns the path of a folder of this process, which may not exist yet.
pub fn folder(target: &str) -> PathBuf {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    parent.join(format!("gradus-fuzz-{target}-{}", std::process::id()))
}
