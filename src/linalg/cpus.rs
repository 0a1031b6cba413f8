//! Which processors a thread may run on.
//!
//! Linux tends to wake a thread on the processor of the thread that wakes it. This is bad for two threads
//! that should work at the same time for a few microseconds: one of them waits for the other until the
//! scheduler moves it, which takes milliseconds. The helper thread is therefore kept off the processor of its
//! owner.

pub use system::{Processors, current, keep_off, this_thread};

#[cfg(target_os = "linux")]
mod system {
    use nix::sched::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};
    use nix::unistd::{Pid, gettid};

    /// The processors that a thread may run on.
    #[derive(Clone, Copy)]
    pub struct Processors(CpuSet);

    impl Processors {
        /// Returns the processors of the calling thread, if the system tells them.
        pub fn of_this_thread() -> Option<Self> {
            sched_getaffinity(Pid::from_raw(0)).ok().map(Processors)
        }

        /// Returns the set without one processor.
        pub(super) fn without(mut self, processor: usize) -> Self {
            // Fails for a number beyond the size of the set, which then does not contain it.
            let _ = self.0.unset(processor);
            self
        }

        pub(super) fn is_empty(&self) -> bool {
            self.0 == CpuSet::new()
        }
    }

    /// Returns the system's number of the calling thread.
    pub fn this_thread() -> i32 {
        gettid().as_raw()
    }

    /// Returns the processor that the calling thread runs on at the moment.
    pub fn current() -> Option<usize> {
        sched_getcpu().ok()
    }

    /// Restricts a thread to the processors of `all` without `processor`, unless that leaves none.
    pub fn keep_off(thread: i32, all: &Processors, processor: usize) {
        let others = all.without(processor);
        if !others.is_empty() {
            // If the system refuses, the thread runs where it did.
            let _ = sched_setaffinity(Pid::from_raw(thread), &others.0);
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    /// Unknown here.
    #[derive(Clone, Copy)]
    pub struct Processors;

    impl Processors {
        pub fn of_this_thread() -> Option<Self> {
            None
        }
    }

    pub fn this_thread() -> i32 {
        0
    }

    pub fn current() -> Option<usize> {
        None
    }

    pub fn keep_off(_thread: i32, _all: &Processors, _processor: usize) {}
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn a_thread_is_kept_off_a_processor_unless_it_is_the_only_one() {
        // In a thread of its own, since what it may use changes.
        thread::spawn(|| {
            let all = Processors::of_this_thread().unwrap();
            for _ in 0..10 {
                let here = current().unwrap();
                keep_off(this_thread(), &all, here);
                let alone = all.without(here).is_empty();
                assert_eq!(current() == Some(here), alone);
            }
            let mut only = all;
            for processor in (0..1024).filter(|&p| Some(p) != current()) {
                only = only.without(processor);
            }
            keep_off(this_thread(), &only, current().unwrap());
            assert!(!Processors::of_this_thread().unwrap().is_empty());
        })
        .join()
        .unwrap();
    }
}
