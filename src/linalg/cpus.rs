//! Which processors a thread may run on.
//!
//! Linux likes to wake a thread on the processor of whoever wakes it. That is bad for two threads that are to
//! work at the same time for some microseconds: until the scheduler's next look, milliseconds later, one
//! waits for the other.

pub use system::{Processors, current, keep_off, this_thread};

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod system {
    use std::ffi::c_int;

    /// The processors that a thread may run on: a bit each, 1,024 of them as in glibc.
    #[derive(Clone, Copy)]
    pub struct Processors([u64; 16]);

    unsafe extern "C" {
        fn gettid() -> c_int;
        fn sched_getcpu() -> c_int;
        fn sched_getaffinity(thread: c_int, size: usize, set: *mut u64) -> c_int;
        fn sched_setaffinity(thread: c_int, size: usize, set: *const u64) -> c_int;
    }

    impl Processors {
        /// Those of this thread.
        pub fn of_this_thread() -> Option<Self> {
            let mut set = [0; 16];
            // SAFETY: the set is as large as said.
            let outcome = unsafe { sched_getaffinity(0, size_of_val(&set), set.as_mut_ptr()) };
            (outcome == 0).then_some(Processors(set))
        }

        /// All of these but one.
        pub(super) fn without(mut self, processor: usize) -> Self {
            if let Some(word) = self.0.get_mut(processor / 64) {
                *word &= !(1 << (processor % 64));
            }
            self
        }

        pub(super) fn is_empty(&self) -> bool {
            self.0.iter().all(|&word| word == 0)
        }
    }

    /// The system's number of this thread.
    pub fn this_thread() -> i32 {
        // SAFETY: it only gives a number.
        unsafe { gettid() }
    }

    /// The processor that this thread runs on at the moment.
    pub fn current() -> Option<usize> {
        // SAFETY: it only gives a number, or −1.
        usize::try_from(unsafe { sched_getcpu() }).ok()
    }

    /// Sends a thread to any of `all` but `processor`, and keeps it there, unless there is no other.
    pub fn keep_off(thread: i32, all: &Processors, processor: usize) {
        let others = all.without(processor);
        if !others.is_empty() {
            // SAFETY: the set is as large as said. If the system refuses, the thread runs where it did.
            unsafe { sched_setaffinity(thread, size_of_val(&others.0), others.0.as_ptr()) };
        }
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
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

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
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
