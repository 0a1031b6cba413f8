//! A second thread that lives as long as a run and takes half of the work of each step.
//!
//! A training step takes tens of microseconds and uses a second thread several times. A thread pool takes
//! longer than that to wake a thread. The helper thread therefore waits for work in a loop, and sleeps only
//! if none arrives for a while.
//!
//! How the two threads share a step:
//! 1. The owner writes its second half of the work where both threads see it, and changes the state from
//!    IDLE to POSTED. Then it starts with its own half.
//! 2. The helper thread, which watches the state, changes it to TAKEN, does the half, and changes it to DONE.
//! 3. When the owner has finished its own half, it tries to change POSTED back to IDLE. If this succeeds, the
//!    helper thread has not begun, and the owner does the second half itself. Otherwise it waits for DONE.
//!
//! The third step makes sure that nobody waits for a thread that does not run, on a busy machine or on one
//! with a single core. If the owner takes back its work many times in a row, it stops asking for a while. If
//! both threads may be running on the same processor, the helper thread is moved away (see `cpus.rs`).
//!
//! Work that is wide enough for more than two threads has more helper threads, to each of which the owner
//! hands a part in this way (see `sharing.rs`).
//!
//! All `unsafe` code of the second thread is in this file; the states are in `handover.rs`.

use super::cpus::{self, Processors};
use super::handover::Handover;
use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};

/// Whether there is no second thread at all, as on a web page. Code for two threads is then not compiled,
/// which makes the page a fifth smaller.
pub const ONE_THREAD: bool = cfg!(target_family = "wasm");
/// The work, in multiplications, from which on a helper thread is started.
const WORTH_A_THREAD: usize = 1 << 19;
/// The cost of reading a number from memory and doing little with it, in multiplications of a matrix product.
pub const FROM_MEMORY: usize = 8;
/// The work, in multiplications, from which on half of it is handed over: half a microsecond.
pub const WORTH_HANDING_OVER: usize = 1 << 15;
/// How long the helper thread waits for work before it sleeps.
const PATIENCE: Duration = Duration::from_micros(200);
/// If this number of halves in a row is taken back, the helper thread is not asked for a while.
const TOLERATED: u32 = 64;
/// The first such pause and the longest, in halves.
const PAUSES: (u32, u32) = (1 << 6, 1 << 16);
/// If this number of halves in a row is taken back, the helper thread is moved to another processor, since
/// both threads may be running on the same one.
const SUSPICIOUS: u32 = 8;

/// Whether the current thread has a helper thread.
#[derive(Default)]
enum Place {
    /// It has none, and must not start one.
    #[default]
    Alone,
    /// It has none yet, but may start one when there is enough to do.
    Free,
    /// It has one, or more than one if there was work for them.
    Together(Team),
}

/// The helper threads of a thread: at least one.
struct Team {
    helpers: Vec<HelperThread>,
    /// Whether all were started that the system lets us have.
    all: bool,
}

thread_local! {
    static PLACE: Cell<Place> = const { Cell::new(Place::Alone) };
}

/// Runs `work`, a loop of many short steps, in which update rules and products of minibatches may use a
/// second thread. The second thread waits for work without sleeping, so that it pays to hand over a
/// microsecond of work. [`train`](crate::train::train) and [`minimize`](crate::minimize::minimize) run their
/// loops in this way; use the function for a loop of your own. The results do not depend on it, nor on the
/// number of threads.
///
/// A matrix product of ten million multiplications or more (rows × features × classes) is shared by as many
/// threads as rayon's pool has: one for each processor, or `RAYON_NUM_THREADS`. The first such product starts
/// further threads, which wait as the second one does.
///
/// No other thread is used if the current one belongs to rayon, because the other threads of the pool have
/// work of their own, or if rayon is limited to one thread (`RAYON_NUM_THREADS=1`).
///
/// ```
/// use gradus::optimizer::first_order::{State, UpdateRule};
/// use gradus::prelude::*;
/// let (rule, grad, mut x) = (Adam::default(), vec![1f32; 100_000], vec![0f32; 100_000]);
/// let mut state = State::new(&rule, x.len());
/// gradus::linalg::with_helper_thread(|| {
///     for _ in 0..100 {
///         rule.step(&mut state, 1e-3, &grad, &mut x);
///     }
/// });
/// assert!((x[99_999] + 0.1).abs() < 1e-5);
/// ```
pub fn with_helper_thread<R>(work: impl FnOnce() -> R) -> R {
    /// Ends the helper thread, also if `work` panics.
    struct Leave(Option<Place>);
    impl Drop for Leave {
        fn drop(&mut self) {
            if let Some(before) = self.0.take() {
                PLACE.set(before);
            }
        }
    }
    let may = !ONE_THREAD && rayon::current_thread_index().is_none();
    let _leave = Leave(may.then(|| PLACE.replace(Place::Free)));
    work()
}

