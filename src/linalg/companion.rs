//! A second thread that lives as long as a run and takes half of the work of every step.
//!
//! A step of training takes tens of microseconds and asks for a second thread several times; a thread pool
//! needs longer than that to wake one. So the companion waits in a loop for a while before it sleeps, and
//! whoever has finished his own half takes the other back if the companion has not begun with it: on a
//! machine that is busy, or has one core, nobody waits for a thread that does not run.

use super::cpus::{self, Processors};
use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};

/// Work (in multiplications) from which on a companion is called into being.
const WORTH_A_THREAD: usize = 1 << 19;
/// What reading a number from memory, and doing little with it, weighs against a multiplication in a product.
pub const FROM_MEMORY: usize = 8;
/// Work from which on it is given a half: half a microsecond.
pub const WORTH_A_WORD: usize = 1 << 15;
/// How long the companion waits for work before it sleeps.
const PATIENCE: Duration = Duration::from_micros(200);
/// So many halves taken back in a row, and the companion is not asked for a while.
const TOLERATED: u32 = 64;
/// The first such while and the longest, in halves.
const PAUSES: (u32, u32) = (1 << 6, 1 << 16);
/// So many in a row, and the two are taken apart: perhaps they run on the same processor.
const SUSPICIOUS: u32 = 8;

const IDLE: u32 = 0;
const POSTED: u32 = 1;
const TAKEN: u32 = 2;
const DONE: u32 = 3;
const CLOSED: u32 = 4;

/// Whether this thread has a companion.
#[derive(Default)]
enum Place {
    /// No.
    #[default]
    Alone,
    /// Not yet, but it may have one when there is enough to do.
    Free,
    Together(Box<Companion>),
}

thread_local! {
    static PLACE: Cell<Place> = const { Cell::new(Place::Alone) };
}

/// Runs `work`, a loop of many short steps, during which update rules and products of minibatches may take a
/// second thread. It waits for its half without sleeping, so that halves of a microsecond pay.
/// [`train`](crate::train::train) and [`minimize`](crate::minimize::minimize) run their loops so; this is for
/// a loop of your own. The bits do not depend on it.
///
/// There is none if this thread is itself one of rayon's, whose others have work of their own, nor if rayon
/// is told to use one thread (`RAYON_NUM_THREADS=1`).
///
/// ```
/// use gradus::prelude::*;
/// let (rule, grad, mut x) = (Adam::default(), vec![1f32; 100_000], vec![0f32; 100_000]);
/// let mut state = State::new(&rule, x.len());
/// gradus::linalg::accompanied(|| {
///     for _ in 0..100 {
///         rule.step(&mut state, 1e-3, &grad, &mut x);
///     }
/// });
/// assert!((x[99_999] + 0.1).abs() < 1e-5);
/// ```
pub fn accompanied<R>(work: impl FnOnce() -> R) -> R {
    /// Sends the companion home, also if `work` panics.
    struct Leave(Option<Place>);
    impl Drop for Leave {
        fn drop(&mut self) {
            if let Some(before) = self.0.take() {
                PLACE.set(before);
            }
        }
    }
    let may = rayon::current_thread_index().is_none();
    let _leave = Leave(may.then(|| PLACE.replace(Place::Free)));
    work()
}

/// Runs `a` and `b`, at once if this thread has a companion and `size`, the number of multiplications in
/// both, is worth it. They must not depend on each other.
#[inline]
pub fn both(size: usize, a: impl FnOnce(), b: impl FnOnce() + Send) {
    if size < WORTH_A_WORD {
        a();
        return b();
    }
    // While the halves run, this thread counts as alone, so that they are not cut again.
    match PLACE.take() {
        Place::Together(mut companion) => {
            companion.both(a, b);
            PLACE.set(Place::Together(companion));
        }
        Place::Free if size >= WORTH_A_THREAD => {
            PLACE.set(match Companion::new() {
                Some(companion) => Place::Together(Box::new(companion)),
                None => Place::Alone,
            });
            a();
            b();
        }
        place => {
            a();
            b();
            PLACE.set(place);
        }
    }
}

struct Companion {
    shared: Arc<Shared>,
    thread: Thread,
    handle: Option<JoinHandle<()>>,
    /// Halves taken back in a row.
    missed: u32,
    /// Halves for which it is not asked.
    pause: u32,
    next_pause: u32,
    /// Where this thread and its companion may run, and where the companion does not.
    processors: Option<Processors>,
    kept_off: Option<usize>,
}

