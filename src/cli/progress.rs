//! A progress bar on stderr. It appears after a second, and only on a terminal.

use crate::progress::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::collections::VecDeque;
use std::fmt;
use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The time before a bar appears.
const PATIENCE: Duration = Duration::from_secs(1);
/// The time between two redraws.
const TICK: Duration = Duration::from_millis(200);
/// The time before the remaining time is estimated, since the first steps are often slower than the others.
const SETTLED: Duration = Duration::from_secs(2);

/// A bar with the remaining time. It receives the progress of a study or of a loop.
pub struct Bar {
    bar: ProgressBar,
    pace: Arc<Mutex<Pace>>,
}

impl Bar {
    /// Makes a bar with a label.
    pub fn new(name: &str) -> Self {
        let pace = Arc::new(Mutex::new(Pace::start()));
        let style =
            ProgressStyle::with_template("{prefix} {msg} {wide_bar} {pos}/{len}, {elapsed} gone, {left}");
        let shared = Arc::clone(&pace);
        let left = move |state: &ProgressState, out: &mut dyn fmt::Write| {
            let pace = shared.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = out.write_str(&pace.left(state.len().unwrap_or(0), Instant::now()));
        };
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
            .with_style(style.expect("the template is valid").with_key("left", left))
            .with_prefix(name.to_owned());
        show_after_a_while(&bar);
        Bar { bar, pace }
    }

    /// Sets how much is done, counted from the start of the part.
    pub fn set(&self, done: u64) {
        self.pace().done(done, Instant::now());
        self.bar.set_position(done);
    }

    /// Shows what was found so far.
    pub fn say(&self, words: String) {
        self.bar.set_message(words);
    }

    /// Prints a sentence on stderr at once, above the bar.
    pub fn tell(&self, sentence: &str) {
        self.bar.suspend(|| eprintln!("{sentence}"));
    }

    /// Returns whether somebody may see the bar, so that its words are worth computing.
    pub fn is_watched() -> bool {
        std::io::stderr().is_terminal()
    }