/// Returns the largest number of threads that may share work of the current thread. It is 1 if the thread is
/// alone.
pub fn threads() -> usize {
    let place = PLACE.take();
    let alone = matches!(place, Place::Alone);
    PLACE.set(place);
    if ONE_THREAD || alone { 1 } else { rayon::current_num_threads() }
}

/// Returns whether the current thread has a helper thread.
pub fn is_helped() -> bool {
    let place = PLACE.take();
    let is_helped = matches!(place, Place::Together(_));
    PLACE.set(place);
    is_helped
}

/// Runs `work` with the helper threads of the current thread, as many as can share its work. Those that it
/// does not have yet are started.
pub fn with_all_helpers(work: impl FnOnce(&mut [HelperThread])) {
    let wanted = threads() - 1;
    // While the parts run, this thread counts as alone, so that they are not split again.
    let mut team = match PLACE.take() {
        Place::Together(team) => team,
        _ => Team { helpers: Vec::new(), all: false },
    };
    if !team.all {
        let missing = wanted.saturating_sub(team.helpers.len());
        team.helpers.extend((0..missing).map_while(|_| HelperThread::new()));
        team.all = true;
    }
    work(&mut team.helpers);
    PLACE.set(if team.helpers.is_empty() { Place::Alone } else { Place::Together(team) });
}

