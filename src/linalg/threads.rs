//! Whether the system lets a program start its threads.

use std::sync::{Arc, Mutex};
use std::thread;

/// Threads beside those of the pool: one listens for Ctrl-C, and one helps with long vectors.
const OTHERS: usize = 2;

/// Makes sure that loops over data can run. They use a pool of threads, one for each processor, which is
/// started when it is first needed, and the program would end there if the system refused them (under
/// `ulimit -u` for instance). If it does, the calling thread computes alone. A program calls this once, at
/// its start.
pub fn provide_threads() {
    let asked = std::env::var("RAYON_NUM_THREADS").ok().and_then(|count| count.parse().ok());
    let there = || thread::available_parallelism().map_or(1, usize::from);
    let wanted = asked.filter(|&count: &usize| count > 0).unwrap_or_else(there);
    if !can_start(wanted.saturating_add(OTHERS)) {
        // The pool can be built already, if the program was called by another one. Then there is one.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global();
    }
}

/// Returns whether the system lets the program start so many threads beside those that it computes with. Call
/// it before another library starts threads, if that would end the program where it cannot.
///
/// ```
/// assert!(gradus::linalg::more_threads_can_start(1));
/// ```
pub fn more_threads_can_start(count: usize) -> bool {
    // This starts the pool, so that its threads are counted among those that live.
    rayon::current_num_threads();
    can_start(count.saturating_add(OTHERS))
}

/// Returns whether so many threads can live at the same time.
fn can_start(count: usize) -> bool {
    let gate = Arc::new(Mutex::new(()));
    let closed = gate.lock();
    let threads: Vec<_> = (0..count)
        .map_while(|_| {
            let gate = gate.clone();
            thread::Builder::new().spawn(move || drop(gate.lock())).ok()
        })
        .collect();
    let all = threads.len() == count;
    drop(closed);
    threads.into_iter().for_each(|thread| drop(thread.join()));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_threads_can_live_at_once() {
        assert!(can_start(0) && can_start(3));
    }
}
