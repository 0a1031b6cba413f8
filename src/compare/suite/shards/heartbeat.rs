//! A sign of life: a file that a process writes again every few seconds, and removes at its end.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, SystemTime};

/// The time between two signs.
const EVERY: Duration = Duration::from_secs(10);
/// The time without a sign after which a process counts as lost.
pub(super) const LOST: Duration = Duration::from_secs(60);

/// Writes the signs until it is dropped. A sign that cannot be written is no error: the runs matter more.
#[derive(Debug)]
pub(super) struct Heartbeat {
    path: PathBuf,
    /// Closed at the end, which wakes the thread.
    alive: Option<Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Heartbeat {
    pub fn start(path: PathBuf) -> Self {
        let (alive, ended) = channel::<()>();
        let _ = fs::write(&path, "");
        let file = path.clone();
        let beat = move || {
            while let Err(std::sync::mpsc::RecvTimeoutError::Timeout) = ended.recv_timeout(EVERY) {
                let _ = fs::write(&file, "alive");
            }
        };
        let thread = thread::Builder::new().spawn(beat).ok();
        Heartbeat { path, alive: Some(alive), thread }
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        drop(self.alive.take());
        let _ = self.thread.take().map(thread::JoinHandle::join);
        let _ = fs::remove_file(&self.path);
    }
}

/// Returns the time on the disk's own clock, which need not be that of this machine.
pub(super) fn now(folder: &Path) -> SystemTime {
    let probe = folder.join(format!(".now-{}", std::process::id()));
    let written = fs::write(&probe, "").ok().and_then(|()| fs::metadata(&probe).ok()?.modified().ok());
    let _ = fs::remove_file(&probe);
    written.unwrap_or_else(SystemTime::now)
}
