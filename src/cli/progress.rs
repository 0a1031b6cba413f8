//! A progress bar on stderr. It appears after a second, and only on a terminal.

use crate::progress::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::thread;
use std::time::Duration;

/// The time before a bar appears.
const PATIENCE: Duration = Duration::from_secs(1);
/// The time between two redraws.
const TICK: Duration = Duration::from_millis(200);

/// A bar with the remaining time. It receives the progress of a study or of a loop.
pub struct Bar {
    bar: ProgressBar,
}

impl Bar {
    /// Makes a bar with a label.
    pub fn new(name: &str) -> Self {
        let style =
            ProgressStyle::with_template("{prefix} {msg} {wide_bar} {pos}/{len}, {elapsed} gone, {eta} left");
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
            .with_style(style.expect("the template is valid"))
            .with_prefix(name.to_owned());
        show_after_a_while(&bar);
        Bar { bar }
    }

    /// Sets how much is done, counted from the start of the part.
    pub fn set(&self, done: u64) {
        self.bar.set_position(done);
    }
}

impl Progress for Bar {
    fn start(&self, part: &str, total: u64) {
        self.bar.set_message(part.to_owned());
        self.bar.set_length(total);
        self.bar.set_position(0);
        self.bar.reset_eta();
    }

    fn advance(&self, steps: u64) {
        self.bar.inc(steps);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Draws the bar after the waiting time, if it still exists.
fn show_after_a_while(bar: &ProgressBar) {
    if !std::io::stderr().is_terminal() {
        return;
    }
    let bar = bar.downgrade();
    // Without a thread there is no bar, which is better than no run.
    let _ = thread::Builder::new().spawn(move || {
        thread::sleep(PATIENCE);
        if let Some(bar) = bar.upgrade().filter(|bar| !bar.is_finished()) {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar.enable_steady_tick(TICK);
        }
    });
}