/// What both threads see: a word that says whose turn it is, and the work, which belongs to him whose turn it
/// is.
#[repr(align(128))]
struct Shared {
    state: AtomicU32,
    asleep: AtomicBool,
    /// The system's number of the companion's thread; 0 as long as it is not known.
    thread: AtomicI32,
    work: UnsafeCell<Work>,
}

/// A closure without its type and its lifetime.
#[derive(Clone, Copy)]
struct Work {
    half: *mut (),
    run: unsafe fn(*mut ()),
}

// SAFETY: `work` is written by the owner while the state is IDLE and read by the companion after it has
// changed POSTED to TAKEN, which acquires what the owner released with POSTED; the closure behind it is
// `Send` (see `both`).
unsafe impl Sync for Shared {}
// SAFETY: as above; nothing in it is bound to a thread.
unsafe impl Send for Shared {}

/// A closure that the companion may run, with what became of it.
struct Half<B> {
    work: Option<B>,
    panic: Option<Box<dyn Any + Send>>,
}

/// Runs the closure of a [`Half`].
///
/// # Safety
/// `half` points to a `Half<B>` that nobody else uses meanwhile.
unsafe fn run<B: FnOnce()>(half: *mut ()) {
    // SAFETY: as the caller promises.
    let half = unsafe { &mut *half.cast::<Half<B>>() };
    if let Some(work) = half.work.take() {
        half.panic = catch_unwind(AssertUnwindSafe(work)).err();
    }
}

impl Companion {
    fn new() -> Option<Self> {
        if rayon::current_num_threads() < 2 {
            return None;
        }
        let nothing = Work { half: std::ptr::null_mut(), run: run::<fn()> };
        let shared = Arc::new(Shared {
            state: AtomicU32::new(IDLE),
            asleep: AtomicBool::new(false),
            thread: AtomicI32::new(0),
            work: UnsafeCell::new(nothing),
        });
        let (theirs, processors, kept_off) = (shared.clone(), Processors::of_this_thread(), cpus::current());
        let live = move || {
            let thread = cpus::this_thread();
            if let Some((all, owner)) = processors.zip(kept_off) {
                cpus::keep_off(thread, &all, owner);
            }
            theirs.thread.store(thread, Ordering::Relaxed);
            theirs.attend();
        };
        let handle = thread::Builder::new().name("gradus companion".into()).spawn(live).ok()?;
        let thread = handle.thread().clone();
        Some(Companion {
            shared,
            thread,
            handle: Some(handle),
            missed: 0,
            pause: 0,
            next_pause: PAUSES.0,
            processors,
            kept_off,
        })
    }

    /// Sees to it that the companion does not run on this thread's processor.
    fn keep_apart(&mut self) {
        let (thread, here) = (self.shared.thread.load(Ordering::Relaxed), cpus::current());
        if let (Some(all), Some(owner)) = (&self.processors, here)
            && thread != 0
            && self.kept_off != here
        {
            cpus::keep_off(thread, all, owner);
            self.kept_off = here;
        }
    }

    fn both<B: FnOnce() + Send>(&mut self, a: impl FnOnce(), b: B) {
        if self.pause > 0 {
            self.pause -= 1;
            a();
            return b();
        }
        /// Waits for the companion even if `a` panics, since its half lies on our stack.
        struct Finish<'a>(&'a Shared);
        impl Drop for Finish<'_> {
            fn drop(&mut self) {
                self.0.finish();
            }
        }
        let mut half = Half { work: Some(b), panic: None };
        let place = &raw mut half;
        // SAFETY: the state is IDLE here, as after every `finish`, so the companion does not look at the
        // work.
        unsafe { *self.shared.work.get() = Work { half: place.cast(), run: run::<B> } };
        self.shared.state.store(POSTED, Ordering::SeqCst);
        if self.shared.asleep.load(Ordering::SeqCst) {
            self.keep_apart();
            self.thread.unpark();
        }
        let finish = Finish(&self.shared);
        a();
        drop(finish);
        if let Some(work) = half.work {
            work();
            self.missed += 1;
            if self.missed.is_multiple_of(SUSPICIOUS) {
                self.keep_apart();
            }
            if self.missed == TOLERATED {
                (self.missed, self.pause) = (0, self.next_pause);
                self.next_pause = (2 * self.next_pause).min(PAUSES.1);
            }
        } else {
            (self.missed, self.next_pause) = (0, PAUSES.0);
        }
        if let Some(panic) = half.panic {
            resume_unwind(panic);
        }
    }
}

impl Drop for Companion {
    fn drop(&mut self) {
        self.shared.state.store(CLOSED, Ordering::SeqCst);
        self.thread.unpark();
        // It cannot have panicked: what it runs is caught.
        let _ = self.handle.take().map(JoinHandle::join);
    }
}

