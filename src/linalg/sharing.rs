//! How many threads share a piece of work, and how a wide one is cut for all of them.
//!
//! The work of a step is cut in two, for the calling thread and its helper thread. Wide work is cut into as
//! many parts as rayon's pool has threads, and each part but one is handed to a helper thread of its own.
//! Parts that no helper thread has begun when the calling thread is ready are done by the calling thread.
//!
//! The pool itself is not used, because its threads sleep, and work cannot be taken back from it.
//!
//! Work is cut only where no sum is cut, so the parts have the same bits for any number of threads.

use super::helper_thread::{HelperThread, ONE_THREAD, threads, with_all_helpers};

/// The work, in multiplications, from which on all threads share it. It takes one thread a tenth of a
/// millisecond or longer.
const WIDE: usize = 10_000_000;

/// Work that writes to memory of its own, and can be cut into parts that do not depend on each other.
pub trait Divisible: Send + Sized {
    /// Cuts off one of `parts` equal parts, two or more. Returns the work as it was if it is too small.
    fn cut(self, parts: usize) -> Result<(Self, Self), Self>;

    /// Does the work on the calling thread and its helper thread. `size` is the number of multiplications.
    fn on_two_threads(self, size: usize);

    /// Does the work on the calling thread.
    fn on_this_thread(self);
}

/// Returns whether work of this number of multiplications is cut for more than two threads, if there are so
/// many.
pub fn is_for_all_threads(size: usize) -> bool {
    size >= WIDE
}

/// Does `work`, of `size` multiplications, on as many threads as may share it.
#[inline]
pub fn share(size: usize, work: impl Divisible) {
    if ONE_THREAD || !is_for_all_threads(size) { work.on_two_threads(size) } else { share_wide(size, work) }
}

/// Cuts `work` for all threads, if there are more than two, and if it is large enough in the direction in
/// which it can be cut.
fn share_wide(size: usize, work: impl Divisible) {
    let threads = threads();
    if threads <= 2 {
        return work.on_two_threads(size);
    }
    match work.cut(threads) {
        Ok((first, others)) => with_all_helpers(|helpers| hand_out(helpers, first, others)),
        Err(work) => work.on_two_threads(size),
    }
}

/// Hands the `first` part to a helper thread, and the `others` to more of them and to this one.
fn hand_out<W: Divisible>(helpers: &mut [HelperThread], first: W, others: W) {
    match helpers.split_first_mut() {
        Some((helper, helpers)) => helper.join(|| in_parts(helpers, others), || first.on_this_thread()),
        None => {
            first.on_this_thread();
            others.on_this_thread();
        }
    }
}

/// Does `work` in one part for each helper thread, and one for this thread.
fn in_parts(helpers: &mut [HelperThread], work: impl Divisible) {
    if helpers.is_empty() {
        return work.on_this_thread();
    }
    match work.cut(helpers.len() + 1) {
        Ok((first, others)) => hand_out(helpers, first, others),
        Err(work) => work.on_this_thread(),
    }
}

