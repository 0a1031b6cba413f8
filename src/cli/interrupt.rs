//! Ctrl-C: ends at once, leaving no half-written file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a shell reports for a command that Ctrl-C ended.
pub const EXIT_CODE: u8 = 130;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static CHILD_RUNS: AtomicBool = AtomicBool::new(false);
/// Folders in which files are being written, and whose leavings are removed.
static WRITING: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Hears Ctrl-C from now on. Where the system does not allow that, it ends the process in its own way.
pub fn listen() {
    let _ = ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        // A child hears it too, and cleans up; then we follow.
        if !CHILD_RUNS.load(Ordering::SeqCst) {
            remove_leavings();
            eprintln!("interrupted");
            process::exit(EXIT_CODE.into());
        }
    });
}

/// Whether Ctrl-C was heard.
pub fn heard() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Runs `wait`, during which a child process decides what Ctrl-C means.
pub fn left_to_child<T>(wait: impl FnOnce() -> T) -> T {
    CHILD_RUNS.store(true, Ordering::SeqCst);
    let outcome = wait();
    CHILD_RUNS.store(false, Ordering::SeqCst);
    outcome
}

/// Says that files are written into `folder` and all below it, aside and then renamed.
pub fn writing_into(folder: &Path) {
    WRITING.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(folder.into());
}

/// Removes the files that this process has written aside and not yet renamed.
fn remove_leavings() {
    let ours = format!(".{}.tmp", process::id());
    let mut folders: Vec<PathBuf> = WRITING.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).iter().cloned().collect();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(&ours)) {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}
