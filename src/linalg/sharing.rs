//! How many threads share a piece of work, and how a wide one is cut for all of them.
//!
//! The helper thread takes half of the work of a step, because a thread of a pool would take longer to wake
//! than most of these halves last. Wide work lasts long enough for that. It is cut into as many parts as
//! rayon's pool has threads. The calling thread does the first part. The helper thread hands the others to
//! the pool and sleeps until they are done. So the calling thread begins at once, and as many threads compute
//! as the pool has.
//!
//! Work is cut only where no sum is cut, so the parts have the same bits for any number of threads.

use super::helper_thread::{ONE_THREAD, join, may_share};

/// The work, in multiplications, from which on all threads share it. It takes one thread a tenth of a
/// millisecond or longer.
const WIDE: usize = 10_000_000;

/// Work that writes to memory of its own, and can be cut into parts that do not depend on each other.
pub trait Divisible: Send + Sized {
    /// Cuts off the first `first` of `all` equal parts, at most half of them. Returns the work as it was if it
    /// is too small.
    fn cut(self, first: usize, all: usize) -> Result<(Self, Self), Self>;

    /// Does the work on the calling thread and its helper thread. `size` is the number of multiplications.
    fn on_two_threads(self, size: usize);

    /// Does the work on the calling thread.
    fn on_this_thread(self);
}

/// Does `work`, of `size` multiplications, on as many threads as may share it.
#[inline]
pub fn share(size: usize, work: impl Divisible) {
    match threads(size) {
        0..=2 => work.on_two_threads(size),
        threads => on_all_threads(threads, size, work),
    }
}

/// Returns the largest number of threads that may share work of `size` multiplications.
#[inline]
fn threads(size: usize) -> usize {
    if ONE_THREAD || size < WIDE || !may_share() { 2 } else { rayon::current_num_threads() }
}

/// Does `work` in so many parts: the first on the calling thread, the others on the pool.
fn on_all_threads(threads: usize, size: usize, work: impl Divisible) {
    match work.cut(1, threads) {
        Ok((own, others)) => join(size, || own.on_this_thread(), || on_the_pool(threads - 1, others)),
        Err(work) => work.on_two_threads(size),
    }
}

/// Does `work` in so many parts on threads of the pool. It is cut in two again and again, because rayon
/// allocates nothing for a `join`, but memory for each part of a `scope`.
fn on_the_pool(parts: usize, work: impl Divisible) {
    if parts < 2 {
        return work.on_this_thread();
    }
    let first = parts / 2;
    match work.cut(first, parts) {
        Ok((left, right)) => {
            rayon::join(|| on_the_pool(first, left), || on_the_pool(parts - first, right));
        }
        Err(work) => work.on_this_thread(),
    }
}

/// Returns where `len` entries are cut so that about `first` of `all` parts lie before, at most half of them:
/// at a multiple of `step`, but not at an end. `None` if there is no such place.
pub fn place_of_cut(len: usize, step: usize, first: usize, all: usize) -> Option<usize> {
    let steps = len.div_ceil(step);
    (steps > 1).then(|| ((2 * steps * first + all) / (2 * all)).max(1) * step)
}

#[cfg(test)]
mod tests {
    use super::*;
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
        fn cut(self, first: usize, all: usize) -> Result<(Self, Self), Self> {
            let Some(middle) = place_of_cut(self.entries.len(), self.step, first, all) else {
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
    fn raised(len: usize, step: usize, company: usize, how: impl Fn(Raise)) -> Vec<(usize, ThreadId)> {
        let (mut entries, begun) = (vec![0; len], Mutex::new(Vec::new()));
        how(Raise { entries: &mut entries, step, begun: &begun, company });
        assert!(entries.iter().all(|&times| times == 1), "{len}: {entries:?}");
        begun.into_inner().unwrap()
    }

    #[test]
    fn each_entry_is_in_one_part_and_the_parts_are_equal_up_to_a_step() {
        for (len, step) in [(0, 4), (1, 4), (4, 4), (5, 4), (31, 4), (128, 4), (784, 32), (1000, 10)] {
            for threads in 3..=20 {
                let parts = raised(len, step, 0, |work| on_all_threads(threads, WIDE, work));
                let steps = len.div_ceil(step);
                assert_eq!(parts.len(), threads.min(steps.max(1)), "{len} by {step} on {threads}");
                let largest = parts.iter().map(|part| part.0).max().unwrap();
                // Each cut on the way to a part may round it up by half a step.
                assert!(largest <= (len.div_ceil(threads) + 2 * step).min(len), "{len}: {parts:?}");
            }
        }
    }

    #[test]
    fn only_wide_work_of_a_thread_with_a_helper_is_for_all_threads() {
        let all = rayon::current_num_threads();
        assert_eq!(threads(WIDE), 2, "not asked for");
        assert_eq!(with_helper_thread(|| (threads(WIDE - 1), threads(WIDE))), (2, all));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        assert_eq!(pool.install(|| with_helper_thread(|| threads(WIDE))), 2, "a thread of a pool");
        with_helper_thread(|| {
            let (mut mine, mut theirs) = (0, 0);
            // The first one starts the helper thread.
            join(WIDE, || (), || ());
            join(WIDE, || mine = threads(WIDE), || theirs = threads(WIDE));
            assert_eq!((mine, theirs), (2, 2), "within a part");
        });
    }

    /// The number of threads belongs to a process, so each number has a process of its own.
    #[test]
    fn as_many_parts_run_at_once_as_there_are_threads() {
        const ALONE: &str = "GRADUS_TEST_PARTS";
        if let Ok(wanted) = std::env::var(ALONE) {
            let wanted: usize = wanted.parse().unwrap();
            assert_eq!(rayon::current_num_threads(), wanted);
            with_helper_thread(|| {
                // The first work starts the helper thread, and its own part is done before the others.
                raised(1000, 1, 0, |work| share(WIDE, work));
                let parts = raised(1000, 1, wanted, |work| share(WIDE, work));
                let threads: HashSet<_> = parts.iter().map(|part| part.1).collect();
                assert_eq!((parts.len(), threads.len()), (wanted, wanted));
                assert!(threads.contains(&thread::current().id()));
            });
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