    fn pace(&self) -> std::sync::MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress for Bar {
    fn start(&self, part: &str, total: u64) {
        *self.pace() = Pace::start();
        self.bar.set_message(part.to_owned());
        self.bar.set_length(total);
        self.bar.set_position(0);
    }

    fn advance(&self, steps: u64) {
        let mut pace = self.pace();
        let done = pace.done + steps;
        pace.done(done, Instant::now());
        drop(pace);
        self.bar.inc(steps);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// How fast a part advances.
#[derive(Debug, Clone)]
struct Pace {
    started: Instant,
    /// When the last step ended.
    last: Instant,
    done: u64,
    /// How much was done at some times, the first of which is in the first half of the time gone.
    marks: VecDeque<(Instant, u64)>,
}

/// The least number of steps and of seconds from which the time of a step is estimated, if there are as many.
const FAIR: (u64, f64) = (20, 5.0);
/// The time between two marks.
const APART: Duration = Duration::from_millis(500);
/// How many times longer than expected the last step may take until that is said.
const LATE: f64 = 1.5;

impl Pace {
    fn start() -> Self {
        let now = Instant::now();
        Pace { started: now, last: now, done: 0, marks: VecDeque::from([(now, 0)]) }
    }

    fn done(&mut self, done: u64, now: Instant) {
        (self.done, self.last) = (done, now);
        if self.marks.back().is_none_or(|(time, _)| now.duration_since(*time) >= APART) {
            self.marks.push_back((now, done));
        }
        // A later first mark is enough if it leaves the last half of the time, and enough steps and seconds.
        let half = now.duration_since(self.started) / 2;
        let enough = |&(time, then): &(Instant, u64)| {
            let window = now.duration_since(time);
            window >= half && window.as_secs_f64() >= FAIR.1 && done >= then + FAIR.0
        };
        while self.marks.get(1).is_some_and(enough) {
            self.marks.pop_front();
        }
    }

    /// Estimates the remaining time in words, from the mean time of a step in the last half of the time.
    /// (What a comparison has kept from before is done at once, and says nothing about the rest.) The
    /// estimate counts down between two steps, but never below the time of the steps that have not begun.
    fn left(&self, total: u64, now: Instant) -> String {
        if total > 0 && self.done >= total {
            return "finishing".into();
        }
        let first = self.marks.front().filter(|(_, done)| *done < self.done);
        let Some((time, then)) = first else { return "estimating the rest".into() };
        if total == 0 || now.duration_since(self.started) < SETTLED {
            return "estimating the rest".into();
        }
        let step = self.last.duration_since(*time).as_secs_f64() / (self.done - then) as f64;
        let steps = (total - self.done) as f64;
        let since = now.duration_since(self.last).as_secs_f64();
        if steps == 1.0 && since > LATE * step + 1.0 {
            return "longer than expected".into();
        }
        in_words((step * steps - since).max(step * (steps - 1.0)))
    }
}

fn in_words(seconds: f64) -> String {
    match seconds.ceil() as u64 {
        0 | 1 => "almost done".into(),
        s @ ..60 => format!("{s} s left"),
        s @ ..3600 => format!("{} min {} s left", s / 60, s % 60),
        s => format!("{} h {} min left", s / 3600, s % 3600 / 60),
    }
}

/// Draws the bar after the waiting time, if it still exists.
fn show_after_a_while(bar: &ProgressBar) {
    if !Bar::is_watched() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_is_estimated_from_whole_steps_and_never_said_to_be_nothing() {
        let mut pace = Pace::start();
        let at = |seconds: f64| pace.started + Duration::from_secs_f64(seconds);
        let (start, later) = (at(0.0), [10.0, 15.0, 30.0, 89.0].map(at));
        assert_eq!(pace.left(10, later[0]), "estimating the rest", "no step has ended");
        pace.done(1, later[0]);
        assert_eq!(pace.left(10, later[0]), "1 min 30 s left");
        assert_eq!(pace.left(10, later[1]), "1 min 25 s left", "it counts down between two steps");
        assert_eq!(
            pace.left(10, later[2]),
            "1 min 20 s left",
            "a late step does not make the others shorter"
        );
        pace.done(9, later[3]);
        for late in [90.0, 98.5, 99.0, 150.0] {
            let said = pace.left(10, start + Duration::from_secs_f64(late));
            assert!(!said.starts_with('0') && !said.is_empty(), "{said}");
        }
        assert_eq!(pace.left(10, start + Duration::from_secs(99)), "almost done");
        assert_eq!(pace.left(10, start + Duration::from_secs(150)), "longer than expected");
        pace.done(10, later[3]);
        assert_eq!(pace.left(10, later[3]), "finishing");
    }

    #[test]
    fn what_was_done_at_once_says_nothing_about_the_rest() {
        let mut pace = Pace::start();
        let at = |seconds: f64| pace.started + Duration::from_secs_f64(seconds);
        // 900 of 1,000 runs were kept; the others take a second each.
        let times: Vec<Instant> = (0..=60).map(|second| at(f64::from(second))).collect();
        pace.done(900, times[0]);
        let mut said = Vec::new();
        for (second, time) in times.iter().enumerate().skip(1) {
            pace.done(900 + second as u64, *time);
            said.push(pace.left(1000, *time));
        }
        assert_eq!(said[44], "55 s left", "{said:?}");
        assert_eq!(said[59], "40 s left", "{said:?}");
        assert!(pace.marks.len() < 70, "{}", pace.marks.len());
    }

    #[test]
    fn an_even_pace_is_estimated_steadily() {
        let mut pace = Pace::start();
        let start = pace.started;
        for step in 1..=400u64 {
            // Runs of 50 and of 150 ms, in turn.
            let gone = step / 2 * 200 + step % 2 * 50;
            let time = start + Duration::from_millis(gone);
            pace.done(step, time);
            if gone > 3000 {
                let left = in_words(40.0 - gone as f64 / 1e3);
                let seconds = |words: &str| words.split(' ').next().and_then(|n| n.parse::<f64>().ok());
                let (said, true_left) = (pace.left(400, time), seconds(&left).unwrap_or(1.0));
                let said_left = seconds(&said).unwrap_or(1.0);
                assert!((said_left - true_left).abs() <= 2.0, "after {gone} ms: {said}, truly {left}");
            }
        }
    }

    #[test]
    fn long_and_short_times_have_their_units() {
        let words = [0.2, 1.5, 59.5, 61.0, 3599.9, 7500.0].map(in_words);
        assert_eq!(
            words,
            [
                "almost done",
                "2 s left",
                "1 min 0 s left",
                "1 min 1 s left",
                "1 h 0 min left",
                "2 h 5 min left"
            ]
        );
    }
}
