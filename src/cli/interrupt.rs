//! Ctrl-C: ends the process at once, but never in the middle of a file; a run that is being saved ends after
//! its iteration.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};

/// What a shell reports for a command that Ctrl-C ended.
pub const EXIT_CODE: u8 = 130;

static HEARD: AtomicBool = AtomicBool::new(false);
static CHILD_RUNS: AtomicBool = AtomicBool::new(false);
/// A run looks at [`heard`] itself; who presses Ctrl-C twice does not want to wait for it.
static RUN_LOOKS: AtomicBool = AtomicBool::new(false);
/// Held while files are written, which takes moments.
static WRITING: Mutex<()> = Mutex::new(());

/// Hears Ctrl-C from now on. Where the system does not allow that, it ends the process in its own way.
pub fn listen() {
    let _ = ctrlc::set_handler(|| {
        let again = HEARD.swap(true, Ordering::SeqCst);
        if RUN_LOOKS.load(Ordering::SeqCst) && !again {
            return;
        }
        // A child hears it too, and cleans up; then we follow.
        if !CHILD_RUNS.load(Ordering::SeqCst) {
            let _written = writing();
            eprintln!("interrupted");
            process::exit(EXIT_CODE.into());
        }
    });
}

/// Whether Ctrl-C was heard.
pub fn heard() -> bool {
    HEARD.load(Ordering::SeqCst)
}

/// Writes files; Ctrl-C waits until that is done.
pub fn not_while<T>(write: impl FnOnce() -> T) -> T {
    let _writing = writing();
    write()
}

/// Runs `wait`, during which a child process decides what Ctrl-C means.
pub fn left_to_child<T>(wait: impl FnOnce() -> T) -> T {
    CHILD_RUNS.store(true, Ordering::SeqCst);
    let outcome = wait();
    CHILD_RUNS.store(false, Ordering::SeqCst);
    outcome
}

/// Does `run`, which ends by itself soon after [`heard`] says so.
pub fn looked_at_by<T>(run: impl FnOnce() -> T) -> T {
    RUN_LOOKS.store(true, Ordering::SeqCst);
    let outcome = run();
    RUN_LOOKS.store(false, Ordering::SeqCst);
    outcome
}

fn writing() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