/// Runs `a` and `b`, which must not depend on each other. They run at the same time if the current thread has
/// a helper thread and `size`, the number of multiplications in both, is large enough.
#[inline]
pub fn join(size: usize, a: impl FnOnce(), b: impl FnOnce() + Send) {
    if ONE_THREAD || size < WORTH_HANDING_OVER {
        a();
        return b();
    }
    // While the halves run, this thread counts as alone, so that they are not split again.
    match PLACE.take() {
        Place::Together(mut team) => {
            team.helpers[0].join(a, b);
            PLACE.set(Place::Together(team));
        }
        Place::Free if size >= WORTH_A_THREAD => {
            PLACE.set(match HelperThread::new() {
                Some(helper) => Place::Together(Team { helpers: vec![helper], all: false }),
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

/// The owner's side of a helper thread.
pub struct HelperThread {
    shared: Arc<Shared>,
    thread: Thread,
    handle: Option<JoinHandle<()>>,
    /// Halves that were taken back in a row.
    missed: u32,
    /// Halves for which the helper thread is not asked.
    pause: u32,
    next_pause: u32,
    /// The processors on which both threads may run.
    processors: Option<Processors>,
    /// The processor on which the helper thread does not run.
    kept_off: Option<usize>,
}

/// What both threads see: the state, and the work. The state determines which of the two threads may access
/// the work.
#[repr(align(128))]
struct Shared {
    state: Handover,
    /// The operating system's number of the helper thread; 0 until it is known.
    thread: AtomicI32,
    work: UnsafeCell<Work>,
}

/// A closure whose type and lifetime are erased.
#[derive(Clone, Copy)]
struct Work {
    half: *mut (),
    run: unsafe fn(*mut ()),
}

// SAFETY: `work` is written by the owner while the state is IDLE and read by the helper thread after it has
// changed POSTED to TAKEN, which acquires what the owner released with POSTED; the closure behind it is
// `Send` (see `join`).
unsafe impl Sync for Shared {}
// SAFETY: as above; nothing in it is bound to a thread.
unsafe impl Send for Shared {}

/// A closure that the helper thread may run, and its outcome.
struct Half<B> {
    work: Option<B>,
    panic: Option<Box<dyn Any + Send>>,
}

/// Runs the closure of a [`Half`].
///
/// # Safety
/// `half` points to a `Half<B>` that no other thread uses in the meantime.
unsafe fn run<B: FnOnce()>(half: *mut ()) {
    // SAFETY: guaranteed by the caller.
    let half = unsafe { &mut *half.cast::<Half<B>>() };
    if let Some(work) = half.work.take() {
        half.panic = catch_unwind(AssertUnwindSafe(work)).err();
    }
}

impl HelperThread {
    /// Starts a helper thread of the current thread. `None` if there is to be one thread, or if the system
    /// refuses another.
    pub fn new() -> Option<Self> {
        if rayon::current_num_threads() < 2 {
            return None;
        }
        let nothing = Work { half: std::ptr::null_mut(), run: run::<fn()> };
        let shared = Arc::new(Shared {
            state: Handover::new(),
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
        let handle = thread::Builder::new().name("gradus helper".into()).spawn(live).ok()?;
        let thread = handle.thread().clone();
        Some(HelperThread {
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

    /// Moves the helper thread away from the processor of this thread.
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

    /// Runs `a` on this thread, and `b` on the helper thread, unless that is busy elsewhere.
    pub fn join<B: FnOnce() + Send>(&mut self, a: impl FnOnce(), b: B) {
        if self.pause > 0 {
            self.pause -= 1;
            a();
            return b();
        }
        /// Waits for the helper thread even if `a` panics, because its half is on our stack.
        struct Finish<'a>(&'a Shared);
        impl Drop for Finish<'_> {
            fn drop(&mut self) {
                self.0.state.finish();
            }
        }
        let mut half = Half { work: Some(b), panic: None };
        let place = &raw mut half;
        // SAFETY: the state is IDLE here, as after every `finish`, so the helper thread does not look at the
        // work.
        unsafe { *self.shared.work.get() = Work { half: place.cast(), run: run::<B> } };
        if self.shared.state.post() {
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

impl Drop for HelperThread {
    fn drop(&mut self) {
        self.shared.state.close();
        self.thread.unpark();
        // It cannot have panicked, because it catches the panics of the work.
        let _ = self.handle.take().map(JoinHandle::join);
    }
}

impl Shared {
    /// Does the work of the helper thread until the owner closes it.
    fn attend(&self) {
        while self.wait() {
            // SAFETY: the state is TAKEN, so the owner neither changes the work nor leaves the function that
            // holds it.
            let work = unsafe { *self.work.get() };
            // SAFETY: `join` has made `half` for this function, and in state TAKEN it belongs to this thread.
            unsafe { (work.run)(work.half) };
            self.state.done();
        }
    }

    /// Waits for work and takes it. Returns `false` if there will be no more.
    fn wait(&self) -> bool {
        let mut since = None;
        self.state.wait(|| {
            let tired = since.get_or_insert_with(Instant::now).elapsed() > PATIENCE;
            if tired {
                since = None;
            }
            tired
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::sync::atomic::AtomicU32;
    use std::thread::ThreadId;

    /// Fills a vector by halves, `rounds` times, and returns the threads that filled the second half.
    fn halves(rounds: u32, mut between: impl FnMut(u32)) -> HashSet<ThreadId> {
        let (mut data, mut threads) = (vec![0u32; 1000], HashSet::new());
        for round in 0..rounds {
            let mut who = None;
            let (left, right) = data.split_at_mut(300);
            join(
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
        let threads = with_helper_thread(|| halves(100_000, |_| ()));
        assert!(threads.is_superset(&mine) && threads.len() <= 2);
        assert_eq!(halves(10, |_| ()), mine, "gone again");
    }

    #[test]
    fn a_helper_that_has_fallen_asleep_is_woken() {
        let pause =
            |round: u32| thread::sleep(if round.is_multiple_of(10) { 3 * PATIENCE } else { PATIENCE / 8 });
        with_helper_thread(|| halves(200, pause));
    }

    #[test]
    fn a_thread_of_a_pool_has_none() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let threads = pool.install(|| with_helper_thread(|| halves(1000, |_| ())).len());
        assert_eq!(threads, 1);
    }

    #[test]
    fn halves_within_halves_run_on_their_thread() {
        let count = AtomicU32::new(0);
        let add = || _ = count.fetch_add(1, Ordering::Relaxed);
        with_helper_thread(|| {
            for _ in 0..1000 {
                let twice = || join(WORTH_A_THREAD, add, add);
                join(WORTH_A_THREAD, twice, twice);
            }
        });
        assert_eq!(count.into_inner(), 4000);
    }

    #[test]
    fn more_runs_than_cores_do_not_wait_for_each_other() {
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| with_helper_thread(|| halves(20_000, |_| ())));
            }
        });
    }

    #[test]
    fn a_panic_in_either_half_comes_out_and_the_next_run_is_sound() {
        let fails = |first: bool| {
            let run = || {
                with_helper_thread(|| {
                    halves(100, |_| ());
                    join(WORTH_A_THREAD, || assert!(!first, "left"), || assert!(first, "right"));
                })
            };
            *catch_unwind(run).unwrap_err().downcast::<&str>().unwrap()
        };
        assert_eq!((fails(true), fails(false)), ("left", "right"));
        with_helper_thread(|| halves(100, |_| ()));
    }
}
