//! Ctrl-C ends the process at once, but never in the middle of writing a file. A run that is being saved ends
//! after its iteration.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};

/// The exit code that a shell reports for a command ended by Ctrl-C.
pub const EXIT_CODE: u8 = 130;

static HEARD: AtomicBool = AtomicBool::new(false);
static CHILD_RUNS: AtomicBool = AtomicBool::new(false);
/// Whether a run checks [`heard`] itself. A second Ctrl-C does not wait for it.
static RUN_LOOKS: AtomicBool = AtomicBool::new(false);
/// Held while files are written.
static WRITING: Mutex<()> = Mutex::new(());

/// Listens for Ctrl-C from now on. If the system does not allow that, Ctrl-C ends the process in the system's
/// way.
pub fn listen() {
    let _ = ctrlc::set_handler(|| {
        let again = HEARD.swap(true, Ordering::SeqCst);
        if RUN_LOOKS.load(Ordering::SeqCst) && !again {
            return;
        }
        // A child process receives Ctrl-C too and cleans up; then this process ends.
        if !CHILD_RUNS.load(Ordering::SeqCst) {
            let _written = writing();
            eprintln!("interrupted");
            process::exit(EXIT_CODE.into());
        }
    });
}

/// Returns whether Ctrl-C was pressed.
pub fn heard() -> bool {
    HEARD.load(Ordering::SeqCst)
}

/// Runs `write`. Ctrl-C takes effect only afterwards.
pub fn not_while<T>(write: impl FnOnce() -> T) -> T {
    let _writing = writing();
    write()
}

/// Runs `wait`, during which a child process handles Ctrl-C.
pub fn left_to_child<T>(wait: impl FnOnce() -> T) -> T {
    CHILD_RUNS.store(true, Ordering::SeqCst);
    let outcome = wait();
    CHILD_RUNS.store(false, Ordering::SeqCst);
    outcome
}

/// Runs `run`, which ends by itself soon after [`heard`] returns true.
pub fn looked_at_by<T>(run: impl FnOnce() -> T) -> T {
    RUN_LOOKS.store(true, Ordering::SeqCst);
    let outcome = run();
    RUN_LOOKS.store(false, Ordering::SeqCst);
    outcome
}

fn writing() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