/// Returns where the first of `parts` equal parts of `len` entries ends: at a multiple of `step`, but not at
/// an end of all. `None` if there is no such place.
pub fn place_of_cut(len: usize, step: usize, parts: usize) -> Option<usize> {
    let steps = len.div_ceil(step);
    (steps > 1).then(|| ((2 * steps + parts) / (2 * parts)).max(1) * step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::helper_thread::join;
    use crate::linalg::with_helper_thread;
    use std::collections::HashSet;
    use std::process::Command;
    use std::sync::Mutex;
    use std::thread::{self, ThreadId};
    use std::time::{Duration, Instant};

    /// Entries that each part raises by one, and the threads that have begun a part.
    struct Raise<'a> {
        entries: &'a mut [u32],
        step: usize,
        begun: &'a Mutex<Vec<(usize, ThreadId)>>,
        /// How many threads a part waits for.
        company: usize,
    }

    impl Divisible for Raise<'_> {
        fn cut(self, parts: usize) -> Result<(Self, Self), Self> {
            let Some(middle) = place_of_cut(self.entries.len(), self.step, parts) else {
                return Err(self);
            };
            let (left, right) = self.entries.split_at_mut(middle);
            Ok((Raise { entries: left, ..self }, Raise { entries: right, ..self }))
        }

        fn on_two_threads(self, _: usize) {
            self.on_this_thread();
        }

        fn on_this_thread(self) {
            self.entries.iter_mut().for_each(|entry| *entry += 1);
            self.begun.lock().unwrap().push((self.entries.len(), thread::current().id()));
            let deadline = Instant::now() + Duration::from_secs(20);
            while self.begun.lock().unwrap().len() < self.company {
                assert!(Instant::now() < deadline, "the other parts do not begin");
                thread::yield_now();
            }
        }
    }

    /// Shares work of that many entries, and returns the lengths of the parts and their threads.
    fn raised(len: usize, step: usize, company: usize, how: impl FnOnce(Raise)) -> Vec<(usize, ThreadId)> {
        let (mut entries, begun) = (vec![0; len], Mutex::new(Vec::new()));
        how(Raise { entries: &mut entries, step, begun: &begun, company });
        assert!(entries.iter().all(|&times| times == 1), "{len}: {entries:?}");
        begun.into_inner().unwrap()
    }

    #[test]
    fn each_entry_is_in_one_part_and_the_parts_are_equal_up_to_a_step() {
        for helpers in [1, 2, 3, 7, 19] {
            let mut helpers: Vec<_> = (0..helpers).map_while(|_| HelperThread::new()).collect();
            let threads = helpers.len() + 1;
            for (len, step) in [(5, 4), (31, 4), (128, 4), (784, 32), (1000, 10)] {
                let parts = raised(len, step, 0, |work| in_parts(&mut helpers, work));
                assert_eq!(parts.len(), threads.min(len.div_ceil(step)), "{len} by {step} on {threads}");
                let largest = parts.iter().map(|part| part.0).max().unwrap();
                assert!(largest < len.div_ceil(threads) + 2 * step, "{len} on {threads}: {parts:?}");
            }
        }
    }

    #[test]
    fn only_the_work_of_a_thread_with_a_helper_is_for_all_threads() {
        let all = rayon::current_num_threads();
        assert_eq!(threads(), 1, "not asked for");
        assert_eq!(with_helper_thread(threads), all);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        assert_eq!(pool.install(|| with_helper_thread(threads)), 1, "a thread of a pool");
        with_helper_thread(|| {
            let (mut mine, mut theirs, mut parts) = (0, 0, 0);
            // The first one starts the helper thread.
            join(WIDE, || (), || ());
            join(WIDE, || mine = threads(), || theirs = threads());
            with_all_helpers(|_| parts = threads());
            assert_eq!((mine, theirs, parts), (1, 1, 1), "within a part");
        });
    }

    /// The number of threads belongs to a process, so each number has a process of its own.
    #[test]
    fn as_many_parts_run_at_once_as_there_are_threads() {
        const ALONE: &str = "GRADUS_TEST_PARTS";
        if let Ok(wanted) = std::env::var(ALONE) {
            let wanted: usize = wanted.parse().unwrap();
            assert_eq!(rayon::current_num_threads(), wanted);
            for one_helper_first in [false, true] {
                with_helper_thread(|| {
                    if one_helper_first {
                        join(WIDE, || (), || ());
                    }
                    let parts = raised(1000, 1, wanted, |work| share(WIDE, work));
                    let threads: HashSet<_> = parts.iter().map(|part| part.1).collect();
                    assert_eq!((parts.len(), threads.len()), (wanted, wanted));
                    assert!(threads.contains(&thread::current().id()));
                    // Narrow work, and work that cannot be cut, are for two threads.
                    for (len, size) in [(1000, WIDE - 1), (1, WIDE)] {
                        let parts = raised(len, 1, 0, |work| share(size, work));
                        assert_eq!(parts, [(len, thread::current().id())]);
                    }
                });
            }
            return;
        }
        let name = "linalg::sharing::tests::as_many_parts_run_at_once_as_there_are_threads";
        for threads in ["3", "8"] {
            let mut child = Command::new(std::env::current_exe().unwrap());
            child.args(["--exact", name]).env(ALONE, threads).env("RAYON_NUM_THREADS", threads);
            let output = child.output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && said.contains("1 passed"), "{threads} threads: {said}");
        }
    }
}
