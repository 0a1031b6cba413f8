//! How one thread hands half of its work to another, and takes it back if the other one has not begun: the
//! states of [`helper_thread`](super::helper_thread), without the work itself.
//!
//! It is a file of its own so that `tests/loom` can compile it with the atomics of the crate loom, which try
//! every order in which two threads can run.

#[cfg(loom)]
use loom::{
    hint::spin_loop,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread,
};
#[cfg(not(loom))]
use std::{
    hint::spin_loop,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread,
};

const IDLE: u32 = 0;
const POSTED: u32 = 1;
const TAKEN: u32 = 2;
const DONE: u32 = 3;
const CLOSED: u32 = 4;

/// The state that the owner of the work and the helper thread share. It says which of them may access the
/// work: the owner in IDLE, the helper thread in TAKEN, and nobody else.
pub(super) struct Handover {
    state: AtomicU32,
    asleep: AtomicBool,
}

impl Handover {
    /// Returns the state in which there is no work.
    pub(super) fn new() -> Self {
        Handover { state: AtomicU32::new(IDLE), asleep: AtomicBool::new(false) }
    }

    /// Offers the work to the helper thread. Returns whether that thread sleeps and must be woken. The state
    /// must be IDLE.
    #[inline]
    pub(super) fn post(&self) -> bool {
        self.state.store(POSTED, Ordering::SeqCst);
        self.asleep.load(Ordering::SeqCst)
    }

    /// Takes the work back if the helper thread has not begun, and otherwise waits until it is done. The
    /// state is IDLE afterwards.
    #[inline]
    pub(super) fn finish(&self) {
        if self.state.compare_exchange(POSTED, IDLE, Ordering::AcqRel, Ordering::Acquire).is_ok() {
            return;
        }
        let mut looks = 0u32;
        while self.state.load(Ordering::Acquire) != DONE {
            looks += 1;
            // A long wait means that the helper thread was interrupted, perhaps by this thread.
            if looks < 2_000 && cfg!(not(loom)) { spin_loop() } else { thread::yield_now() }
        }
        self.state.store(IDLE, Ordering::Release);
    }

    /// Tells the helper thread that there will be no more work. It must then be woken.
    pub(super) fn close(&self) {
        self.state.store(CLOSED, Ordering::SeqCst);
    }

    /// Waits for work and takes it. Returns `false` if there will be no more. `tired` says, now and then,
    /// whether the thread should sleep until it is woken.
    #[inline]
    pub(super) fn wait(&self, mut tired: impl FnMut() -> bool) -> bool {
        let mut looks = 0u32;
        loop {
            match self.state.load(Ordering::Acquire) {
                POSTED
                    if self
                        .state
                        .compare_exchange(POSTED, TAKEN, Ordering::AcqRel, Ordering::Relaxed)
                        .is_ok() =>
                {
                    return true;
                }
                CLOSED => return false,
                _ => spin_loop(),
            }
            looks = looks.wrapping_add(1);
            if (looks.is_multiple_of(64) || cfg!(loom)) && tired() {
                self.sleep();
            }
        }
    }

    /// Says that the work is done. The state must be TAKEN.
    #[inline]
    pub(super) fn done(&self) {
        self.state.store(DONE, Ordering::Release);
    }

    /// Sleeps until the owner posts work, or closes.
    fn sleep(&self) {
        self.asleep.store(true, Ordering::SeqCst);
        // Both threads write first and read afterwards, so at least one of them sees what the other wrote.
        if !matches!(self.state.load(Ordering::SeqCst), POSTED | CLOSED) {
            thread::park();
        }
        self.asleep.store(false, Ordering::SeqCst);
    }
}