impl Shared {
    /// Takes the work back, or waits until it is done. The state is IDLE afterwards.
    fn finish(&self) {
        if self.state.compare_exchange(POSTED, IDLE, Ordering::AcqRel, Ordering::Acquire).is_ok() {
            return;
        }
        let mut looks = 0u32;
        while self.state.load(Ordering::Acquire) != DONE {
            looks += 1;
            // For long it can only be that the companion was interrupted, perhaps by ourselves.
            if looks < 2_000 { std::hint::spin_loop() } else { thread::yield_now() }
        }
        self.state.store(IDLE, Ordering::Release);
    }

    /// The companion's life.
    fn attend(&self) {
        while self.wait() {
            // SAFETY: the state is TAKEN, so the owner neither changes the work nor leaves the function that
            // holds it.
            let work = unsafe { *self.work.get() };
            // SAFETY: `half` is what `both` made for this function, and TAKEN makes it ours.
            unsafe { (work.run)(work.half) };
            self.state.store(DONE, Ordering::Release);
        }
    }

    /// Waits for work and takes it, or gives `false` if there will be none.
    fn wait(&self) -> bool {
        let (mut looks, mut since) = (0u32, None);
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
                _ => std::hint::spin_loop(),
            }
            looks += 1;
            if looks.is_multiple_of(64) && since.get_or_insert_with(Instant::now).elapsed() > PATIENCE {
                self.sleep();
                since = None;
            }
        }
    }

    fn sleep(&self) {
        self.asleep.store(true, Ordering::SeqCst);
        // Both sides write first and look then, so at least one of them sees the other.
        if !matches!(self.state.load(Ordering::SeqCst), POSTED | CLOSED) {
            thread::park();
        }
        self.asleep.store(false, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::thread::ThreadId;

    /// Fills a vector by halves, `rounds` times, and gives the threads that had the second half.
    fn halves(rounds: u32, mut between: impl FnMut(u32)) -> HashSet<ThreadId> {
        let (mut data, mut threads) = (vec![0u32; 1000], HashSet::new());
        for round in 0..rounds {
            let mut who = None;
            let (left, right) = data.split_at_mut(300);
            both(
                WORTH_A_THREAD,
                || left.fill(round),
                || {
                    right.fill(round);
                    who = Some(thread::current().id());
                },
            );
            threads.extend(who);
            assert!(data.iter().all(|&d| d == round), "round {round}");
            between(round);
        }
        threads
    }

    #[test]
    fn both_halves_are_done_whoever_does_them() {
        let mine = HashSet::from([thread::current().id()]);
        assert_eq!(halves(10, |_| ()), mine, "not asked for");
        let threads = accompanied(|| halves(100_000, |_| ()));
        assert!(threads.is_superset(&mine) && threads.len() <= 2);
        assert_eq!(halves(10, |_| ()), mine, "gone again");
    }

    #[test]
    fn a_companion_that_has_fallen_asleep_is_woken() {
        let pause =
            |round: u32| thread::sleep(if round.is_multiple_of(10) { 3 * PATIENCE } else { PATIENCE / 8 });
        accompanied(|| halves(200, pause));
    }

    #[test]
    fn a_thread_of_a_pool_has_none() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let threads = pool.install(|| accompanied(|| halves(1000, |_| ())).len());
        assert_eq!(threads, 1);
    }

    #[test]
    fn halves_within_halves_run_on_their_thread() {
        let count = AtomicU32::new(0);
        let add = || _ = count.fetch_add(1, Ordering::Relaxed);
        accompanied(|| {
            for _ in 0..1000 {
                let twice = || both(WORTH_A_THREAD, add, add);
                both(WORTH_A_THREAD, twice, twice);
            }
        });
        assert_eq!(count.into_inner(), 4000);
    }

    #[test]
    fn more_runs_than_cores_do_not_wait_for_each_other() {
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| accompanied(|| halves(20_000, |_| ())));
            }
        });
    }

    #[test]
    fn a_panic_in_either_half_comes_out_and_the_next_run_is_sound() {
        let fails = |first: bool| {
            let run = || {
                accompanied(|| {
                    halves(100, |_| ());
                    both(WORTH_A_THREAD, || assert!(!first, "left"), || assert!(first, "right"));
                })
            };
            *catch_unwind(run).unwrap_err().downcast::<&str>().unwrap()
        };
        assert_eq!((fails(true), fails(false)), ("left", "right"));
        accompanied(|| halves(100, |_| ()));
    }
}
